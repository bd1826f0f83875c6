import type { HostId } from "../../../domain/ids.ts";
import type { AgentFrame, ServerFrame } from "../../../protocol/agent.ts";
import { runsOfHost } from "../../db/hostLinks.ts";
import { awaitAnswer, writeTurn } from "../../db/inputs.ts";
import type { AgentGatewayParts } from "./parts.ts";
import { whyNotSignedAtHost } from "./signedAtHost.ts";

/** How long the engine's answer to one turn is waited for. Without one nothing is said, and the agent sends it again. */
const ANSWER_WITHIN_MS = 8_000;

type LocalTurns = Extract<AgentFrame, { type: "localTurns" }>;

/** Takes what a host decided by itself to the engine, turn by turn, and says how far it is on record. */
export function createLocalTurnIntake(
  parts: Pick<AgentGatewayParts, "pool" | "notifier" | "log">,
  hostId: HostId,
  send: (frame: ServerFrame) => void,
) {
  return {
    async take({ runId, turns }: LocalTurns): Promise<void> {
      const isOwn = (await runsOfHost(parts.pool, hostId)).some((run) => run.runId === runId);
      for (const turn of turns) {
        const { digest } = turn;
        if (!isOwn) {
          return send({
            type: "localRefused",
            runId,
            digest,
            because: "This run is over since long, or not of this host.",
          });
        }
        if (turn.input.kind === "decision") {
          const because = await whyNotSignedAtHost(parts.pool, turn.input);
          if (because !== undefined) return send({ type: "localRefused", runId, digest, because });
        }
        const inputId = await writeTurn(parts.pool, runId, { hostId, turn });
        parts.notifier.tell({ about: "inputs", runId });
        const answer = await awaitAnswer(parts.pool, inputId, ANSWER_WITHIN_MS);
        if (answer === undefined) return;
        if (!answer.accepted) return send({ type: "localRefused", runId, digest, because: answer.detail });
        send({ type: "localJoined", runId, digest });
      }
    },
  };
}
