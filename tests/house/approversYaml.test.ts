import { expect, test } from "vitest";
import { parseConfig } from "../../agent/config.ts";
import { readPiece } from "../../agent/trust/approversInFile.ts";
import { approversYaml } from "../../components/hosts/approversYaml.ts";
import type { TrustedKeyView } from "../../protocol/http/trust.ts";

const KEY: TrustedKeyView = {
  userId: "Xk2m4s",
  person: "Anna Approver",
  groups: ["approver", "database"],
  passkey: "Telephone",
  credentialId: "bm8gc2VjcmV0",
  publicKey: "pQECAyYgASFYIA",
  keyWords: ["amber", "brine", "cedar", "delta", "ember", "fjord"],
  rpId: "slackwater.example.org",
  origins: ["https://slackwater.example.org"],
  software: false,
};

test("what the page gives to copy is what a host's agent takes, value by value", () => {
  const { approvers } = parseConfig(approversYaml([KEY, { ...KEY, passkey: "Demo", software: true }]), "agent.yaml");
  const { userId, person: _person, passkey: _passkey, keyWords: _words, ...rest } = KEY;
  expect(approvers).toEqual([
    { ...rest, user: userId },
    { ...rest, user: userId, software: true },
  ]);
});

test("the host's own command takes what was copied from the page", () => {
  const [one] = readPiece(approversYaml([KEY]));
  expect(one).toMatchObject({ user: KEY.userId, credentialId: KEY.credentialId, publicKey: KEY.publicKey });
});

test("a person's name can't write into a host's configuration", () => {
  const named = { ...KEY, person: 'Eve"\n  - user: "eve\u2028actions: ["', passkey: "a\r\nb: c #" };
  const config = parseConfig(approversYaml([named]), "agent.yaml");
  expect(config.approvers).toHaveLength(1);
  expect(config.approvers[0]?.user).toBe(KEY.userId);
  expect(config.actions).toEqual([]);
});
