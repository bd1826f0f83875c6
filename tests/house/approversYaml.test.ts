import { expect, test } from "vitest";
import { parseConfig } from "../../agent/config.ts";
import { readPiece } from "../../agent/trust/approversInFile.ts";
import { approversYaml } from "../../components/hosts/approversYaml.ts";
import type { TrustedKeyView } from "../../protocol/http/trust.ts";

const KEY = {
  kind: "passkey",
  userId: "Xk2m4s",
  person: "Anna Approver",
  groups: ["approver", "database"],
  name: "Telephone",
  credentialId: "bm8gc2VjcmV0",
  publicKey: "pQECAyYgASFYIA",
  keyWords: ["amber", "brine", "cedar", "delta", "ember", "fjord"],
  rpId: "slackwater.example.org",
  origins: ["https://slackwater.example.org"],
  software: false,
} as const satisfies TrustedKeyView;

test("what the page gives to copy is what a host's agent takes, value by value", () => {
  const { approvers } = parseConfig(approversYaml([KEY, { ...KEY, name: "Demo", software: true }]), "agent.yaml");
  const { kind: _kind, userId, person: _person, name: _name, keyWords: _words, ...rest } = KEY;
  expect(approvers).toEqual([
    { ...rest, user: userId },
    { ...rest, user: userId, software: true },
  ]);
});

test("the host's own command takes what was copied from the page", () => {
  const [one] = readPiece(approversYaml([KEY]));
  expect(one).toMatchObject({ user: KEY.userId, credentialId: KEY.credentialId, publicKey: KEY.publicKey });
});

test("an SSH key is taken too, and the owner reads that a program holds it", () => {
  const { userId, person, groups, keyWords } = KEY;
  const sshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIHA1fUfDtu7A0CTvIPmhrVgmdBo4Xlz0q4qTDALNzkq";
  const yaml = approversYaml([
    { kind: "ssh", userId, person, groups, keyWords, name: "laptop", sshKey, software: true },
  ]);
  expect(readPiece(yaml)).toEqual([{ user: userId, groups: [...groups], sshKey, software: true }]);
  expect(yaml).toContain("# Held by a program: whoever gets hold of this person's account can sign with it.");
});

test("a person's name can't write into a host's configuration", () => {
  const named = { ...KEY, person: 'Eve"\n  - user: "eve\u2028actions: ["', name: "a\r\nb: c #" };
  const config = parseConfig(approversYaml([named]), "agent.yaml");
  expect(config.approvers).toHaveLength(1);
  expect(config.approvers[0]?.user).toBe(KEY.userId);
  expect(config.actions).toEqual([]);
});
