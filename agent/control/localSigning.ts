import { join } from "node:path";
import { statementText } from "../../domain/decision/digests.ts";
import type { Statement } from "../../domain/decision/statement.ts";
import { Failure } from "../../domain/failure.ts";
import type { RunId } from "../../domain/ids.ts";
import { REFUSALS } from "../../domain/run/refusals.ts";
import type { Instant } from "../../domain/time.ts";
import type { Approver } from "../config.ts";
import type { LocalRuns, PackPerson } from "../localRun/localRuns.ts";
import type { LocalView } from "../localRun/localView.ts";
import { replaceFile } from "../process/durableFile.ts";
import type { LocalRequest } from "./controlMessages.ts";

type Asking = Extract<LocalRequest, { command: "askSignature" }>;
type Giving = Extract<LocalRequest, { command: "giveSignature" }>;

/** Lets approvers sign at this host while it carries a run on. */
export interface LocalSigning {
  /** Makes a statement, lays it where it can be fetched, and gives it in words. */
  ask(request: Asking, approver: PackPerson): Promise<NonNullable<LocalView["asked"]>>;
  /** Takes the signature over it. Throws a Failure where it does not hold, or where the run refuses the decision. */
  take(request: Giving, approver: PackPerson): Promise<void>;
}

/** Loaded with the first question: an agent at rest has none (docs/decisions/0018). */
const signing = () => import("../localRun/signedHere.ts");

/** What was asked last in each run is all that can be signed: kept in memory, so that a restart asks anew. */
export function createLocalSigning(options: {
  readonly runs: Pick<LocalRuns, "ours">;
  readonly approvers: readonly Approver[];
  readonly folderOf: (runId: RunId) => string;
  readonly now: () => Instant;
}): LocalSigning {
  const { runs, approvers, now } = options;
  const asked = new Map<RunId, Statement>();
  return {
    async ask({ runId, verdict }, approver) {
      if (!approvers.some((pinned) => "sshKey" in pinned && pinned.user === approver.userId)) {
        throw new Failure(
          "notPermitted",
          `agent.yaml of this host pins no SSH key of ${approver.name}: only such a key can sign without the server.`,
        );
      }
      const { statementHere, wordsOfStatement } = await signing();
      const local = runs.ours(runId);
      const statement = statementHere(local, approver, { verdict, now: now() });
      const path = join(options.folderOf(runId), "to-sign.json");
      replaceFile(path, statementText(statement), { durable: false });
      asked.set(runId, statement);
      return { lines: [...(await wordsOfStatement(statement, local))], path };
    },
    async take({ runId, signature }, approver) {
      const statement = asked.get(runId);
      if (statement?.approver !== approver.userId) {
        throw new Failure("notPermitted", "Nothing was asked of them since the agent started. Ask again.");
      }
      const { signedHere } = await signing();
      const decision = await signedHere(statement, signature, approvers);
      asked.delete(runId);
      const { userId, role, groups } = approver;
      const answer = runs.ours(runId).decide(decision, { userId, role, groups });
      if (!answer.accepted) {
        throw new Failure("notPermitted", [REFUSALS[answer.because], answer.detail].join(" ").trim());
      }
    },
  };
}
