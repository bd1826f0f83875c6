import { expect, test } from "vitest";
import { parseConfig } from "../../agent/config.ts";
import { approversYaml } from "../../components/hosts/approversYaml.ts";
import type { TrustedKeyView } from "../../protocol/http/trust.ts";

const KEY: TrustedKeyView = {
  userId: "Xk2m4s",
  person: "Anna Approver",
  groups: ["approver", "database"],
  passkey: "Telephone",
  credentialId: "bm8gc2VjcmV0",
  publicKey: "pQECAyYgASFYIA",
  rpId: "slackwater.example.org",
  origins: ["https://slackwater.example.org"],
  software: false,
};

test("what the page gives to copy is what a host's agent takes, value by value", () => {
  const { approvers } = parseConfig(approversYaml([KEY, { ...KEY, passkey: "Demo", software: true }]), "agent.yaml");
  const { userId, person: _person, passkey: _passkey, ...rest } = KEY;
  expect(approvers).toEqual([
    { ...rest, user: userId },
    { ...rest, user: userId, software: true },
  ]);
});

test("a person's name can't write into a host's configuration", () => {
  const named = { ...KEY, person: 'Eve"\n  - user: "eve\u2028actions: ["', passkey: "a\r\nb: c #" };
  const config = parseConfig(approversYaml([named]), "agent.yaml");
  expect(config.approvers).toHaveLength(1);
  expect(config.approvers[0]?.user).toBe(KEY.userId);
  expect(config.actions).toEqual([]);
});
