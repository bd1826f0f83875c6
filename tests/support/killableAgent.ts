import { agentPaths, mustRun } from "../../scripts/demo/agentOnHost.ts";
import type { SampleHost } from "../../scripts/demo/sampleHost.ts";

/** The agent of a sample host, to be killed and started again. */
export interface KillableAgent {
  /** Kills it as it stands, and proves that it is dead. Runners of tasks are processes of their own and go on. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Takes over an agent that `startAgentOn` started, with the same programs. */
export function killableAgent(host: SampleHost, how: { readonly root: string; readonly node: string }): KillableAgent {
  const paths = agentPaths(host);
  const run = `${host.see(how.node)} ${host.see(how.root)}/agent/cli.ts run --state ${paths.state} --config ${paths.config}`;
  return {
    kill: async () => {
      const pid = (await mustRun(host, `pgrep -fx -- '${run}'`)).trim();
      await mustRun(host, `kill -9 ${pid}; while kill -0 ${pid} 2>/dev/null; do sleep 0.05; done`);
    },
    start: async () => void (await host.launch(run, paths.log)),
  };
}
