import { z } from "zod";
import { Milliseconds, TextList, WholeNumber, WritePathOrNone } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { EXAMPLE_CLUSTER, PostgresTarget, SessionSeen } from "./postgresTarget.ts";

const count = z.int().min(0);

const closeBy = z
  .enum(["connectionLimit", "allowConnections", "none"])
  .default("connectionLimit")
  .describe(
    "How the database is closed to the service: `connectionLimit` sets the limit of the database to 0 (superusers still get in, so that counts and a backup can be taken), `allowConnections` bars everyone, `none` leaves it to the maintenance switch.",
  );
const switchFile = WritePathOrNone.default("").describe(
  "A file whose presence makes the service show its maintenance page; empty: there is none.",
);

/** `traffic.stop`. */
export const trafficStop = defineAction({
  name: "traffic.stop",
  title: "Stop the writers",
  about: "Stops the writers: maintenance switch on, database closed, foreign sessions given time and then ended.",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    switchFile,
    closeBy,
    graceMs: Milliseconds.default(10_000).describe("How long running requests may take to end by themselves."),
    allowApplications: TextList.default([]).describe(
      "Sessions of these application names are left alone. Our own always are.",
    ),
  }),
  example: { cluster: EXAMPLE_CLUSTER, switchFile: "/srv/service/maintenance.on", graceMs: 30_000 },
  result: z.object({
    switched: z.boolean(),
    closed_by: z.enum(["connectionLimit", "allowConnections", "none"]),
    sessions_before_count: count,
    terminated_count: count,
    sessions_left_count: count,
    stopped_at: z.int(),
  }),
  undo: "`traffic.start` with the same `switchFile` and `closeBy` lets the writers back; sessions that were ended connect again by themselves.",
  afterCancel: "What had been closed by then stays closed, until `traffic.start`.",
  tools: { psql: "postgresql-client", docker: "docker.io" },
  secrets: [],
});

/** `traffic.start`. */
export const trafficStart = defineAction({
  name: "traffic.start",
  title: "Let the writers back",
  about: "Lets the writers back: database opened, maintenance switch off. Safe to repeat.",
  class: "safe",
  args: z.strictObject({
    cluster: PostgresTarget,
    switchFile,
    closeBy,
    connectionLimit: WholeNumber.pipe(z.int().min(-1))
      .default(-1)
      .describe("The limit to put back where the agent kept none when it closed the database; -1: no limit."),
  }),
  example: { cluster: EXAMPLE_CLUSTER, switchFile: "/srv/service/maintenance.on" },
  result: z.object({ switched: z.boolean(), is_open: z.boolean(), started_at: z.int() }),
  tools: { psql: "postgresql-client", docker: "docker.io" },
  secrets: [],
});

/** `traffic.prove`. */
export const trafficProve = defineAction({
  name: "traffic.prove",
  title: "Prove that nobody writes",
  about: "Proves that nobody writes: no foreign session, and a WAL position that does not move for `quietMs`.",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    quietMs: Milliseconds.default(5000).describe("How long nothing may be written."),
    allowApplications: TextList.default([]).describe(
      "Sessions of these application names don't count. Our own never do.",
    ),
  }),
  example: { cluster: EXAMPLE_CLUSTER, quietMs: 5000 },
  result: z.object({
    quiet: z.boolean(),
    quiet_ms: count,
    foreign_sessions_count: count,
    sessions: z.array(SessionSeen),
    wal_position_before: z.string(),
    wal_position_after: z.string(),
    wal_moved_bytes: count,
  }),
  tools: { psql: "postgresql-client", docker: "docker.io" },
  secrets: [],
  needsDatabase: true,
});
