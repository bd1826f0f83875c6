import type { AgentConfig } from "../config.ts";
import { userNumbers } from "./accounts.ts";
import type { Ground } from "./checkRole.ts";
import { realPath } from "./realPath.ts";

/** On what ground paths are judged on this host: whose folders count as safe, and which are the agent's own and nobody's to touch. */
export function groundOf(
  config: AgentConfig,
  own: { readonly stateDir: string; readonly configFile: string; readonly uid: number },
): Ground {
  return {
    trusted: new Set([own.uid, ...userNumbers(config.roots.trustedOwners)]),
    // A kubeconfig and a key for a machine elsewhere are accounts: no copy may carry one away, and none may put another in its place.
    ours: [
      own.stateDir,
      config.runKeys.directory,
      own.configFile,
      ...config.kubernetes.map(({ kubeconfig }) => realPath(kubeconfig)),
      ...config.offSite.flatMap(({ identity, knownHosts }) => [realPath(identity), realPath(knownHosts)]),
    ],
  };
}
