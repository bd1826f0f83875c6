/**
 * The import arrows of docs/architecture.md as data: for each folder, what it may import and where else the code
 * belongs. There is no list of exceptions; a folder that needs something new needs a new row here, argued for in
 * docs/decisions.
 */

/** Where a file stands. `server/<noun>` covers every noun; a noun's own files and another noun's differ by door. */
export const ZONES = [
  "domain",
  "protocol",
  "generated",
  "server/db",
  "server/engine",
  "server/realtime",
  "server/identity",
  "server/cli",
  "server",
  "server/<noun>",
  "agent/process",
  "agent",
  "components/ui",
  "components",
  "app",
  "tests",
  "tooling",
] as const;
export type Zone = (typeof ZONES)[number];

/**
 * What a row may name. `own noun` is the same server/<noun>; `queries`, `present` are the files of that name (or a
 * folder of that name) in another noun; `any noun` is every file of every noun.
 */
export type Target = Zone | "domain/format" | "own noun" | "queries" | "present" | "any noun";

export interface Row {
  readonly zone: Zone;
  readonly may: readonly Target[];
  /** npm packages: `only` is the whole list, `never` is everything but these. A name covers its sub-paths. */
  readonly packages: { readonly only: readonly string[] } | { readonly never: readonly string[] };
  /** Packages which one file of this zone, and no second one, may import. */
  readonly oneFileEach?: readonly string[];
  /** May it import node:* ? */
  readonly node: boolean;
  /** Node modules refused although `node` is true. */
  readonly nodeNever?: readonly string[];
  /** Is reading a clock, chance or the outside world refused? */
  readonly pure?: boolean;
  /** The sentence an author needs: where the code should go instead. */
  readonly home: string;
}

const DISPLAY_PACKAGES = ["react", "react-dom", "next", "@tanstack/react-query", "socket.io-client", "@base-ui/react"];
const everyZone: readonly Target[] = [...ZONES, "any noun"];

