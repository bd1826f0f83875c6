import { z } from "zod";
import { agentPaths } from "./agentOnHost.ts";
import type { PersonClient } from "./personClient.ts";
import type { SampleState } from "./sample/sampleState.ts";
import type { SampleHost } from "./sampleHost.ts";

const Created = z.object({ windowId: z.string(), runId: z.string() });

/** How long the demo's window lasts (ms), counted from now. */
const WINDOW_MS = 2 * 3_600_000;

/** Parameters of `luks-postgres` for the sample: its real paths, short waits, and a cheap key derivation where a guest would take long. */
export function windowParameters(
  host: SampleHost,
  sample: SampleState,
  how: { statusUrl: string; recoveryRecipient: string; soak: string; maxCopyKib: number },
) {
  const { cluster, service } = sample;
  const paths = agentPaths(host);
  return {
    service: "SuperSync",
    team: "The SuperSync team",
    contact: "support@supersync.example",
    status_url: how.statusUrl,
    contact_primary: "Oren Operator, oren@demo.localhost, 555 0142",
    contact_secondary: "Ada Admin, ada@demo.localhost, 555 0117",
    contact_emergency: "Anna Approver, anna@demo.localhost, 555 0190",
    decides: "Anna Approver",
    ...(cluster.container
      ? { kind: "docker", container: cluster.container.name, password_file: cluster.superuserPasswordPath }
      : {
          kind: "plain",
          bin_dir: cluster.binDirectory,
          data_dir: cluster.dataDirectory,
          config_file: cluster.configFile,
          log_file: cluster.logPath,
          socket_dir: cluster.socketDirectory,
          os_user: cluster.owner.name,
        }),
    port: cluster.port,
    database: cluster.database,
    db_user: cluster.superuser,
    encryption: host.encryption,
    volume_name: "supersync",
    volume_path: `${paths.volumes}/supersync.img`,
    volume_step: "64MiB",
    mount_point: `${paths.mount}/supersync`,
    // A guest without AES instructions and with slow page faults would take half a minute for argon2id; the figure stands in the report.
    pbkdf_iterations: host.kind === "guest" ? 100_000 : 0,
    recovery_recipients: how.recoveryRecipient,
    backup_dir: paths.backups,
    backup_iterations: host.kind === "guest" ? 100_000 : 1_000_000,
    switch_file: service.maintenancePath,
    grace: "5s",
    health_url: `${service.url}/health`,
    sync_url: `${service.url}/api/sync/snapshot`,
    sync_token_file: service.testTokenPath,
    service_log: service.logPath,
    // A guest on shared cores now and then takes some hundred milliseconds for anything: 15 % of a few would be noise, and five times
    // as slow as an hour ago says more of the machine than of the volume. What was measured stands in the report all the same.
    slower_floor: "500ms",
    slower_percent: host.kind === "guest" ? 1_000 : 15,
    // For the same reason a log-in there can take seconds, and three slow ones in a row are no lost database.
    answer_within: host.kind === "guest" ? "25s" : "5s",
    // One emulated core that does everything at once is always "unstable" by the measure of a real host.
    max_load_per_core: host.kind === "guest" ? 50 : 4,
    overhead: "5m",
    soak: how.soak,
    max_copy_kib: how.maxCopyKib,
  };
}

/** Plans the window of the demo, from now on, as the operator. */
export async function planWindow(
  operator: PersonClient,
  how: {
    hostId: string;
    serviceId: string;
    runbookDigest: string;
    parameters: Readonly<Record<string, string | number>>;
  },
): Promise<{ windowId: string; runId: string }> {
  const now = Date.now();
  return Created.parse(
    await operator.post("/api/windows", {
      title: "Encrypt the SuperSync database at rest",
      serviceId: how.serviceId,
      type: "routine",
      startsAt: now - 60_000,
      endsAt: now + WINDOW_MS,
      zone:
        Intl.DateTimeFormat().resolvedOptions().timeZone === "UTC"
          ? "Europe/Berlin"
          : Intl.DateTimeFormat().resolvedOptions().timeZone,
      runbookDigest: how.runbookDigest,
      parameters: how.parameters,
      hosts: { db: how.hostId },
    }),
  );
}
