import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ACTION_REGISTRY } from "../../../agent/actions/registry.ts";
import { AgentConfig } from "../../../agent/config.ts";
import { planCommand } from "../../../agent/control/planCommand.ts";
import type { PlanningHost } from "../../../agent/control/planOnHost.ts";
import type { RunbookWish } from "../../../agent/control/runbookFile.ts";
import { Instant } from "../../../domain/time.ts";
import { MOVE_RUNBOOK } from "../link/support/decided.ts";
import type { Host } from "../link/support/host.ts";
import { makeHost } from "../link/support/host.ts";

const SHIPPED = fileURLToPath(new URL("../../../runbooks/luks-postgres/runbook.yaml", import.meta.url));

/** A host that allows nothing: what is asked for here never gets so far. */
const PLANNING: PlanningHost = {
  actions: ACTION_REGISTRY,
  config: AgentConfig.parse({}),
  ground: { trusted: new Set(), ours: [] },
  now: Instant.parse(0),
};

let host: Host;
let runbook: string;
beforeEach(() => {
  host = makeHost();
  host.configure({ actions: ["files.*"] });
  mkdirSync(join(host.room, "it's old"));
  runbook = join(host.base, "move.yaml");
  writeFileSync(runbook, MOVE_RUNBOOK);
});
afterEach(async () => host.clean());

const plan = (file: string, ...params: string[]) =>
  host.cli("plan", file, ...params.flatMap((text) => ["--param", text]));

describe("what a runbook would run on this host", () => {
  test("is told command by command, with what the run measures left open, and nothing is run", async () => {
    const { code, out } = await plan(runbook, `source=${host.room}/it's old`, `target=${host.room}/new`);
    expect(code).toBe(0);
    expect(out).toMatch(/^Preparation\n {2}List the source\n {4}list: files.manifest, observe\n/);
    expect(out).toMatch(/copy: files.copy, change\n {6}not known yet: .*tree\.files_count/);
    expect(out).toMatch(/copy-again: files\.copy, change\n(.*\n)* {6}rsync .*".*it's old\/?" /);
    expect(out).toContain("4 tasks on this host, 0 refused, 1 with arguments that the run measures. Nothing was run.");
    expect(() => readFileSync(join(host.room, "new"))).toThrow("ENOENT");
  });

  test("says in the afternoon what agent.yaml would refuse at night", async () => {
    const { out } = await plan(runbook, `source=${host.room}`, "target=/etc/elsewhere");
    expect(out).toMatch(/copy-again: .*\n {6}REFUSED: .*\/etc\/elsewhere.*roots\.write/);
    host.configure({ actions: ["files.verify"] });
    const nothing = await plan(runbook, `source=${host.room}`, `target=${host.room}/new`);
    expect(nothing.out).toContain("REFUSED: agent.yaml does not allow files.copy");
  });

  test("of the shipped runbook names every task, and refuses none where its owner allowed what it needs", async () => {
    host.configure({
      actions: ["host.*", "files.*", "luks.*", "postgres.*", "backup.*", "traffic.*", "http.check"],
      roots: {
        read: ["/usr/lib/postgresql", "/var/lib/postgresql", "/var/log", "/etc/postgresql", "/run/postgresql"],
        write: ["/var/lib/slackwater", "/var/backups", "/mnt", "/etc/postgresql", "/var/log/postgresql", "/var/www"],
        trustedOwners: existsSync("/var/lib/postgresql") ? ["postgres"] : [],
      },
      databases: [{ names: ["*"] }],
      http: ["localhost:*", "127.0.0.1:*"],
    });
    const { code, out, err } = await plan(SHIPPED);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^\d\d tasks on this host, 0 refused, \d+ with arguments that the run measures\./m);
    expect(out).toContain("cryptsetup benchmark --cipher aes-xts-plain64 --key-size 512");
    expect(out).not.toContain("REFUSED");
  });

  test("of what is no runbook says where, and of wrong words what is right", async () => {
    const wrong = (changes: Partial<RunbookWish>) =>
      planCommand({ file: runbook, parameters: [], role: undefined, ...changes }, PLANNING).catch((error: unknown) =>
        error instanceof Error ? error.message : "",
      );
    expect(await wrong({ parameters: ["source"] })).toContain("source is no parameter");
    expect(await wrong({ parameters: ["sauce=/x"] })).toContain("no such parameter");
    expect(await wrong({ role: "app" })).toContain("one of: db");
    expect(await wrong({ file: undefined })).toContain("Which runbook?");
    expect(await wrong({ file: join(host.base, "none.yaml") })).toContain("no such file");
    writeFileSync(runbook, MOVE_RUNBOOK.replace("files.copy", "files.cpoy"));
    expect(await wrong({})).toMatch(new RegExp(`^${runbook}:\\d+:\\d+ .*files\\.cpoy`, "m"));
  });
});
