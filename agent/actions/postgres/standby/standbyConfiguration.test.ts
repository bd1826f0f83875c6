import { expect, test } from "vitest";
import { PostgresTarget } from "../../../../domain/action/postgresTarget.ts";
import type { StandbyParts } from "./standbyConfiguration.ts";
import { standbyConfiguration, withoutThose } from "./standbyConfiguration.ts";

const target = (port: number, socketDir: string) =>
  PostgresTarget.parse({
    ...{ kind: "plain", binDir: "/pg/bin", dataDir: `/data/${port}`, configFile: `/etc/pg/${port}/postgresql.conf` },
    ...{ port, socketDir, database: "app", user: "it's", osUser: "postgres" },
  });
const parts: StandbyParts = {
  cluster: target(5432, "/run/a b"),
  standby: target(5433, ""),
  slot: "slackwater",
  passFile: "/etc/pg/5433/pgpass",
  hbaFile: "/etc/pg/5432/o'hba.conf",
  identFile: "/etc/pg/5432/pg_ident.conf",
};

test("the first server's settings are included, and what must differ stands behind them, quoted", () => {
  const lines = standbyConfiguration(parts).split("\n");
  expect(lines[0]).toContain("Written by Slackwater for a standby");
  expect(lines[1]).toBe("include '/etc/pg/5432/postgresql.conf'");
  expect(lines).toContain("data_directory = '/data/5433'");
  expect(lines).toContain("hba_file = '/etc/pg/5432/o''hba.conf'");
  expect(lines).toContain("external_pid_file = ''");
  expect(lines).toContain("listen_addresses = '127.0.0.1'");
  // Two quotings, one inside the other: libpq's, then that of the file.
  expect(lines).toContain(
    "primary_conninfo = 'host=''/run/a b'' port=''5432'' user=''it\\''s'' application_name=''slackwater-standby'' passfile=''/etc/pg/5433/pgpass'''",
  );
  expect(lines.some((line) => line.startsWith("unix_socket_directories"))).toBe(false);
});

test("what ALTER SYSTEM set on the first server does not win over what the standby must have, and the rest stays", () => {
  const automatic = "# Do not edit\nwork_mem = '8MB'\nport = '5432'\nPRIMARY_SLOT_NAME = 'other'\nport_of_call = 'x'\n";
  expect(withoutThose(automatic, parts)).toBe("# Do not edit\nwork_mem = '8MB'\nport_of_call = 'x'\n");
});
