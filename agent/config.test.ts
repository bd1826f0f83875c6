import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Failure } from "../domain/failure.ts";
import { AgentConfig, parseConfig, readConfig } from "./config.ts";

let base = "";
const uid = process.getuid?.() ?? 0;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "slackwater-config-"));
});
afterAll(() => rmSync(base, { recursive: true }));

function message(work: () => unknown): string {
  try {
    work();
    return "accepted";
  } catch (error) {
    return error instanceof Failure ? `${error.code}: ${error.message}` : String(error);
  }
}

describe("agent.yaml", () => {
  test("an empty one allows nothing at all", () => {
    const config = parseConfig("", "agent.yaml");
    expect([config.actions, config.roots.write, config.approvers, config.standing]).toEqual([[], [], [], []]);
    expect(config.allowInsecureLink || config.volumes.allowUnencrypted || config.runKeys.allowDisk).toBe(false);
  });

  test("the example explains every key there is, and is accepted as it stands", () => {
    const text = readFileSync(new URL("agent.example.yaml", import.meta.url), "utf8");
    const config = parseConfig(text, "agent.example.yaml");
    expect(config.actions).toContain("files.*");
    for (const key of Object.keys(AgentConfig.shape)) expect(text, key).toMatch(new RegExp(`^${key}:`, "m"));
  });

  test("a word that is not known is refused by name, since a mistyped ceiling would be none", () => {
    expect(message(() => parseConfig("celings: {}", "agent.yaml"))).toMatch(/^argumentsInvalid: agent.yaml: .*celings/);
    expect(message(() => parseConfig("ceilings: { taskHours: no }", "a"))).toMatch(/ceilings.taskHours/);
    expect(message(() => parseConfig("actions: [", "a"))).toMatch(/^argumentsInvalid: a: /);
    expect(message(() => parseConfig("a: &x 1\nb: *x", "a"))).toMatch(/^argumentsInvalid: a: aliases/);
  });

  test("lets no script run without a decision, whatever stands under standing", () => {
    expect(message(() => parseConfig("standing: [script.run]", "a"))).toMatch(/a: standing.0: a script never runs/);
    expect(parseConfig("", "a").scripts).toBe(false);
  });

  test("is not obeyed when others could have written it, or could put another in its place", () => {
    const path = join(base, "agent.yaml");
    writeFileSync(path, "actions: [host.facts]\n", { mode: 0o600 });
    expect(readConfig(path, uid).actions).toEqual(["host.facts"]);
    chmodSync(path, 0o666);
    expect(message(() => readConfig(path, uid))).toMatch(/^notPermitted: .*not obeyed/);
    chmodSync(path, 0o600);
    chmodSync(base, 0o777);
    expect(message(() => readConfig(path, uid))).toMatch(/^notPermitted: .*not obeyed/);
    chmodSync(base, 0o700);
    symlinkSync(path, join(base, "link.yaml"));
    expect(readConfig(join(base, "link.yaml"), uid).actions).toEqual(["host.facts"]);
  });

  test("one that is not there says where to get it", () => {
    expect(message(() => readConfig(join(base, "none.yaml"), uid))).toMatch(/agent.example.yaml/);
  });
});
