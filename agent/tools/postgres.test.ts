import fc from "fast-check";
import { expect, test } from "vitest";
import { isCleanlyShutDown, parseControldata, pgControldataCall } from "./pgControldata.ts";
import { pgCtlStartCall, pgCtlStatusCall, pgCtlStopCall } from "./pgCtl.ts";
import { pgDumpCall, psqlRestoreCall } from "./pgDump.ts";

// Captured from PostgreSQL 15 of Debian 12, shortened at the end.
const CONTROLDATA = `pg_control version number:            1300
Catalog version number:               202209061
Database system identifier:           7710474220688028617
Database cluster state:               shut down
pg_control last modified:             Sat Nov 21 04:17:58 2026
Latest checkpoint location:           0/17414D0
`;
const DAMAGED = `WARNING: Calculated CRC checksum does not match value stored in file.
Either the file is corrupt, or it has a different layout than this program
is expecting.  The results below are untrustworthy.

${CONTROLDATA}`;
const BIN = "/usr/lib/postgresql/15/bin";

test("the control file tells whether the cluster is at rest, and which cluster it is", () => {
  const data = parseControldata(CONTROLDATA);
  expect(data).toEqual({ state: "shut down", systemIdentifier: "7710474220688028617", checkpointAt: "0/17414D0" });
  expect(data && isCleanlyShutDown(data)).toBe(true);
});

test("a cluster that runs, crashed or recovers is not at rest", () => {
  for (const state of ["in production", "shutting down", "in crash recovery", "in archive recovery", "starting up"]) {
    const data = parseControldata(CONTROLDATA.replace("shut down", state));
    expect(data && isCleanlyShutDown(data)).toBe(false);
  }
});

test("a damaged control file proves nothing, whatever it says", () => {
  expect(parseControldata(DAMAGED)).toBeUndefined();
  expect(parseControldata("")).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (text) => {
      const data = parseControldata(text);
      if (data) expect(data.systemIdentifier).toMatch(/^\d+$/);
    }),
  );
});

test("a stop that took too long, a server that is not there and a port that is taken are three things", () => {
  const stop = pgCtlStopCall(BIN, "/data", "smart", 60);
  expect(stop.args).toEqual(["stop", "-D", "/data", "-m", "smart", "-w", "-t", "60"]);
  expect(stop.failureOf?.(1, 'pg_ctl: server does not shut down\nHINT: The "-m fast" option')).toBe("stopTimedOut");
  expect(stop.failureOf?.(1, 'pg_ctl: PID file "/data/postmaster.pid" does not exist\nIs server running?')).toBe(
    "databaseUnreachable",
  );
  const start = pgCtlStartCall(BIN, { folder: "/etc/postgresql", logFile: "", waitSeconds: 30 });
  expect(start.failureOf?.(1, "pg_ctl: could not start server\nExamine the log output.")).toBe("startFailed");
  expect(pgCtlStatusCall(BIN, "/data").acceptExitCodes).toEqual([0, 3, 4]);
});

test("no program of a cluster is taken from the path, and none gets a password as an argument", () => {
  const to = { binDir: BIN, host: "/run/postgresql", port: 5432, user: "postgres" };
  for (const call of [
    pgControldataCall(BIN, "/data"),
    pgDumpCall(to, "app", "00000003-1"),
    psqlRestoreCall(to, "app"),
  ]) {
    expect(call.file.startsWith(`${BIN}/`)).toBe(true);
  }
  expect(pgDumpCall(to, "app", "00000003-1").args).toContain("--no-password");
  expect(psqlRestoreCall(to, "app").args).toEqual(expect.arrayContaining(["--single-transaction", "ON_ERROR_STOP=1"]));
});

test("a server that does not answer is told from a dump that fails", () => {
  const { failureOf } = pgDumpCall({ binDir: BIN, host: "/run", port: 5432, user: "u" }, "app", "x");
  const shuttingDown =
    "pg_dump: error: connection to server on socket failed: FATAL:  the database system is shutting down";
  expect(failureOf?.(1, shuttingDown)).toBe("databaseUnreachable");
  expect(failureOf?.(1, "pg_dump: error: query failed: ERROR:  permission denied for table x")).toBe("notPermitted");
});
