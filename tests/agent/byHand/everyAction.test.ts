import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { LoadedAction } from "../../../agent/actions/action.ts";
import { loadEveryAction } from "../../../agent/actions/packs.ts";
import { bash } from "../../../agent/byHand/bash.ts";
import { linesOf } from "../../../agent/byHand/callByHand.ts";
import { definitionsFor } from "../../../agent/byHand/definitionsFor.ts";
import { KNOW } from "../../../agent/byHand/prelude.ts";
import { hasShellcheck, runAlone } from "./support/runBash.ts";

const room = mkdtempSync(join(tmpdir(), "slackwater-every-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));
const actions = (await loadEveryAction()).filter(({ spec }) => spec.example !== undefined);

/** The same with a cluster in a container, and with a volume that is not encrypted. */
function variants(example: unknown): readonly (readonly [name: string, args: unknown])[] {
  const variant = (name: string, key: string, changes: object) =>
    typeof example === "object" && example !== null && key in example
      ? [[name, { ...example, [key]: { ...(example as Record<string, object>)[key], ...changes } }] as const]
      : [];
  const container = { binDir: "", dataDir: "", configFile: "", socketDir: "", osUser: "" };
  return [
    ["as in its example", example],
    ...variant("in a container", "cluster", { kind: "docker", container: "pg", ...container }),
    ...variant("not encrypted", "volume", { encryption: "none" }),
    ...variant("on a device", "volume", { encryption: "none", backing: "device", path: "/dev/sdb" }),
  ];
}

function written({ plan }: LoadedAction, args: unknown): string {
  const body = plan(args).flatMap(linesOf);
  const known = [...new Set(body.flatMap(({ secrets }) => secrets))].map((name) => bash`${KNOW} ${name} ${name}`);
  const { atTop, lines } = definitionsFor([...known, ...body]);
  return ["#!/usr/bin/env bash", "set -euo pipefail", ...atTop.map(({ body: { text } }) => text), ...lines, ""].join(
    "\n",
  );
}

describe.each(actions.map((action) => [action.spec.name, action] as const))("by hand, %s", (name, action) => {
  const fitting = variants(action.spec.example).filter(([, args]) => action.spec.args.safeParse(args).success);
  test.each(fitting)("%s is bash that bash can read", async (variant, args) => {
    const file = join(room, `${name} ${variant}.sh`);
    writeFileSync(file, written(action, args));
    expect(await runAlone(["bash", "-n", file])).toEqual({ code: 0, out: "", err: "" });
    if (hasShellcheck) expect(await runAlone(["shellcheck", "--norc", file])).toEqual({ code: 0, out: "", err: "" });
  });
});
