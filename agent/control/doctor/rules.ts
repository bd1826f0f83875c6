import { Failure } from "../../../domain/failure.ts";
import type { ActionRegistry } from "../../actions/action.ts";
import type { AgentConfig } from "../../config.ts";
import { AgentConfig as Config, readConfig } from "../../config.ts";
import { isAllowed } from "../../policy/checkTask.ts";
import type { Finding } from "./finding.ts";

/** agent.yaml as it counts: what is not obeyed allows nothing. */
export interface Rules {
  readonly config: AgentConfig;
  /** False where the file is not there, can't be read, or is not obeyed. */
  readonly isObeyed: boolean;
  readonly finding: Finding;
}

/** Reads agent.yaml as the agent would. */
export function rulesHere(path: string, ourUid: number): Rules {
  try {
    const config = readConfig(path, ourUid);
    return { config, isObeyed: true, finding: { subject: "config", verdict: "ok", says: `${path} is obeyed.` } };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    const todo =
      error instanceof Failure && error.code === "notPermitted"
        ? `chown root: ${path}; chmod 644 ${path}; every folder above it must be root's too.`
        : `Mend ${path}; agent.example.yaml explains every key.`;
    return {
      config: Config.parse({}),
      isObeyed: false,
      finding: { subject: "config", verdict: "missing", says, todo },
    };
  }
}

/** What agent.yaml names and this agent does not have or never does: most likely a slip of the pen. */
export function unknownNames(actions: ActionRegistry, { actions: allowed, standing }: AgentConfig): readonly Finding[] {
  const packs = new Set([...actions.keys()].map((name) => `${name.split(".", 1).join("")}.*`));
  const unknown = [...allowed, ...standing].filter((name) => !actions.has(name) && !packs.has(name));
  const never = standing.filter((name) => (actions.get(name)?.spec.class ?? "change") !== "change");
  const idle = standing.filter((name) => actions.has(name) && !isAllowed(name, allowed));
  const note = (says: string, todo: string): Finding => ({ subject: "names", verdict: "note", says, todo });
  return [
    ...(unknown.length === 0
      ? []
      : [note(`This agent has no ${unknown.join(", ")}.`, "Correct the name in agent.yaml, or upgrade the agent.")]),
    ...(never.length === 0
      ? []
      : [
          note(
            `"standing" does nothing for ${never.join(", ")}: it covers actions of class change alone.`,
            'Take the name out of "standing".',
          ),
        ]),
    ...(idle.length === 0
      ? []
      : [note(`${idle.join(", ")} is under "standing" and not under "actions".`, 'Add it under "actions" as well.')]),
  ];
}

/** Whose decisions count here, and what that means for what is allowed. */
export function approversHere(actions: ActionRegistry, config: AgentConfig): Finding {
  const { approvers } = config;
  const needing = [...actions.values()].filter(
    ({ spec }) =>
      isAllowed(spec.name, config.actions) &&
      (spec.class === "destroy" || (spec.class === "change" && !config.standing.includes(spec.name))),
  );
  const users = new Set(approvers.map(({ user }) => user));
  const byProgram = approvers.filter(({ software }) => software).map(({ user }) => user);
  if (approvers.length === 0) {
    return needing.length === 0
      ? { subject: "approvers", verdict: "ok", says: "None is pinned, and nothing that is allowed here needs one." }
      : {
          subject: "approvers",
          verdict: "missing",
          says: `None is pinned: nothing that changes this host will be carried out (${needing.length} of the allowed actions).`,
          todo: "slackwater-agent trust add FILE, with the piece that the dashboard shows for each approver.",
        };
  }
  const says = `${approvers.length} ${approvers.length === 1 ? "key" : "keys"} of ${users.size} ${users.size === 1 ? "person" : "people"} pinned.`;
  if (byProgram.length === 0) return { subject: "approvers", verdict: "ok", says };
  return {
    subject: "approvers",
    verdict: "note",
    says: `${says} A program holds the key of ${byProgram.join(", ")}, and can decide without a person.`,
    todo: "Fine for a demo. Otherwise: slackwater-agent trust remove, and pin a passkey of the person's device.",
  };
}

/** The program that checks decisions by SSH key, with its Debian package. */
export const SSH_TOOLS = { "ssh-keygen": "openssh-client" } as const;

/** Where an SSH key is pinned: whether what checks it is there. Without it no decision by that key would count. */
export function sshKeygenHere(config: AgentConfig, isThere: (tool: string) => boolean): readonly Finding[] {
  if (!config.approvers.some((approver) => "sshKey" in approver)) return [];
  const [tool, debianPackage] = ["ssh-keygen", SSH_TOOLS["ssh-keygen"]];
  return [
    isThere(tool)
      ? { subject: "sshKeygen", verdict: "ok", says: `${tool} is there to check decisions by SSH key.` }
      : {
          subject: "sshKeygen",
          verdict: "missing",
          says: `An SSH key is pinned, and ${tool} is not there: no decision by that key counts.`,
          todo: `apt install ${debianPackage}`,
        },
  ];
}
