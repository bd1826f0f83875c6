import { stringify } from "yaml";
import type { EnrolmentView, HostView } from "../../protocol/http/hosts.ts";
import type { PersonClient } from "./personClient.ts";
import type { SampleState } from "./sample/sampleState.ts";
import type { SampleHost } from "./sampleHost.ts";

/** A key of an approver as agent.yaml wants it. */
export interface TrustedKey {
  readonly user: string;
  readonly credentialId: string;
  readonly publicKey: string;
  readonly rpId: string;
  readonly origin: string;
  readonly software: boolean;
}

/** Where the agent of the sample host keeps its things. */
export function agentPaths(host: SampleHost) {
  return {
    state: `${host.folder}/agent`,
    config: `${host.folder}/agent.yaml`,
    log: `${host.folder}/log/agent.log`,
    volumes: `${host.folder}/volumes`,
    mount: `${host.folder}/mnt`,
    backups: `${host.folder}/backups`,
  };
}

/** What the owner of the sample host allows: this sample and nothing else. */
export function agentYaml(host: SampleHost, sample: SampleState, approvers: readonly TrustedKey[]): string {
  const paths = agentPaths(host);
  const { cluster, service } = sample;
  return stringify({
    actions: ["host.*", "files.*", "luks.*", "postgres.*", "backup.*", "traffic.*", "http.check"],
    standing: ["backup.create", "backup.restoreTest"],
    roots: {
      read: [host.folder, cluster.binDirectory, cluster.dataDirectory],
      write: [
        paths.volumes,
        paths.backups,
        paths.mount,
        cluster.configFile.replace(/\/[^/]*$/, ""),
        cluster.logPath.replace(/\/[^/]*$/, ""),
        service.maintenancePath,
      ],
      trustedOwners: [cluster.owner.uid],
    },
    containers: cluster.container ? [cluster.container.name] : [],
    databases: [
      cluster.container
        ? { host: "127.0.0.1", port: cluster.port, names: ["*"], passwordFile: cluster.superuserPasswordPath }
        : { host: cluster.socketDirectory, port: cluster.port, names: ["*"] },
    ],
    http: [`127.0.0.1:${service.port}`],
    volumes: { allowUnencrypted: host.encryption === "none" },
    // Where nothing is encrypted the folder of the demo may hold the run's key too: /run of a container is no tmpfs.
    ...(host.kind === "directory" ? { runKeys: { directory: `${host.folder}/run-keys`, allowDisk: true } } : {}),
    approvers: approvers.map(({ origin, ...key }) => ({ ...key, groups: ["approver"], origins: [origin] })),
    health: { fileSystems: [host.folder] },
  });
}

/** The agent of the sample host. */
export interface AgentOnHost {
  readonly hostId: string;
  /** Ends it and starts it again, so that it reads what its owner changed in agent.yaml. Tasks that run go on meanwhile. */
  restart(): Promise<void>;
}

/** Enrols the sample host with a one-time token and starts its agent; resolves once it is connected. */
export async function startAgentOn(
  host: SampleHost,
  admin: PersonClient,
  how: { root: string; node: string; serverUrl: string },
): Promise<AgentOnHost> {
  const paths = agentPaths(host);
  const { token } = await admin.post<EnrolmentView>("/api/hosts/enrolments", { hostName: "sample-host" });
  const program = `${host.see(how.node)} ${host.see(how.root)}/agent/cli.ts`;
  const flags = `--state ${paths.state} --config ${paths.config}`;
  await mustRun(
    host,
    `mkdir -p ${paths.volumes} ${paths.backups} ${paths.mount} ${host.folder}/log && ${program} enroll --server ${how.serverUrl} --token ${token} ${flags}`,
  );
  const start = () => host.launch(`${program} run ${flags}`, paths.log);
  let pid = await start();
  const until = Date.now() + 30_000;
  for (;;) {
    const hosts = await admin.get<readonly HostView[]>("/api/hosts");
    const connected = hosts.find((one) => one.name === "sample-host" && one.connected);
    if (connected) {
      return {
        hostId: connected.hostId,
        restart: async () => {
          await mustRun(host, `kill -TERM ${pid}; while kill -0 ${pid} 2>/dev/null; do sleep 0.1; done`, 30_000);
          pid = await start();
        },
      };
    }
    if (Date.now() > until)
      throw new Error(`The agent did not connect:\n${await host.readText(paths.log).catch(() => "")}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Runs a command on the sample host that must succeed. */
export async function mustRun(host: SampleHost, command: string, timeoutMs?: number): Promise<string> {
  const { exitCode, output } = await host.exec(command, timeoutMs);
  if (exitCode !== 0)
    throw new Error(`On the sample host "${command.slice(0, 200)}" ended with ${exitCode}:\n${output.slice(-4000)}`);
  return output;
}
