import { describe, expect, test } from "vitest";
import { StepId } from "../../domain/ids.ts";
import { carryOut } from "../support/drivenRun.ts";
import { addPerson } from "../support/house.ts";
import { SHORT, useHouses } from "../support/useHouses.ts";

const all = useHouses();

describe("a whole run", () => {
  test("goes from preparation to its end by orders, decisions and reports alone, and its log is whole", async () => {
    const { agentUrl, log } = await all.house();
    const { host, drive, runId } = await all.sampleOn(SHORT);
    const agent = await all.connect(agentUrl, host);
    await drive.approve(agent, all.anna());
    expect(await drive.order({ order: "start" })).toMatchObject({ accepted: true });
    expect((await carryOut(agent)).taskId).toBe(`${runId}.prepare.1`);
    expect((await carryOut(agent)).taskId).toBe(`${runId}.copy.1`);
    await drive.reaches((state) => state.steps[StepId.parse("try-it")]?.stage === "waiting");
    await drive.order({ order: "confirmManual", stepId: StepId.parse("try-it"), fields: { works: true } });
    const go = await drive.statementSignedBy(all.anna(), "anna", "GO", "keep");
    expect(await drive.order(go, { userId: "anna", role: "approver", groups: ["approvers"] })).toMatchObject({
      accepted: true,
    });
    // The soak of one second is a durable timer.
    expect((await carryOut(agent, { files_count: 10 })).taskId).toBe(`${runId}.look.1`);
    const ended = await drive.reaches((state) => state.stage === "ended");
    expect(ended.outcome).toBe("completed");
    // Time that passes ends the wait too, whichever is first; the timer is told all the same, and once.
    await expect
      .poll(
        async () => {
          const told = await all.database.db.pool.query(
            `select answered_at is not null as answered from run_input where run_id = $1 and payload->>'report' = 'timerFired'`,
            [runId],
          );
          return told.rows;
        },
        { timeout: 5_000 },
      )
      .toEqual([{ answered: true }]);
    const { rows } = await all.database.db.pool.query(
      "select announcement_id, text from sent_announcement where run_id = $1 order by seq",
      [runId],
    );
    expect(log.filter((line) => line.includes("announcement"))).toEqual([]);
    expect(rows.map((row) => row.announcement_id)).toEqual(["notice", "begun", "finished"]);
    expect(rows[1].text).toBe("It moves now.");
    const open = await all.database.db.pool.query("select 1 from run_input where run_id = $1 and answered_at is null", [
      runId,
    ]);
    expect(open.rowCount).toBe(0);
  });

  test("an order is refused with its reason, and the refusal is on record", async () => {
    await all.house();
    const { drive } = await all.sampleOn();
    expect(await drive.order({ order: "start" })).toMatchObject({ accepted: false, because: "wrongStage" });
    expect(await drive.order({ order: "start" }, { userId: "vera", role: "viewer" })).toMatchObject({
      because: "notAllowed",
    });
    expect((await drive.types()).filter((type) => type === "orderRefused")).toHaveLength(2);
  });

  test("a decision whose signature is another's, or of another statement, counts for nothing", async () => {
    const { agentUrl } = await all.house();
    const { drive, host } = await all.sampleOn();
    const agent = await all.connect(agentUrl, host);
    await drive.order({ order: "measure", itemIds: ["measure-host", "measure-size"].map((id) => StepId.parse(id)) });
    await carryOut(agent, { cores: 4, aes: true });
    await carryOut(agent, { size_bytes: 5 });
    await drive.order({ order: "confirmItem", itemId: StepId.parse("team-ready"), value: true, reason: "x" });
    await drive.order({ order: "confirmItem", itemId: StepId.parse("tell-users"), value: true, reason: "" });
    await drive.order({ order: "askApproval" });
    const approver = { userId: "anna", role: "approver", groups: ["approvers"] };
    const signed = await drive.statementSignedBy(all.anna(), "anna");
    const changed = {
      ...signed,
      decision: {
        ...signed.decision,
        statement: { ...signed.decision.statement, parameters: { from: "/", to: "/etc/data" } },
      },
    };
    expect(await drive.order(changed, approver)).toMatchObject({
      accepted: false,
      because: expect.stringMatching(/badSignature|staleStatement/),
    });
    const { publicKey } = await addPerson(all.database.db.pool, "eve", "approver");
    const stolen = { ...signed.decision.signature, publicKey };
    expect(
      await drive.order({ ...signed, decision: { ...signed.decision, signature: stolen } }, approver),
    ).toMatchObject({
      accepted: false,
      because: "badSignature",
    });
    expect(await drive.order(signed, { ...approver, userId: "mallory" })).toMatchObject({ accepted: false });
    expect(await drive.order(signed, approver)).toMatchObject({ accepted: true });
  });
});
