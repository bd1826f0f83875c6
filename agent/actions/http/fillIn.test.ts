import fc from "fast-check";
import { expect, test } from "vitest";
import { httpJourney } from "../../../domain/action/httpJourney.ts";
import { captured } from "./captured.ts";
import { fillIn } from "./fillIn.ts";

/** A request with every default, as the schema fills it in. */
function request(more: object) {
  const parsed = httpJourney.args.parse({
    url: "http://service:1900/",
    requests: [
      { name: "before", path: "/", capture: { value: "/v", other: "/o" } },
      { name: "it", path: "/", ...more },
    ],
  });
  return parsed.requests[1]!;
}
const BASE = "http://service:1900/";

test("whatever a value is, it stays one value of a JSON body, of a form and of a path", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      const values = new Map([["value", value]]);
      const json = fillIn(BASE, request({ body: '{"a": "${value}", "b": 1}' }), values);
      expect(JSON.parse(json.body ?? "")).toEqual({ a: value, b: 1 });
      if (!value.isWellFormed() || value === "." || value === "..") return;
      const form = fillIn(BASE, request({ body: "a=${value}&b=1", bodyType: "form" }), values);
      expect([...new URLSearchParams(form.body)]).toEqual([
        ["a", value],
        ["b", "1"],
      ]);
      const { url } = fillIn(BASE, request({ path: "/notes/${value}/end?q=${value}" }), values);
      expect(new URL(url).origin).toBe("http://service:1900");
      expect(new URL(url).searchParams.get("q")).toBe(value);
      expect(new URL(url).pathname.endsWith("/end")).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("a value never ends a header's line, and a body that is no JSON is not sent, nor shown", () => {
  const withHeader = request({ headers: { authorization: "Bearer ${value}" } });
  expect(fillIn(BASE, withHeader, new Map([["value", "abc"]])).headers.authorization).toBe("Bearer abc");
  expect(() => fillIn(BASE, withHeader, new Map([["value", "abc\r\nx: y"]]))).toThrow("more than one line");
  const unquoted = request({ body: '{"a": ${value}}' });
  expect(() => fillIn(BASE, unquoted, new Map([["value", "hunter2"]]))).toThrow(/^The body of "it" is no JSON\.$/);
  expect(fillIn(BASE, unquoted, new Map([["value", "7"]])).body).toBe('{"a": 7}');
});

test("a value that would lead out of its path is not filled in, and stays a value elsewhere", () => {
  const way = request({ path: "/notes/${value}/end" });
  for (const value of [".", ".."])
    expect(() => fillIn(BASE, way, new Map([["value", value]]))).toThrow("leads elsewhere");
  expect(() => fillIn(BASE, request({ path: "/notes/.${value}?a" }), new Map([["value", "."]]))).toThrow("elsewhere");
  expect(fillIn(BASE, way, new Map([["value", "..."]])).url).toBe("http://service:1900/notes/.../end");
  expect(fillIn(BASE, request({ path: "/notes?q=${value}" }), new Map([["value", ".."]])).url).toContain("q=..");
});

test("a placeholder that nothing fills is refused where the runbook is read", () => {
  const read = (requests: object[]) => httpJourney.args.safeParse({ url: BASE, requests });
  const late = [
    { name: "uses", path: "/${id}" },
    { name: "takes", path: "/", capture: { id: "/id" } },
  ];
  expect(read(late).error?.issues[0]).toMatchObject({
    path: ["requests", 0],
    message: "${id} is nothing that an earlier request captures",
  });
  expect(read(late.toReversed()).success).toBe(true);
  expect(read([{ name: "takes", path: "/", capture: { secret: "/id" } }]).success).toBe(false);
});

test("an answer gives a value at a pointer or of a header, and nothing that is no single value", () => {
  const headers = new Headers({ location: "/next" });
  const body = '{"user": {"id": 7, "a/b": "x", "list": [true], "__proto__": 1}, "no": null}';
  const take = (where: string, of = body) => captured(where, headers, of);
  expect(take("/user/id")).toBe("7");
  expect(take("/user/a~1b")).toBe("x");
  expect(take("/user/list/0")).toBe("true");
  expect(take("header: Location")).toBe("/next");
  for (const where of ["/user", "/no", "/user/list", "/user/constructor", "/nothing/at/all", "header:etag"])
    expect(take(where)).toBeUndefined();
  expect(take("/user", "<html>")).toBeUndefined();
});
