import { z } from "zod";

/** What the doctor looks at, beside the actions, in the order in which it tells of it. */
export const Subject = z.enum([
  "account",
  "config",
  "names",
  "approvers",
  "sshKeygen",
  "state",
  "room",
  "runKeys",
  "secrets",
  "swap",
  "coreDumps",
  "controlGroups",
  "dmCrypt",
  "clock",
  "server",
]);
export type Subject = z.infer<typeof Subject>;

/** `ok`: as it should be. `note`: it works, and its owner should know how. `missing`: something that is needed is not there. */
const Verdict = z.enum(["ok", "note", "missing"]);

export const Finding = z.strictObject({
  subject: Subject,
  verdict: Verdict,
  /** What was seen, in one sentence. */
  says: z.string(),
  /** What to do about it; absent where there is nothing to do. */
  todo: z.string().optional(),
});
/** One thing that the doctor saw on this host. */
export type Finding = z.infer<typeof Finding>;

const Program = z.strictObject({ tool: z.string(), debianPackage: z.string() });

export const ActionHealth = z.strictObject({
  action: z.string(),
  verdict: z.enum(["ok", "missing", "notAllowed"]),
  /** Programs that it needs here and that are not there. */
  missing: z.array(Program),
  /** Programs that it needs for a database outside of a container, on a host whose owner allows containers. */
  missingOutside: z.array(Program),
});
/** Whether an action could run here. */
export type ActionHealth = z.infer<typeof ActionHealth>;

export const DoctorReport = z.strictObject({
  format: z.literal(1),
  agent: z.string(),
  node: z.string(),
  /** Oldest and newest protocol that this agent speaks with a server. */
  protocol: z.strictObject({ oldest: z.int(), newest: z.int() }),
  kernel: z.string(),
  findings: z.array(Finding),
  actions: z.array(ActionHealth),
  /** Debian packages that would mend what the allowed actions miss. */
  packages: z.array(z.string()),
  /** Findings and actions with the verdict `missing`; 0: nothing is. */
  missing_count: z.int().min(0),
});
/** Everything that `slackwater-agent doctor --json` prints. */
export type DoctorReport = z.infer<typeof DoctorReport>;
