import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import type { Approver } from "../config.ts";
import { parseConfig } from "../config.ts";
import { addApprovers, readPiece, removeApprovers } from "./approversInFile.ts";
import { keyName } from "./keyName.ts";

const EXAMPLE = readFileSync(new URL("../agent.example.yaml", import.meta.url), "utf8");
const PATH = "/etc/slackwater/agent.yaml";

const keyOf = (user: string, credentialId: string): Approver => ({
  user: user as Approver["user"],
  groups: ["approver"],
  credentialId,
  publicKey: "pQECAyYgASFYIA",
  rpId: "slackwater.example",
  origins: ["https://slackwater.example"],
  software: false,
});

test("a key is added beneath what the owner wrote, and not a byte of the rest is touched", () => {
  const piece = [keyOf("anna", "kAnna")];
  const { text, approvers } = addApprovers(EXAMPLE, PATH, piece);
  expect(approvers).toEqual(piece);
  const [before, after] = EXAMPLE.split("approvers: []");
  expect([text.startsWith(`${before}approvers:\n`), text.endsWith(after ?? "?")]).toEqual([true, true]);
  expect(addApprovers("actions: [files.copy]\n", PATH, piece).approvers).toEqual(piece);
});

test("the list of a piece, or one entry of it, is a piece too; anything else is refused with what to copy", () => {
  const one = keyOf("anna", "kAnna");
  expect(readPiece(stringify([one]))).toEqual([one]);
  expect(readPiece(stringify(one))).toEqual([one]);
  for (const text of [
    "",
    "approvers: []",
    "approvers: [&a {user: x}, *a]",
    "a: [",
    "approvers:\n  - user: x\n",
    "hello",
  ]) {
    expect(() => readPiece(text)).toThrow("Copy it again");
  }
});

test("a key that is pinned already is not pinned twice, not as another person either", () => {
  const { text } = addApprovers(EXAMPLE, PATH, [keyOf("anna", "kAnna")]);
  expect(() => addApprovers(text, PATH, [keyOf("boris", "kAnna")])).toThrow("pinned here already");
  expect(() => addApprovers(EXAMPLE, PATH, [keyOf("anna", "k"), keyOf("anna", "k")])).toThrow("pinned here already");
});

test("a file that can't be changed so is left to its owner", () => {
  const inARow = "{ actions: [files.copy], approvers: [] }\n";
  expect(() => addApprovers(inARow, PATH, [keyOf("anna", "kAnna")])).toThrow("Change it with an editor");
});

test("whatever is added and removed, the others stay, and the file stays one that the agent reads", () => {
  const person = fc.constantFrom("anna", "boris", "clara");
  const credential = fc.constantFrom("k1", "k2", "k3", "k4", "k5");
  const step = fc.oneof(
    fc.record({ add: fc.tuple(person, credential) }),
    fc.record({ remove: fc.oneof(person, credential) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let text = EXAMPLE;
      let pinned: readonly Approver[] = [];
      for (const one of steps) {
        const next =
          "add" in one
            ? pinned.some((known) => keyName(known) === one.add[1])
              ? undefined
              : [...pinned, keyOf(...one.add)]
            : pinned.filter((known) => known.user !== one.remove && keyName(known) !== one.remove);
        const change = () =>
          "add" in one ? addApprovers(text, PATH, [keyOf(...one.add)]) : removeApprovers(text, PATH, one.remove);
        if (next === undefined || (!("add" in one) && next.length === pinned.length)) {
          expect(change).toThrow();
          continue;
        }
        ({ text } = change());
        pinned = next;
        const { approvers, ...rest } = parseConfig(text, PATH);
        expect(approvers).toEqual(pinned);
        expect({ ...rest, approvers: [] }).toEqual(parseConfig(EXAMPLE, PATH));
      }
    }),
    { numRuns: 60 },
  );
});
