import type { Zone } from "./law.ts";

/** Where a file stands: its zone; inside server/<noun> and domain/<noun> which noun, and which file of a server's noun. */
export interface Place {
  readonly zone: Zone;
  readonly noun?: string;
  /** First part of the path inside the noun without its ending: `queries` for server/hosts/queries.ts. */
  readonly door?: string;
}

const SERVER_PARTS: ReadonlyMap<string, Zone> = new Map([
  ["db", "server/db"],
  ["engine", "server/engine"],
  ["realtime", "server/realtime"],
  ["identity", "server/identity"],
  ["cli", "server/cli"],
]);

/**
 * Finds the zone of a file by its path from the project's root, with forward slashes. Files that belong to no product
 * folder (scripts/, prisma/, configuration at the root) are `tooling`.
 */
export function zoneOf(path: string): Place {
  const [first = "", second = "", third] = path.split("/");
  switch (first) {
    case "domain":
      return third === undefined ? { zone: "domain" } : { zone: "domain", noun: second };
    case "protocol":
    case "generated":
    case "tests":
    case "app":
      return { zone: first };
    case "agent":
      return { zone: second === "process" ? "agent/process" : "agent" };
    case "components":
      return { zone: second === "ui" ? "components/ui" : "components" };
    case "server": {
      const part = SERVER_PARTS.get(second);
      if (part) return { zone: part };
      if (third === undefined) return { zone: "server" };
      return { zone: "server/<noun>", noun: second, door: third.replace(/\..*$/, "") };
    }
    default:
      return { zone: "tooling" };
  }
}