export const LAW: readonly Row[] = [
  {
    zone: "domain",
    may: ["domain"],
    packages: { only: ["zod"] },
    oneFileEach: ["yaml", "@marcbachmann/cel-js", "liquidjs", "markdown-it"],
    node: false,
    pure: true,
    home: "domain/ is meaning only. Reading and writing belong in server/<noun> or agent/tools; pass the result, the time (an Instant) or the random bytes in as an argument.",
  },
  {
    zone: "protocol",
    may: ["domain", "protocol"],
    packages: { only: ["zod"] },
    node: false,
    home: "protocol/ is the shape of what is sent. Sending belongs in server/realtime or agent/link, rows in server/db, meaning in domain/.",
  },
  {
    zone: "server/db",
    may: ["server/db", "generated", "domain", "protocol"],
    packages: { never: [...DISPLAY_PACKAGES, "socket.io", "ws", "execa"] },
    node: true,
    home: "server/db knows tables and nothing above them. Rules belong in server/<noun>/{commands,policy}, running a window in server/engine.",
  },
  {
    zone: "server/identity",
    may: ["server/identity", "server/db", "domain", "protocol"],
    packages: { never: [...DISPLAY_PACKAGES, "socket.io", "ws", "@prisma/client", "@prisma/adapter-pg", "execa"] },
    node: true,
    home: "server/identity says who acts, and is needed by every noun, so that it may need none. What a person does belongs in server/<noun>/commands.ts, tables in server/db.",
  },
  {
    zone: "server/<noun>",
    may: ["domain", "protocol", "server/db", "server/identity", "own noun", "queries"],
    packages: { never: [...DISPLAY_PACKAGES, "socket.io", "ws", "@prisma/client", "@prisma/adapter-pg", "execa"] },
    node: true,
    home: "A noun reads others by their queries.ts, reaches rows and their types through server/db (prisma.ts), and the engine by an order in Postgres; what is shown belongs in components/, what is sent in server/realtime.",
  },
  {
    zone: "server/engine",
    may: ["server/engine", "domain", "protocol", "server/db"],
    packages: { never: [...DISPLAY_PACKAGES, "socket.io", "ws", "@prisma/client", "@prisma/adapter-pg", "execa"] },
    node: true,
    home: "The engine reacts to events and writes events and the outbox. Delivering belongs in server/realtime; a rule of a noun that it needs belongs in domain/.",
  },
  {
    zone: "server/realtime",
    may: ["server/realtime", "domain", "protocol", "server/db", "server/identity", "queries", "present"],
    packages: {
      never: [
        "react",
        "react-dom",
        "next",
        "@tanstack/react-query",
        "@base-ui/react",
        "@prisma/client",
        "@prisma/adapter-pg",
        "execa",
      ],
    },
    node: true,
    home: "Realtime delivers and broadcasts. It reads by a noun's queries.ts and shows by its present.ts; writes belong in a noun's commands.ts, decisions in server/engine.",
  },
  {
    zone: "server/cli",
    may: ["server/cli", "server", "server/db", "server/engine", "server/identity", "any noun", "domain", "protocol"],
    packages: { never: [...DISPLAY_PACKAGES, "execa"] },
    node: true,
    home: "server/cli parses words and calls server/<noun>. Code of the agent's own command line belongs in agent/cli.ts.",
  },
  {
    zone: "server",
    may: [
      "server",
      "server/db",
      "server/engine",
      "server/realtime",
      "server/identity",
      "any noun",
      "domain",
      "protocol",
    ],
    packages: { never: ["react", "react-dom", "@tanstack/react-query", "socket.io-client", "@base-ui/react", "execa"] },
    node: true,
    home: "Files directly in server/ compose the parts (config in, sockets and Next out). Pages belong in app/, doing on hosts in agent/.",
  },
  {
    zone: "agent/process",
    may: ["agent/process", "agent", "domain", "protocol"],
    packages: { never: [...DISPLAY_PACKAGES, "socket.io", "@prisma/client", "@prisma/adapter-pg"] },
    node: true,
    home: "The agent ships alone to hosts: it may not need the server, its database or a page. What both sides must know belongs in domain/ or protocol/.",
  },
  {
    zone: "agent",
    may: ["agent", "agent/process", "domain", "protocol"],
    packages: { never: [...DISPLAY_PACKAGES, "socket.io", "@prisma/client", "@prisma/adapter-pg", "execa"] },
    node: true,
    nodeNever: ["node:child_process"],
    home: "The agent ships alone to hosts: it may not need the server. Starting a program belongs in agent/process, the only importer of execa and node:child_process; what both sides must know in domain/ or protocol/.",
  },
  {
    zone: "components/ui",
    may: ["components/ui", "domain/format"],
    packages: { never: ["@prisma/client", "@prisma/adapter-pg", "pg", "socket.io", "better-auth", "execa"] },
    node: false,
    home: "components/ui could ship in another product (it borrows domain/format). What knows a window, a run or a host belongs in components/<noun>, fetching in components/data.",
  },
  {
    zone: "components",
    may: ["components", "components/ui", "domain", "protocol"],
    packages: { never: ["@prisma/client", "@prisma/adapter-pg", "pg", "socket.io", "execa", "ws"] },
    node: false,
    home: "Components show. Fetch through components/data from an app/api route; deciding belongs in server/<noun>, shapes of bodies in protocol/.",
  },
  {
    zone: "app",
    may: ["app", "components", "components/ui", "domain", "protocol", "server/identity", "any noun"],
    packages: { never: ["@prisma/client", "@prisma/adapter-pg", "pg", "pg-boss", "socket.io", "execa", "ws"] },
    node: true,
    home: "A route is who, what, do, show. Doing belongs in server/<noun>/commands.ts, reading in its queries.ts; the engine is reached by an order in Postgres, never by import (Next loads it twice).",
  },
  { zone: "generated", may: ["generated"], packages: { never: [] }, node: true, home: "Generated code is not edited." },
  { zone: "tests", may: everyZone, packages: { never: [] }, node: true, home: "Tests may import everything." },
  {
    zone: "tooling",
    may: everyZone.filter((zone) => zone !== "tests"),
    packages: { never: [] },
    node: true,
    home: "What scripts and tests share belongs in the product's own folders.",
  },
];

/** Globals that make a pure folder impure, with what to do instead. */
export const IMPURE: ReadonlyMap<string, string> = new Map([
  ["Date.now", "take the time as an Instant argument"],
  ["new Date()", "take the time as an Instant argument"],
  ["Date()", "take the time as an Instant argument"],
  ["performance.now", "take the time as an argument"],
  ["Temporal.Now", "take the time as an Instant argument"],
  ["Math.random", "take the random value as an argument"],
  ["crypto.randomUUID", "take the id as an argument"],
  ["crypto.getRandomValues", "take the random bytes as an argument"],
  ["setTimeout", "a timer is a durable job of server/engine"],
  ["setInterval", "a timer is a durable job of server/engine"],
  ["fetch", "reading the network belongs in server/ or agent/"],
  ["process", "the environment is read in server/config.ts or agent/"],
]);
