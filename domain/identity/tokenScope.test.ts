import { expect, test } from "vitest";
import { Role } from "../run/actor.ts";
import { coversScope, PERSONS_WORD, scopesOf, TokenScope } from "./tokenScope.ts";

test("a wider scope takes in the narrower ones, and never the other way round", () => {
  const pairs = TokenScope.options.flatMap((held) => TokenScope.options.map((needed) => [held, needed] as const));
  expect(pairs.filter(([held, needed]) => coversScope(held, needed)).map((pair) => pair.join(" "))).toEqual([
    "read read",
    "order read",
    "order order",
    "admin read",
    "admin order",
    "admin admin",
  ]);
});

test("nobody gives a token more than their role: a viewer's only reads, and only an admin's administers", () => {
  expect(scopesOf("viewer")).toEqual(["read"]);
  expect(Role.options.filter((role) => scopesOf(role).includes("admin"))).toEqual(["admin"]);
  for (const role of Role.options) expect(scopesOf(role)).toContain("read");
});

test("what a person signs or vouches for is no order of a token", () => {
  expect([...PERSONS_WORD].sort()).toEqual([
    ...["answerPoll", "decide", "delegate", "recordSecret", "signCompletion", "silenceTrigger"],
    ...["takeBack", "takeBackDelegation", "waive"],
  ]);
});
