import { expect, test } from "vitest";
import { z } from "zod";
import { ACTIONS, actionNamed, CATALOG } from "./catalog.ts";
import { secretsOf } from "./defineAction.ts";
import { PostgresTarget, parseCountedTables } from "./postgresTarget.ts";

test("an action is found by the name it is listed under, and by no other", () => {
  for (const [name, action] of Object.entries(CATALOG)) expect(actionNamed(name)?.name).toBe(action.name);
  expect(actionNamed("host.formatEverything")).toBeUndefined();
});

test("arguments refuse what they do not know, and every action can be published as JSON Schema", () => {
  for (const action of ACTIONS) {
    expect(action.args.safeParse({ notAnArgument: 1 }).success).toBe(false);
    expect(z.toJSONSchema(action.args, { io: "input" })).toHaveProperty("additionalProperties", false);
    expect(z.toJSONSchema(action.result)).toHaveProperty("type", "object");
  }
});

test("what an action can be as a probe names fields of its own result", () => {
  for (const action of ACTIONS) {
    if (action.probe === undefined) continue;
    const properties = z.toJSONSchema(action.result).properties ?? {};
    expect(properties[action.probe.ok]).toMatchObject({ type: "boolean" });
    expect(properties[action.probe.value]).toMatchObject({ type: expect.stringMatching(/^(number|integer)$/) });
  }
});

test("results are named like facts, in snake_case", () => {
  for (const action of ACTIONS) {
    const names = Object.keys(z.toJSONSchema(action.result).properties ?? {});
    expect(names.filter((name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))).toEqual([]);
  }
});

test("a cluster says what is missing for its kind", () => {
  const docker = PostgresTarget.safeParse({ kind: "docker", database: "app", user: "postgres" });
  expect(docker.error?.issues.map((issue) => issue.path.join("."))).toEqual(["container"]);
  const nul = PostgresTarget.safeParse({ kind: "docker", container: "pg", database: "a\0b", user: "postgres" });
  expect(nul.error?.issues.map((issue) => issue.path.join("."))).toEqual(["database"]);
  const plain = PostgresTarget.safeParse({ kind: "plain", database: "app", user: "postgres", port: "5433" });
  expect(plain.error?.issues.map((issue) => issue.path.join("."))).toEqual([
    "binDir",
    "dataDir",
    "configFile",
    "osUser",
  ]);
});

test("whoever reads of an action is told what it does, what each argument means, and what it takes by an example", () => {
  const untold = ACTIONS.flatMap((action) => [
    ...(action.about === "" ? [`${action.name}: about`] : []),
    ...(action.example === undefined || !action.args.safeParse(action.example).success
      ? [`${action.name}: an example that it takes`]
      : []),
    ...meaningless(z.toJSONSchema(action.args, { io: "input" }), action.name),
  ]);
  expect(untold).toEqual([]);
});

test("an action that changes something says how it is put back, or that it can't be", () => {
  const changing = ACTIONS.filter(({ class: actionClass }) => actionClass === "change" || actionClass === "destroy");
  expect(changing.filter(({ undo }) => !undo?.endsWith(".")).map(({ name }) => name)).toEqual([]);
});

test("the list of tables is read from a parameter's text, and a doubtful one is refused", () => {
  expect(parseCountedTables("operations; snapshots: user_sync_state where snapshot_data is not null")).toEqual([
    { label: "operations", table: "operations", where: "" },
    { label: "snapshots", table: "user_sync_state", where: "snapshot_data is not null" },
  ]);
  expect(parseCountedTables("drop table users")).toBeUndefined();
  expect(parseCountedTables("users; users")).toBeUndefined();
  expect(parseCountedTables(" ; ")).toBeUndefined();
});

test("the secrets of a call are those always opened and those its arguments name", () => {
  expect(secretsOf(CATALOG["luks.create"], {})).toEqual(["operational", "recovery"]);
  expect(secretsOf(CATALOG["luks.testSlot"], { secret: "recovery" })).toEqual(["recovery"]);
  expect(secretsOf(CATALOG["http.check"], { bearerSecret: "" })).toEqual([]);
});

test("whatever looks like a path, container, database, address or secret says what it reaches", () => {
  const roleless: string[] = [];
  const walk = (schema: unknown, at: string): void => {
    const { properties } = z.object({ properties: z.record(z.string(), z.unknown()).default({}) }).parse(schema);
    for (const [key, value] of Object.entries(properties)) {
      const reaches = /(path|dir|directory|file|from|to|mountpoint|container|database|url|secret)$/i.test(key);
      if (reaches && key !== "scratchDatabase" && !Object.hasOwn(value as object, "role"))
        roleless.push(`${at}.${key}`);
      walk(value, `${at}.${key}`);
    }
  };
  for (const action of ACTIONS) walk(z.toJSONSchema(action.args, { io: "input" }), action.name);
  expect(roleless).toEqual([]);
});

/** Arguments, and members of them, that say nothing of what they mean. */
function meaningless(schema: unknown, at: string): readonly string[] {
  const { properties } = z.object({ properties: z.record(z.string(), z.unknown()).default({}) }).parse(schema);
  return Object.entries(properties).flatMap(([key, value]) => {
    const { description } = z.object({ description: z.string().optional() }).parse(value);
    return [...(description ? [] : [`${at}.${key}`]), ...meaningless(value, `${at}.${key}`)];
  });
}
