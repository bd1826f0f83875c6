import { verify } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { welcomeText } from "../../protocol/handshake.ts";
import { publicKeyFrom } from "../../server/identity/ed25519.ts";
import { acknowledgedUpTo, piece, useAgentGateway } from "../support/agentGatewayTest.ts";
import { enrolHost, openAgent } from "../support/fakeAgent.ts";

const house = useAgentGateway();

describe("who is let in", () => {
  test("a host with its enrolled key is welcomed by a server that proves its own", async () => {
    const host = await enrolHost(house.pool());
    const agent = await house.connect(host);
    const [challenge] = agent.heard;
    const welcome = await agent.next("welcome");
    if (challenge?.type !== "challenge") throw new Error("no challenge");
    expect(challenge.serverKey).toBe(house.gateway().serverKey);
    expect(welcome.version).toBe(1);
    const key = publicKeyFrom(house.gateway().serverKey);
    const signed = welcomeText({ serverNonce: challenge.nonce, agentNonce: agent.saidNonce(), hostId: host.hostId });
    expect(key && verify(null, Buffer.from(signed), key, Buffer.from(welcome.signature, "base64"))).toBe(true);
    const { rows } = await house.pool().query("select link_owner, boot_id from host where id = $1", [host.hostId]);
    expect(rows[0]).toMatchObject({ link_owner: expect.any(String), boot_id: "boot-1" });
    await agent.close();
    await expect
      .poll(async () => (await house.pool().query("select link_owner from host where id = $1", [host.hostId])).rows[0])
      .toEqual({ link_owner: null });
  });

  test("an unknown key, a wrong signature, another version, a revoked host and a copied machine are told why", async () => {
    const pool = house.pool();
    const host = await enrolHost(pool);
    const stranger = { ...(await enrolHost(pool)), hostId: host.hostId };
    expect((await (await house.connect(stranger)).next("rejected")).because).toBe("unknownKey");
    const forged = stranger.sign("anything");
    expect((await (await house.connect(host, { signature: forged })).next("rejected")).because).toBe("badSignature");
    expect((await (await house.connect(host, { oldest: 7, newest: 9 })).next("rejected")).because).toBe(
      "versionTooNew",
    );
    expect((await (await house.connect(host, { oldest: 0, newest: 0 })).next("rejected")).because).toBe(
      "versionTooOld",
    );
    const copied = await house.connect(host, { machineId: "another" });
    expect((await copied.next("rejected")).because).toBe("keyInUse");
    expect(await house.incidents(host)).toEqual(["otherMachine"]);
    const early = await house.connect(host, { now: Date.now() - 3_600_000 });
    expect(await early.next("rejected")).toMatchObject({
      because: "clockSkew",
      message: expect.stringContaining("3600 s"),
    });
    await pool.query("update host set revoked_at = now() where id = $1", [host.hostId]);
    const revoked = await house.connect(host);
    expect((await revoked.next("rejected")).because).toBe("revoked");
    expect(await revoked.closed).toBe(1008);
  });

  test("a second agent with the same key is refused and recorded while the first has a task", async () => {
    const { host, run, taskId } = await house.withTask();
    const first = await house.connect(host);
    await first.next("task");
    first.send({ type: "taskAccepted", taskId });
    await expect.poll(async () => (await house.reports(run.runId)).length).toBe(1);
    const second = await house.connect(host, { tasks: [{ taskId, outputBytes: 0, running: true }] });
    expect((await second.next("rejected")).because).toBe("keyInUse");
    expect(await house.incidents(host)).toEqual(["keyInUse"]);
    first.send(piece(taskId, 0, Buffer.from("still here")));
    await acknowledgedUpTo(first, 10);
  });

  test("the same agent after a cut that the server has not noticed takes over from its dead connection", async () => {
    const { host, taskId } = await house.withTask();
    const first = await house.connect(host);
    await first.next("task");
    first.send({ type: "taskAccepted", taskId });
    await sleep(50);
    first.freeze();
    const second = await house.connect(host, { tasks: [{ taskId, outputBytes: 0, running: true }] });
    await second.next("welcome");
    second.send(piece(taskId, 0, Buffer.from("back")));
    await acknowledgedUpTo(second, 4);
    expect(await house.incidents(host)).toEqual([]);
  });

  test("without a task the newer connection of a host wins", async () => {
    const host = await enrolHost(house.pool());
    const first = await house.connect(host);
    const second = await house.connect(host);
    await second.next("welcome");
    expect(await first.closed).toBe(4001);
  });

  test("a host that is taken off the list while it is connected is cut off", async () => {
    const host = await enrolHost(house.pool());
    const agent = await house.connect(host);
    await house.pool().query("update host set revoked_at = now() where id = $1", [host.hostId]);
    expect(await agent.closed).toBe(4003);
  });

  test("whoever says anything but hello first is shown out", async () => {
    const host = await enrolHost(house.pool());
    const agent = await openAgent(house.gateway().agentUrl, host);
    house.keep(agent);
    await agent.next("challenge");
    agent.send({ type: "taskAccepted", taskId: (await house.withTask()).taskId });
    expect(await agent.closed).toBe(1008);
  });
});
