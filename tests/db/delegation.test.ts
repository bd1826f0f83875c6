import { expect, test } from "vitest";
import { UserId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import { verifyBytes } from "../../server/cli/verify.ts";
import { exportRun } from "../../server/db/runExport.ts";
import { addPerson } from "../support/house.ts";
import { useHouses } from "../support/useHouses.ts";

const all = useHouses();
const approver = (userId: string) => ({ userId, role: "approver", groups: ["approvers"] });

test("who stands in is looked up by the server, signs with their own key, and the export says in whose place", async () => {
  const { pool } = all.database.db;
  const { agentUrl } = await all.house();
  const { drive, host, runId } = await all.sampleOn();
  const agent = await all.connect(agentUrl, host);
  await drive.askApproval(agent);
  const ben = await addPerson(pool, "ben", "approver");
  const until = Instant.parse(Date.now() + 3_600_000);
  const name = (to: string) =>
    drive.order({ order: "delegate", to: UserId.parse(to), until, reason: "On a plane." }, approver("anna"));

  expect(await name("nobody")).toMatchObject({ because: "unknownPerson" });
  await pool.query(`update "user" set groups = '{others}' where id = 'ben'`);
  expect(await name("ben")).toMatchObject({ because: "notAllowed" });
  await pool.query(`update "user" set groups = '{approvers}' where id = 'ben'`);
  expect(await name("ben")).toMatchObject({ accepted: true });

  const anna = UserId.parse("anna");
  const byAnna = await drive.statementSignedBy(all.anna(), "ben", "GO", "go", anna);
  expect(await drive.order(byAnna, approver("ben"))).toMatchObject({ because: "badSignature" });
  const signed = await drive.statementSignedBy(ben, "ben", "GO", "go", anna);
  expect(await drive.order(signed, approver("ben"))).toMatchObject({ accepted: true });
  expect((await drive.state()).stage).toBe("ready");

  const site = { rpId: "localhost", origins: ["http://localhost:3000"] };
  const text = await exportRun(pool, runId, site, Instant.parse(Date.now()));
  const { lines, exitCode } = await verifyBytes(Buffer.from(text ?? ""), { anchors: [], approvers: [] });
  expect(lines.join("\n")).toMatch(/GO at gate go by ben in place of anna, signed with a SOFTWARE passkey .* holds/);
  expect(exitCode).toBe(0);

  expect(await drive.order({ order: "takeBackDelegation" }, approver("anna"))).toMatchObject({ accepted: true });
  expect((await drive.state()).stage).toBe("deciding");
});
