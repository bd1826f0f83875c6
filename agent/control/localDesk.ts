import { Failure } from "../../domain/failure.ts";
import type { RunId, UserId } from "../../domain/ids.ts";
import { REFUSALS } from "../../domain/run/refusals.ts";
import type { Instant } from "../../domain/time.ts";
import type { LocalRuns, PackPerson } from "../localRun/localRuns.ts";
import type { LocalView } from "../localRun/localView.ts";
import type { LocalRequest } from "./controlMessages.ts";
import type { LocalSigning } from "./localSigning.ts";

/** Answers the terminal of `run --local`. Throws a Failure with what the person should know where something is not done. */
export function createLocalDesk(
  runs: LocalRuns,
  signing: LocalSigning,
  now: () => Instant,
): (request: LocalRequest) => Promise<LocalView> {
  const person = async (runId: RunId, userId: UserId): Promise<PackPerson> => {
    const { pack } = await runs.read(runId);
    const found = pack.about.people.find((one) => one.userId === userId);
    if (found === undefined) throw new Failure("notPermitted", `${userId} is none of the people of this window.`);
    return found;
  };

  /** Does what is asked; answers with what an approver is to sign, where that was asked. */
  const obey = async (request: LocalRequest): Promise<LocalView["asked"]> => {
    const { runId } = request;
    switch (request.command) {
      case "local":
        return undefined;
      case "takeOver":
        await runs.takeOver(runId, await person(runId, request.person));
        return undefined;
      case "localOrder": {
        const decision = runs.order(runId, request.order, await person(runId, request.person));
        if (decision.accepted) return undefined;
        throw new Failure("notPermitted", [REFUSALS[decision.because], decision.detail].join(" ").trim());
      }
      case "giveBack":
        runs.giveBack(runId, await person(runId, request.person));
        return undefined;
      case "askSignature":
        return signing.ask(request, await person(runId, request.approver));
      case "giveSignature":
        await signing.take(request, await person(runId, request.approver));
        return undefined;
      default:
        return request satisfies never;
    }
  };

  return async (request) => {
    const asked = await obey(request);
    // Loaded here: it writes announcements, and no server is gone on most days.
    const { viewOf } = await import("../localRun/viewOf.ts");
    const local = runs.find(request.runId);
    const view = viewOf(local?.run ?? (await runs.read(request.runId)), local, request.after, now());
    return asked === undefined ? view : { ...view, asked };
  };
}
