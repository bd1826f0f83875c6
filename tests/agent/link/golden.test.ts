import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { verifySignature } from "../../../agent/approval/verifySignature.ts";
import { isSignedBy } from "../../../agent/identity.ts";
import { canonicalJson } from "../../../domain/canonicalJson.ts";
import { AgentFrame, MAX_FRAME_BYTES, ServerFrame } from "../../../protocol/agent.ts";
import { helloText, runKeyText, welcomeText } from "../../../protocol/handshake.ts";
import { SITE } from "./support/decided.ts";

const folder = new URL("../../../protocol/golden/v1/", import.meta.url);
const names = readdirSync(folder);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));
const schemaOf = (name: string) => (name.startsWith("server.") ? ServerFrame : AgentFrame);

/** The frozen samples of protocol version 1: what an agent or a server of that version may have sent. Never edited, only added to. */
describe("a frame of protocol 1 as it was frozen", () => {
  test.each(names)("%s is still understood, and means the same when it is written again", (name) => {
    const sample = read(name);
    expect(canonicalJson(schemaOf(name).parse(sample))).toBe(canonicalJson(sample));
    expect(Buffer.byteLength(JSON.stringify(sample))).toBeLessThan(MAX_FRAME_BYTES);
  });

  test.each(names)("%s with a word too many is refused and not half understood", (name) => {
    const sample = { ...(read(name) as object), surprise: true };
    expect(schemaOf(name).safeParse(sample).success).toBe(false);
  });

  test("there is a sample of every frame", () => {
    const types = (side: string) =>
      new Set(names.filter((name) => name.startsWith(`${side}.`)).map((name) => (read(name) as { type: string }).type));
    expect(types("server")).toEqual(new Set(ServerFrame.options.map((option) => option.shape.type.value)));
    expect(types("agent")).toEqual(new Set(AgentFrame.options.map((option) => option.shape.type.value)));
  });

  test("the signatures in them hold, so that the signed texts can't change unnoticed", async () => {
    const challenge = ServerFrame.parse(read("server.challenge.json"));
    const welcome = ServerFrame.parse(read("server.welcome.json"));
    const task = ServerFrame.parse(read("server.task.json"));
    const hello = AgentFrame.parse(read("agent.hello.json"));
    const runKey = AgentFrame.parse(read("agent.runKey.json"));
    if (challenge.type !== "challenge" || welcome.type !== "welcome" || task.type !== "task")
      throw new Error("wrong type");
    if (hello.type !== "hello" || runKey.type !== "runKey") throw new Error("wrong type");
    const nonces = { serverNonce: challenge.nonce, agentNonce: hello.nonce, hostId: hello.hostId };
    expect(isSignedBy(hello.publicKey, helloText({ ...nonces, machineId: hello.machineId }), hello.signature)).toBe(
      true,
    );
    expect(isSignedBy(challenge.serverKey, welcomeText(nonces), welcome.signature)).toBe(true);
    expect(isSignedBy(hello.publicKey, runKeyText(runKey), runKey.signature)).toBe(true);
    const decision = task.authority.decisions[0]!;
    if (decision.signature.kind !== "passkey") throw new Error("wrong kind");
    const { credentialId, publicKey } = decision.signature;
    const pin = { user: decision.statement.approver, groups: ["approver"], credentialId, publicKey, software: true };
    const verdict = await verifySignature(decision, [{ ...pin, rpId: SITE.rpId, origins: [SITE.origin] }]);
    expect(verdict).toMatchObject({ valid: true });
    const bySsh = ServerFrame.parse(read("server.task.ssh.json"));
    if (bySsh.type !== "task") throw new Error("wrong type");
    for (const made of bySsh.authority.decisions) {
      if (made.signature.kind !== "ssh") throw new Error("wrong kind");
      const pinned = { user: made.statement.approver, groups: ["approver"], sshKey: made.signature.publicKey };
      expect(await verifySignature(made, [{ ...pinned, software: true }])).toMatchObject({ valid: true });
    }
  });
});
