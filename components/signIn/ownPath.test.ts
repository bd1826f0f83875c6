import { expect, test } from "vitest";
import { ownPath } from "./ownPath.ts";

test("after signing in, a link leads back to the page that asked, with what it was asked for", () => {
  expect(ownPath("/windows/7/run?step=5#log")).toBe("/windows/7/run?step=5#log");
  expect(ownPath("/")).toBe("/");
  expect(ownPath(undefined)).toBe("/");
});

test("a link that would lead to another site after signing in leads home", () => {
  const away = [
    "https://elsewhere.example/",
    "//elsewhere.example",
    "/\\elsewhere.example",
    "/\t/elsewhere.example",
    "\\\\elsewhere.example",
    "javascript:alert(1)",
    "/./\\elsewhere.example",
    "/.//elsewhere.example",
    "/%2F/../..//elsewhere.example",
    "",
    " /windows",
  ];
  expect(away.map(ownPath)).toEqual(away.map(() => "/"));
});

test("the way back never leads to signing in again", () => {
  expect(ownPath("/sign-in?to=/sign-in")).toBe("/");
});
