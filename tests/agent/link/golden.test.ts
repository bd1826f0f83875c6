import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { verifySignature } from "../../../agent/approval/verifySignature.ts";
import { isSignedBy } from "../../../agent/identity.ts";
import { canonicalJson } from "../../../domain/canonicalJson.ts";
import { AgentFrame, MAX_FRAME_BYTES, ServerFrame } from "../../../protocol/agent.ts";
import { helloText, runKeyText, welcomeText } from "../../../protocol/handshake.ts";
import { SITE } from "./support/decided.ts";

const folder = new URL("../../../protocol/golden/", import.meta.url);
/** Samples of each version, such as `v1/agent.hello.json`; those of a version are of the frames that it brought. */
const names = ["v1", "v2"].flatMap((version) =>
  readdirSync(new URL(`${version}/`, folder)).map((name) => `${version}/${name}`),
);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));
const isOf = (side: string, name: string) => name.split("/")[1]?.startsWith(`${side}.`) === true;
const schemaOf = (name: string) => (isOf("server", name) ? ServerFrame : AgentFrame);

/** The frozen samples of each version of the protocol: what an agent or a server may have sent. Never edited, only added to. */
describe("a frame as it was frozen", () => {
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
      new Set(names.filter((name) => isOf(side, name)).map((name) => (read(name) as { type: string }).type));
    expect(types("server")).toEqual(new Set(ServerFrame.options.map((option) => option.shape.type.value)));
    expect(types("agent")).toEqual(new Set(AgentFrame.options.map((option) => option.shape.type.value)));
  });

  test("the signatures in them hold, so that the signed texts can't change unnoticed", async () => {
    const challenge = ServerFrame.parse(read("v1/server.challenge.json"));
    const welcome = ServerFrame.parse(read("v1/server.welcome.json"));
    const task = ServerFrame.parse(read("v1/server.task.json"));
    const hello = AgentFrame.parse(read("v1/agent.hello.json"));
    const runKey = AgentFrame.parse(read("v1/agent.runKey.json"));
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
    const bySsh = ServerFrame.parse(read("v1/server.task.ssh.json"));
    if (bySsh.type !== "task") throw new Error("wrong type");
    for (const made of bySsh.authority.decisions) {
      if (made.signature.kind !== "ssh") throw new Error("wrong kind");
      const pinned = { user: made.statement.approver, groups: ["approver"], sshKey: made.signature.publicKey };
      expect(await verifySignature(made, [{ ...pinned, software: true }])).toMatchObject({ valid: true });
    }
  });
});
