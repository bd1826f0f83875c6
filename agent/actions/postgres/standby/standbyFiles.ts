import { chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type pg from "pg";
import type { z } from "zod";
import type { postgresStandby } from "../../../../domain/action/postgresStandby.ts";
import type { PostgresTarget } from "../../../../domain/action/postgresTarget.ts";
import { Failure } from "../../../../domain/failure.ts";
import { realPath } from "../../../policy/realPath.ts";
import { passFileLine } from "../passFileLine.ts";
import { replaceFile } from "../pointAt.ts";
import { standbyConfiguration, WRITTEN_BY_US, withoutThose } from "./standbyConfiguration.ts";

type Args = z.output<typeof postgresStandby.args>;

/** What the first server says of itself that its standby needs. */
export interface FirstServer {
  readonly systemIdentifier: string;
  readonly hbaFile: string;
  readonly identFile: string;
}

/** The folder that pg_ctl is given. */
const configurationFolder = (standby: PostgresTarget) => dirname(standby.configFile);

/**
 * Asks the first server what its standby needs. Throws `argumentsInvalid` where both would be one: the standby's files are written,
 * and nothing of the first server's may ever be.
 */
export function requireApart(
  cluster: PostgresTarget,
  standby: PostgresTarget,
): (client: pg.Client) => Promise<FirstServer> {
  return async (client) => {
    const { rows } = await client.query<Record<"id" | "data" | "config" | "hba" | "ident", string>>(
      `select (select system_identifier::text from pg_control_system()) as id, current_setting('data_directory') as data,
        current_setting('config_file') as config, current_setting('hba_file') as hba, current_setting('ident_file') as ident`,
    );
    const first = rows[0];
    if (first === undefined) throw new Failure("databaseUnreachable", "PostgreSQL does not say where it lies.");
    const same = (one: string, other: string) => realPath(one) === realPath(other);
    const isOne =
      cluster.port === standby.port ||
      same(first.data, standby.dataDir) ||
      same(dirname(first.config), configurationFolder(standby)) ||
      same(configurationFolder(standby), standby.dataDir);
    if (isOne) {
      throw new Failure(
        "argumentsInvalid",
        "A standby needs a port, a data directory and a folder for its configuration of its own: one of them is the first server's, or the last two are one.",
      );
    }
    return { systemIdentifier: first.id, hbaFile: first.hba, identFile: first.ident };
  };
}

/** Writes everything that makes the base backup a standby. All of it belongs to the server's account. */
export async function writeConfiguration(
  { cluster, standby, slot }: Args,
  first: FirstServer,
  owner: { uid: number; gid: number },
): Promise<void> {
  const folder = configurationFolder(standby);
  const before = await readFile(standby.configFile, "utf8").catch(() => undefined);
  if (before !== undefined && !before.startsWith(WRITTEN_BY_US)) {
    throw new Failure(
      "volumeExists",
      `${standby.configFile} is there and was not written by Slackwater. Name another file.`,
    );
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chown(folder, owner.uid, owner.gid);
  const as = { mode: 0o600, ...owner };
  const passFile = cluster.passwordFile === "" ? "" : join(folder, "pgpass");
  if (passFile !== "") {
    const password = (await readFile(cluster.passwordFile, "utf8")).trim();
    await replaceFile(passFile, passFileLine(password), as);
  }
  const parts = { cluster, standby, slot, passFile, ...first };
  await replaceFile(standby.configFile, standbyConfiguration(parts), as);
  // What ALTER SYSTEM set on the first server came with the copy, and would win over the file above.
  const automatic = join(standby.dataDir, "postgresql.auto.conf");
  await replaceFile(automatic, withoutThose(await readFile(automatic, "utf8").catch(() => ""), parts), as);
  const signal = join(standby.dataDir, "standby.signal");
  await writeFile(signal, "", { mode: 0o600, flush: true });
  await chown(signal, owner.uid, owner.gid);
}
