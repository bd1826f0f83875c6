import type { RunView } from "../../protocol/http/runs.ts";
import { agentPaths, mustRun } from "../../scripts/demo/agentOnHost.ts";
import type { SampleState } from "../../scripts/demo/sample/sampleState.ts";
import type { SampleHost } from "../../scripts/demo/sampleHost.ts";

/** The passphrases of a run by the name of their secret, as their holders wrote them down. */
export type Passphrases = ReadonlyMap<string, string>;

/** What it has to say. */
export const HOST_AFTERWARDS = {
  allocated: "fully",
  slot0Operational: "opens",
  slot0Recovery: "refuses",
  slot1Recovery: "opens",
  mountedFrom: "/dev/mapper/supersync",
  header: "age-encryption.org/v1",
  lastBackupMode: "600",
  lastBackup: "1",
  owners: "same",
  oldState: "shut down",
  oldServer: "none",
  oldLog: "database system is shut down;received smart shutdown request",
  scratchDatabases: "0",
  maintenancePage: "down",
} as const;

/**
 * What a host says of itself after a window that was completed, asked with its own programs and never through Slackwater. Each
 * answer is a word or a number of its own, so that a test can show them side by side.
 */
export async function askHost(
  host: SampleHost,
  sample: SampleState,
  run: RunView,
  passphrases: Passphrases,
): Promise<Readonly<Record<string, string>>> {
  const { volumes, mount } = agentPaths(host);
  const image = `${volumes}/supersync.img`;
  const old = sample.cluster.dataDirectory;
  const current = `${mount}/supersync/data`;
  const backup = factOf(run, "final.backup_path");
  const ask = async (command: string) => (await mustRun(host, command)).trim();
  const secretFile = async (name: string) => {
    await host.writeText(`/dev/shm/${name}`, passphrases.get(name) ?? "", 0o600);
    return `/dev/shm/${name}`;
  };
  const opens = async (slot: number, name: string) =>
    ask(
      `cryptsetup open --test-passphrase --batch-mode --key-slot ${slot} --key-file ${await secretFile(name)} '${image}' 2>/dev/null && echo opens || echo refuses`,
    );
  return {
    allocated: await ask(`stat --format='%b %B %s' '${image}' | awk '{ print ($1 * $2 >= $3) ? "fully" : "sparse" }'`),
    slot0Operational: await opens(0, "operational"),
    slot0Recovery: await opens(0, "recovery"),
    slot1Recovery: await opens(1, "recovery"),
    mountedFrom: await ask(`findmnt --noheadings --output SOURCE '${mount}/supersync'`),
    header: await ask(`head -c 21 '${factOf(run, "volume.header_backup")}'`),
    lastBackupMode: await ask(`stat --format=%a '${backup}'`),
    lastBackup: await ask(
      `openssl enc -d -aes-256-cbc -pbkdf2 -iter 100000 -md sha256 -pass file:${await secretFile("backup")} -in '${backup}' | gunzip | grep -c 'PostgreSQL database dump complete'`,
    ),
    owners: await ask(
      `[ "$(stat --format='%U:%G %a' '${old}' '${old}/PG_VERSION' '${old}/base')" = "$(stat --format='%U:%G %a' '${current}' '${current}/PG_VERSION' '${current}/base')" ] && echo same`,
    ),
    oldState: await ask(
      `'${sample.cluster.binDirectory}/pg_controldata' '${old}' | sed -n 's/^Database cluster state: *//p'`,
    ),
    oldServer: await ask(`[ -e '${old}/postmaster.pid' ] && echo running || echo none`),
    oldLog: await ask(
      `grep -oE 'received (smart|fast|immediate) shutdown request|database system is shut down' '${sample.cluster.logPath}' | sort | uniq -c | awk '{ $1 = ""; print substr($0, 2) }' | paste -sd ';'`,
    ),
    scratchDatabases: await ask(
      `PGPASSWORD=$(cat '${sample.cluster.superuserPasswordPath}') psql -X -At -h 127.0.0.1 -p ${sample.cluster.port} -U postgres -d postgres -c "select count(*) from pg_database where datname like 'slackwater%'"`,
    ),
    maintenancePage: await ask(`[ -e '${sample.service.maintenancePath}' ] && echo up || echo down`),
  };
}

/** A fact of the run as text. Throws when it was never measured. */
function factOf(run: RunView, name: string): string {
  const fact = run.facts.find((one) => one.name === name);
  if (fact === undefined) throw new Error(`The run has no fact ${name}`);
  return fact.text;
}
