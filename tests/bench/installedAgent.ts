import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadIdentity } from "../../agent/identity.ts";
import { TaskId } from "../../domain/ids.ts";
import type { TaskReport } from "../../domain/run/taskReport.ts";
import { bundleAgent } from "../../scripts/agentPackage/bundle.ts";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { compiled, decidedWindow, person } from "../agent/link/support/decided.ts";
import { startFakeServer } from "../agent/link/support/fakeServer.ts";
import { makeHost, orderFor } from "../agent/link/support/host.ts";

/** What a benchmark of the agent has its runbook copy, and where to. */
export interface CopiedTrees {
  readonly source: string;
  readonly target: string;
}

/** The agent as its package installs it (two bundled files), at a server that does nothing but give orders. */
export interface InstalledAgent {
  /** Starts it; resolves with its process number when it is connected. */
  start(): Promise<number>;
  end(): Promise<void>;
  /** Orders a step of the signed runbook, and waits for its report. Throws where it did not succeed. */
  order(step: string, action: string, args: Readonly<Record<string, unknown>>): Promise<TaskReport>;
  clean(): Promise<void>;
}

/** A copy that is bound by nothing but the machine, under a GO. */
const RUNBOOK = `
slackwater: 1
id: bench
title: Copy a directory
version: "1"
summary: Copies a directory as fast as it goes.
risk: low
objective: { rollbackWithin: 10m, safetyMargin: 5m }
hosts: { db: { title: Host } }
parameters:
  source: { type: path, description: Where it lies }
  target: { type: path, description: Where it goes }
facts: {}
checklist: []
criteria: { go: [ { id: always, title: Always, expr: "true" } ], nogo: [] }
approval: { title: Go, quorum: { of: [approver], atLeast: 1 } }
phases:
  - id: copy-it
    title: Copy it
    steps:
      - id: copy
        title: Copy
        lasts: 1m
        task: { action: files.copy, host: db, with: { from: "{{ params.source }}", to: "{{ params.target }}" } }
        verify: [ { expr: result.files_source == result.files_target } ]
        undo: nothing
rollback: { steps: [] }
signOff: { before: Yes, after: Done }
`;

/** Longest time of one task (ms). */
const TASK_WITHIN_MS = 1_800_000;

/** Bundles the agent into a folder and enrols a host at a server of the benchmark's own. */
export async function installAgent(folder: string, trees: CopiedTrees): Promise<InstalledAgent> {
  await bundleAgent(projectRoot, folder);
  const launcher = writeLauncher(folder);
  compiled(RUNBOOK); // or every order would be refused for a mistake in it
  const server = await startFakeServer();
  const host = makeHost();
  const anna = person("anna", ["approver"]);
  host.configure({
    actions: ["files.*"],
    roots: { read: [trees.source], write: [trees.target] },
    approvers: [anna.pin],
  });
  await host.enrolAt(server.url, server.token());
  const identity = loadIdentity(host.stateDir);
  if (identity === undefined) throw new Error("the host has no key after its enrolment");
  const parameters = { source: trees.source, target: trees.target };
  const window = decidedWindow({ fingerprint: identity.fingerprint, parameters, text: RUNBOOK });
  const authority = window.authority([window.sign(anna)]);
  let agent: ReturnType<typeof spawn> | undefined;
  let attempts = 0;

  const end = async () => {
    if (agent === undefined || agent.exitCode !== null || agent.signalCode !== null) return;
    const exited = once(agent, "exit");
    agent.kill("SIGTERM");
    await exited;
  };
  return {
    async start() {
      const words = ["run", "--state", host.stateDir, "--config", host.configFile];
      const hellos = server.hellos.length;
      agent = spawn("sh", [launcher, ...words], { stdio: ["ignore", "ignore", "inherit"] });
      await server.until("the agent said hello", () => server.hellos.length > hellos, 60_000);
      return agent.pid ?? 0;
    },
    end,
    async order(step, action, args) {
      attempts += 1;
      const taskId = TaskId.parse(`${window.runId}.${step}.${attempts}`);
      server.send(orderFor(action, { ...args }, { taskId, authority, withinMs: TASK_WITHIN_MS }));
      await server.until(`${taskId} is done`, () => server.reports.has(taskId), TASK_WITHIN_MS);
      const report = server.reports.get(taskId)?.[0];
      if (report?.outcome !== "succeeded") throw new Error(`${action}: ${JSON.stringify(report)}`);
      return report;
    },
    async clean() {
      await end();
      await host.clean();
      await server.close();
    },
  };
}

/** The package's own way to start it, with its flags, on the Node and in the folder of this benchmark. */
function writeLauncher(folder: string): string {
  const text = readFileSync(join(projectRoot, "agent/package/slackwater-agent.sh"), "utf8");
  const launcher = join(folder, "slackwater-agent.sh");
  writeFileSync(
    launcher,
    text
      .replaceAll("/usr/lib/slackwater-agent/node", process.execPath)
      .replaceAll("/usr/lib/slackwater-agent/", `${folder}/`)
      .replaceAll("/var/cache/slackwater-agent", join(folder, "cache")),
  );
  return launcher;
}
