import { hash, randomBytes } from "node:crypto";
import type pg from "pg";
import { buildStatement } from "../../domain/decision/buildStatement.ts";
import { statementText } from "../../domain/decision/digests.ts";
import type { SignedSilence } from "../../domain/decision/silenceStatement.ts";
import type { SignedDecision, Verdict } from "../../domain/decision/statement.ts";
import type { RunId } from "../../domain/ids.ts";
import { GateId, StepId, UserId } from "../../domain/ids.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import { findGate } from "../../domain/run/findStep.ts";
import type { Order } from "../../domain/run/intents.ts";
import type { RunState } from "../../domain/run/state.ts";
import { buildSilence } from "../../domain/silence/buildSilence.ts";
import { Instant } from "../../domain/time.ts";
import type { SoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { compileStored } from "../../server/db/compileText.ts";
import type { InputAnswer } from "../../server/db/effectStatements.ts";
import { readEvents } from "../../server/db/eventLog.ts";
import { awaitAnswer, writeOrder } from "../../server/db/inputs.ts";
import { createRunReader } from "../../server/db/runReader.ts";
import type { FakeAgent } from "./fakeAgent.ts";
import { copied } from "./sampleRun.ts";
import { waitUntil } from "./waitUntil.ts";

/** Drives a run from outside as the routes do: orders in, answers and the log out. */
export function driveRun(pool: pg.Pool, runId: RunId) {
  const reader = createRunReader(pool, compileStored);
  const read = async () => {
    const run = await reader.read(runId);
    if (!run) throw new Error("no such run");
    return run;
  };
  const order = async (
    what: Order,
    who: { userId: string; role: string; groups?: string[] } = { userId: "olga", role: "operator" },
  ): Promise<InputAnswer> => {
    const inputId = await writeOrder(pool, { runId, order: what, actor: { groups: [], ...who } });
    const answer = await awaitAnswer(pool, inputId, 10_000);
    if (!answer) throw new Error(`no answer to ${what.order}`);
    return answer;
  };
  const log = (): Promise<LoggedEvent[]> => readEvents(pool, runId);
  return {
    read,
    order,
    log,
    types: async () => (await log()).map(({ event }) => event.type),
    state: async (): Promise<RunState> => (await read()).state,
    /** Waits until the run is as wished. */
    async reaches(isThere: (state: RunState) => boolean, timeoutMs = 10_000): Promise<RunState> {
      await waitUntil("a state of the run", async () => isThere((await read()).state), timeoutMs);
      return (await read()).state;
    },
    async statementSignedBy(
      passkey: SoftwarePasskey,
      userId: string,
      verdict: Verdict = "GO",
      gateId = "go",
      inPlaceOf?: UserId,
    ) {
      const { state, plan, head } = await read();
      const gate = findGate(plan, GateId.parse(gateId));
      if (!gate) throw new Error(`no gate ${gateId}`);
      const statement = buildStatement(state, plan, gate, {
        verdict,
        approver: UserId.parse(userId),
        nonce: randomBytes(32).toString("base64url"),
        now: Instant.parse(Date.now()),
        chainHead: head.hash,
        inPlaceOf,
      });
      const decision = { statement, signature: assertOver(statement, passkey) } satisfies SignedDecision;
      return { order: "decide", gateId: gate.gateId, decision } as const;
    },
    async silenceSignedBy(passkey: SoftwarePasskey, userId: string, triggerId: string, until: Instant) {
      const { state, plan, head } = await read();
      const trigger = plan.triggers.find(({ id }) => id === triggerId);
      if (!trigger) throw new Error(`no trigger ${triggerId}`);
      const statement = buildSilence(
        state,
        plan,
        { trigger, until, reason: "The backup slows it down, which is known." },
        {
          approver: UserId.parse(userId),
          nonce: randomBytes(32).toString("base64url"),
          now: Instant.parse(Date.now()),
          chainHead: head.hash,
        },
      );
      const silence = { statement, signature: assertOver(statement, passkey) } satisfies SignedSilence;
      return { order: "silenceTrigger", triggerId, silence } as const;
    },
    /** Brings the sample's run to where it asks for a GO: measured and confirmed. */
    async askApproval(agent: FakeAgent): Promise<void> {
      await order({ order: "measure", itemIds: ["measure-host", "measure-size"].map((id) => StepId.parse(id)) });
      await carryOut(agent, { cores: 4, aes: true });
      await carryOut(agent, { size_bytes: 2 ** 31 });
      await order({ order: "confirmItem", itemId: StepId.parse("team-ready"), value: true, reason: "All are here." });
      await order({ order: "confirmItem", itemId: StepId.parse("tell-users"), value: true, reason: "" });
      await order({ order: "askApproval" });
    },
    /** Brings the sample's run to where it could start: measured, confirmed, decided by Anna. */
    async approve(agent: FakeAgent, anna: SoftwarePasskey): Promise<void> {
      await this.askApproval(agent);
      const signed = await this.statementSignedBy(anna, "anna");
      const answer = await order(signed, { userId: "anna", role: "approver", groups: ["approvers"] });
      if (!answer.accepted) throw new Error(`the decision was refused: ${answer.because} ${answer.detail}`);
      await this.reaches((state) => state.stage === "ready");
    },
  };
}

function assertOver(statement: Parameters<typeof statementText>[0], passkey: SoftwarePasskey) {
  const { response } = passkey.assert(hash("sha256", statementText(statement), "base64url"));
  return {
    kind: "passkey" as const,
    credentialId: passkey.credentialId,
    publicKey: passkey.publicKey,
    clientDataJSON: response.clientDataJSON,
    authenticatorData: response.authenticatorData,
    signature: response.signature,
    software: true,
  };
}

/** The agent takes its next task, and ends it well with a result. */
export async function carryOut(agent: FakeAgent, result: Record<string, unknown> = copied()) {
  const { order } = await agent.next("task");
  agent.send({ type: "taskAccepted", taskId: order.taskId });
  const now = Instant.parse(Date.now());
  const report = { outcome: "succeeded", startedAt: now, endedAt: now, outputBytes: 0, result } as const;
  agent.send({ type: "taskEnded", taskId: order.taskId, report });
  await agent.next("reportAcknowledged");
  return order;
}
