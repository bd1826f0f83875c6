import { z } from "zod";
import { keysOf } from "./recordKeys.ts";

/** Who can put it right: the person at the dashboard, the host's owner, or nobody but us (a defect). */
export type Mender = "operator" | "hostOwner" | "approver" | "developer";

/**
 * Every way in which work can fail, with who can mend it, whether doing the same again is safe and may help, and what to do.
 * Code branches on the code, people read `what to do`. Adding one is a decision: the list is part of the protocol.
 */
export const FAILURES = {
  // tools and host
  toolMissing: { mender: "hostOwner", retryable: true, todo: "Install the named package on the host, then retry." },
  notPermitted: {
    mender: "hostOwner",
    retryable: true,
    todo: "Give the agent the named right on the host, then retry.",
  },
  diskFull: {
    mender: "hostOwner",
    retryable: true,
    todo: "Make room on the named file system, then retry. It goes on where it stopped.",
  },
  ioError: {
    mender: "hostOwner",
    retryable: false,
    todo: "The disk reported an error. Look at the kernel log before anything else.",
  },
  portTaken: {
    mender: "hostOwner",
    retryable: true,
    todo: "Another program has the port. End it or choose another port, then retry.",
  },
  kernelLacksModule: {
    mender: "hostOwner",
    retryable: true,
    todo: "Load the named kernel module on the host, then retry.",
  },
  programFailed: {
    mender: "operator",
    retryable: true,
    todo: "Read the end of the log, put the cause right, then retry.",
  },
  programKilled: {
    mender: "operator",
    retryable: true,
    todo: "The program was ended from outside. Find out by whom (out of memory, a person), then retry.",
  },
  outOfMemory: {
    mender: "hostOwner",
    retryable: true,
    todo: "The host has too little memory free. Free some, then retry.",
  },
  deviceMissing: {
    mender: "hostOwner",
    retryable: true,
    todo: "The named device, image or mount is not there. Put it back, then retry.",
  },
  containerMissing: {
    mender: "operator",
    retryable: true,
    todo: "There is no such container. Correct the parameter, then retry.",
  },
  dockerUnavailable: {
    mender: "hostOwner",
    retryable: true,
    todo: "Docker does not answer on the host. Start it, then retry.",
  },
  kubernetesUnavailable: {
    mender: "hostOwner",
    retryable: true,
    todo: "The Kubernetes API does not answer, or the kubeconfig does not lead to it. Put that right on the host, then retry.",
  },
  offSiteUnavailable: {
    mender: "hostOwner",
    retryable: true,
    todo: "The machine elsewhere does not answer, refuses the key, or shows another host key than the pinned one. Put that right on the host, then retry.",
  },
  objectMissing: {
    mender: "operator",
    retryable: true,
    todo: "There is no such object in the namespace, or none that runs. Correct the parameter or make the object, then retry.",
  },
  timedOut: {
    mender: "operator",
    retryable: true,
    todo: "It took longer than allowed. Find out what it waits for, then retry.",
  },
  // data
  filesVanished: {
    mender: "operator",
    retryable: true,
    todo: "Files went away during the copy: something still writes there. Stop it, then retry.",
  },
  copyPartial: {
    mender: "operator",
    retryable: true,
    todo: "Some files could not be copied. The log names them; put it right, then retry.",
  },
  clusterDamaged: {
    mender: "operator",
    retryable: false,
    todo: "The control file of the cluster can't be trusted. Do not start it; look at the disk.",
  },
  databaseDamaged: {
    mender: "operator",
    retryable: false,
    todo: "The file is damaged, or is no database. Do not write to it; look at the disk, then restore a backup.",
  },
  sourceNotAtRest: {
    mender: "operator",
    retryable: true,
    todo: "Stop every program that has files open in the source, then retry.",
  },
  sourceChanged: {
    mender: "operator",
    retryable: true,
    todo: "The source changed while it was copied. Stop what writes there, then retry.",
  },
  copyDiffers: {
    mender: "operator",
    retryable: false,
    todo: "The copy is not the source. Roll back, then look at the disk.",
  },
  volumeExists: {
    mender: "operator",
    retryable: false,
    todo: "A volume, image or mapping of that name is there already. Choose another name or remove it by hand.",
  },
  deviceInUse: {
    mender: "hostOwner",
    retryable: true,
    todo: "The device is mounted or holds a file system. Nothing was written to it.",
  },
  wrongPassphrase: {
    mender: "operator",
    retryable: true,
    todo: "The passphrase opens no key slot. Ask its holder, then retry.",
  },
  backupTooSmall: {
    mender: "operator",
    retryable: true,
    todo: "The backup is smaller than allowed. Look at the log of the dump, then retry.",
  },
  backupUnreadable: {
    mender: "operator",
    retryable: true,
    todo: "The backup does not decrypt to its end. Make a new one.",
  },
  databaseUnreachable: {
    mender: "operator",
    retryable: true,
    todo: "PostgreSQL does not answer. Look at its log, then retry.",
  },
  stopTimedOut: {
    mender: "operator",
    retryable: true,
    todo: "PostgreSQL did not stop in time. End the sessions it lists, then retry.",
  },
  startFailed: { mender: "operator", retryable: true, todo: "PostgreSQL did not start. Read the end of its log." },
  writersStillActive: {
    mender: "operator",
    retryable: true,
    todo: "Sessions that may write are still there. End them, then retry.",
  },
  expectationFailed: {
    mender: "operator",
    retryable: true,
    todo: "A value is not what the runbook expects. Compare the two values shown.",
  },
  // supervision
  unknownOutcome: {
    mender: "operator",
    retryable: true,
    todo: "The agent can't tell how it ended. Inspect the host, then order 'inspect again'.",
  },
  cancelled: {
    mender: "operator",
    retryable: true,
    todo: "It was cancelled. Everything it started was ended; see the receipt.",
  },
  outputUnreadable: {
    mender: "developer",
    retryable: true,
    todo: "A program wrote what we could not read. Keep the log and report it; retry may help.",
  },
  alreadyRunning: {
    mender: "hostOwner",
    retryable: false,
    todo: "Another agent holds this state directory or this key. End one of the two.",
  },
  journalDamaged: {
    mender: "hostOwner",
    retryable: false,
    todo: "The agent's journal is damaged before its end. Inspect the host; nothing more is done by itself.",
  },
  outputLost: {
    mender: "hostOwner",
    retryable: true,
    todo: "Output could not be kept on the host. Make room for the agent's spool.",
  },
  // refusals by the agent
  actionUnknown: {
    mender: "developer",
    retryable: false,
    todo: "This agent does not know the action. Upgrade the agent or change the runbook.",
  },
  argumentsInvalid: {
    mender: "developer",
    retryable: false,
    todo: "The arguments do not fit the action. Correct the runbook or the parameters.",
  },
  outsideAllowedRoots: {
    mender: "hostOwner",
    retryable: false,
    todo: "agent.yaml does not allow this. Its owner can add it, or the parameters can be changed.",
  },
  notAuthorised: {
    mender: "approver",
    retryable: false,
    todo: "The host found no valid decision for this. See which check refused it.",
  },
  secretMissing: {
    mender: "operator",
    retryable: true,
    todo: "The named passphrase was not sealed for this run. Its holder can seal it now.",
  },
  outOfOrder: {
    mender: "operator",
    retryable: false,
    todo: "What this host carried out so far does not allow this step now. See in the message what it misses or protects.",
  },
  defect: {
    mender: "developer",
    retryable: false,
    todo: "This is a defect of ours. Hold, keep the log, and report it.",
  },
} as const satisfies Record<string, { mender: Mender; retryable: boolean; todo: string }>;

export const FailureCode = z.enum(keysOf(FAILURES));
/** A code of the closed list above. */
export type FailureCode = keyof typeof FAILURES;

export const FailureReport = z.strictObject({
  code: FailureCode,
  /** What happened, in one sentence for people: names the program, the path, the value. */
  message: z.string().max(2000),
  /** The end of the program's own words, made safe to show. */
  detail: z.string().max(8000).optional(),
});
/** A failure as it travels and is stored. */
export type FailureReport = z.infer<typeof FailureReport>;

/** A failure with a code. Callers branch on `code`; `message` is for people. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: FailureCode;
  readonly detail: string | undefined;

  constructor(code: FailureCode, message: string, options?: ErrorOptions & { detail?: string }) {
    super(message, options);
    this.code = code;
    this.detail = options?.detail;
  }

  /** The form that travels. */
  toReport(): FailureReport {
    return FailureReport.parse({
      code: this.code,
      message: this.message.slice(0, 2000),
      ...(this.detail === undefined ? {} : { detail: this.detail.slice(-8000) }),
    });
  }
}
