import { z } from "zod";
import { Milliseconds, TextList, WholeNumber, WritePathOrNone } from "./argument.ts";
import { defineAction } from "./defineAction.ts";
import { PostgresTarget, SessionSeen } from "./postgresTarget.ts";

const count = z.int().min(0);

/**
 * How the database is closed to the service: `connectionLimit` sets the limit of the database to 0 (superusers still get in, so
 * that counts and a backup can be taken), `allowConnections` bars everyone, `none` leaves it to the maintenance switch.
 */
const closeBy = z.enum(["connectionLimit", "allowConnections", "none"]).default("connectionLimit");
/** A file whose presence makes the service show its maintenance page; empty: there is none. */
const switchFile = WritePathOrNone.default("");

/** Stops the writers: maintenance switch on, database closed, foreign sessions given time and then ended. */
export const trafficStop = defineAction({
  name: "traffic.stop",
  title: "Stop the writers",
  class: "change",
  args: z.strictObject({
    cluster: PostgresTarget,
    switchFile,
    closeBy,
    /** How long running requests may take to end by themselves. */
    graceMs: Milliseconds.default(10_000),
    /** Sessions of these application names are left alone. Our own always are. */
    allowApplications: TextList.default([]),
  }),
  result: z.object({
    switched: z.boolean(),
    closed_by: z.enum(["connectionLimit", "allowConnections", "none"]),
    sessions_before_count: count,
    terminated_count: count,
    sessions_left_count: count,
    stopped_at: z.int(),
  }),
  tools: { psql: "postgresql-client", docker: "docker.io" },
  secrets: [],
});

/** Lets the writers back: database opened, maintenance switch off. Safe to repeat. */
export const trafficStart = defineAction({
  name: "traffic.start",
  title: "Let the writers back",
  class: "safe",
  args: z.strictObject({
    cluster: PostgresTarget,
    switchFile,
    closeBy,
    /** The limit to put back where the agent kept none when it closed the database; -1: no limit. */
    connectionLimit: WholeNumber.pipe(z.int().min(-1)).default(-1),
  }),
  result: z.object({ switched: z.boolean(), is_open: z.boolean(), started_at: z.int() }),
  tools: { psql: "postgresql-client", docker: "docker.io" },
  secrets: [],
});

/** Proves that nobody writes: no foreign session, and a WAL position that does not move for `quietMs`. */
export const trafficProve = defineAction({
  name: "traffic.prove",
  title: "Prove that nobody writes",
  class: "observe",
  args: z.strictObject({
    cluster: PostgresTarget,
    quietMs: Milliseconds.default(5000),
    allowApplications: TextList.default([]),
  }),
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
