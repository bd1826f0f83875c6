import { expect, test } from "vitest";
import { Instant } from "../../domain/time.ts";
import { verifyBytes } from "../../server/cli/verify.ts";
import { exportRun } from "../../server/db/runExport.ts";
import { carryOut } from "../support/drivenRun.ts";
import { useHouses } from "../support/useHouses.ts";

const all = useHouses();
const ANNA = { userId: "anna", role: "approver", groups: ["approvers"] };

test("a trigger is silenced only by a signature over just that, which decides nothing else, and is heard again by itself", async () => {
  const { agentUrl } = await all.house();
  const { drive, host, runId } = await all.sampleOn();
  const agent = await all.connect(agentUrl, host);
  await drive.approve(agent, all.anna());
  await drive.order({ order: "start" });
  await carryOut(agent);
  const until = Instant.parse(Date.now() + 4_000);
  const signed = await drive.silenceSignedBy(all.anna(), "anna", "app-slow", until);

  // Another end under the same signature; the same signature as a GO; somebody else's order.
  const longer = { ...signed.silence.statement, until: Instant.parse(until + 60_000) };
  const forged = { ...signed, silence: { ...signed.silence, statement: longer } };
  expect(await drive.order(forged, ANNA)).toMatchObject({ accepted: false, because: "badSignature" });
  const { decision } = await drive.statementSignedBy(all.anna(), "anna", "GO", "keep");
  const asGo = { statement: decision.statement, signature: signed.silence.signature };
  expect(await drive.order({ order: "decide", gateId: decision.statement.gateId, decision: asGo }, ANNA)).toMatchObject(
    {
      accepted: false,
    },
  );
  expect(await drive.order(signed, { ...ANNA, userId: "mallory" })).toMatchObject({ because: "badSignature" });

  expect(await drive.order(signed, ANNA)).toMatchObject({ accepted: true });
  expect((await drive.state()).silences).toMatchObject({ "app-slow": { inForce: { until, signers: ["anna"] } } });
  expect(await drive.order(signed, ANNA)).toMatchObject({ because: "nonceSpent" });
  await drive.reaches(({ silences }) => silences["app-slow"] === undefined);
  const ended = (await drive.log()).flatMap(({ event, at }) => (event.type === "silenceEnded" ? [{ event, at }] : []));
  expect(ended).toMatchObject([{ event: { how: "time" } }]);
  expect(ended[0]?.at).toBeGreaterThanOrEqual(until);

  const site = { rpId: "localhost", origins: ["http://localhost:3000"] };
  const text = await exportRun(all.database.db.pool, runId, site, Instant.parse(Date.now()));
  const { lines, exitCode } = await verifyBytes(Buffer.from(text ?? ""), { anchors: [], approvers: [] });
  expect(lines.join("\n")).toMatch(
    /SILENCE for trigger app-slow as gate go by anna, signed with a SOFTWARE passkey .* holds/,
  );
  expect(exitCode).toBe(0);
});
