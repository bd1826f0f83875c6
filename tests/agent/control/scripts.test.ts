import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ACTION_REGISTRY } from "../../../agent/actions/registry.ts";
import { NO_ALLOWANCE } from "../../../agent/control/allowance.ts";
import type { ScriptsWish } from "../../../agent/control/scriptsCommand.ts";
import { scriptsCommand } from "../../../agent/control/scriptsCommand.ts";
import { Instant } from "../../../domain/time.ts";
import { atTerminal } from "../../support/atTerminal.ts";
import { nightlyTest } from "../../support/nightly.ts";
import { hasShellcheck, runAlone } from "../byHand/support/runBash.ts";
import { SHIPPED, scriptNamed, writeScripts } from "./support/writeScripts.ts";

const room = mkdtempSync(join(tmpdir(), "slackwater-scripts-"));
afterAll(() => rmSync(room, { recursive: true, force: true }));

const NAMED = [
  "verify-prerequisites",
  "backup-encrypted",
  "setup-encrypted-volume",
  "migrate-to-encrypted-volume",
].concat(...["verify-migration", "unlock-encrypted-volume"]);
const PARAMS = {
  service: "it's `our` $service",
  data_dir: "/srv/it's here/main",
  recovery_recipients: "age1a3cy0v7rh0cj52kqmg704df4703nmuerwc9423yxgq5s29we6y5st4ehu0",
};
/** What is known of a host in the afternoon, and what its steps will have found by then. */
const FACTS = {
  "db.directory": "/srv/it's here/main",
  "db.owner": "999:999",
  "db.size_now_bytes": "20GiB",
  "prepared.backup_path": "/var/backups/slackwater/day-before-postgres-20261130T010000Z.sql.gz.enc",
  "prepared.backup_rows": '{"operations":1,"users":2,"snapshots":3}',
  "final.backup_path": "/var/backups/slackwater/final-postgres-20261201T010000Z.sql.gz.enc",
  "new.started_at": "2026-12-01T02:00:00Z",
};

const whole = join(room, "whole");
let said = "";
let files: readonly string[] = [];
beforeAll(async () => {
  const written = await writeScripts({ file: SHIPPED, out: whole, params: PARAMS, facts: FACTS });
  expect([written.code, written.err]).toEqual([0, ""]);
  said = written.out;
  files = readdirSync(whole);
});

describe("all that is known beforehand", () => {
  const out = whole;

  test("gives a script for each task, the named ones among them, and none that lacks anything", () => {
    expect(said).toMatch(/^\d\d scripts and README\.md in .*\. Nothing was run\.\n/);
    expect(said).not.toContain("not whole");
    for (const name of NAMED) expect(files).toContain(`${name}.sh`);
    const scripts = files.filter((name) => name.endsWith(".sh"));
    expect(said).toContain(`${scripts.length} scripts`);
    for (const name of scripts) {
      expect(statSync(join(out, name)).mode & 0o777).toBe(0o755);
      expect(NAMED.includes(name.slice(0, -3)) || /^\d\d-[a-z-]+\.sh$/.test(name), name).toBe(true);
    }
    const plan = readFileSync(SHIPPED, "utf8").match(/action: [a-z]+\.[a-zA-Z]+/g) ?? [];
    expect(scripts.length).toBeGreaterThan(plan.length / 2);
  });

  test("gives bash that bash can read, and about which shellcheck has nothing to say", {
    timeout: 300_000,
  }, async () => {
    const scripts = files.filter((name) => name.endsWith(".sh")).map((name) => join(out, name));
    for (const script of scripts) expect(await runAlone(["bash", "-n", script])).toEqual({ code: 0, out: "", err: "" });
    if (hasShellcheck)
      expect(await runAlone(["shellcheck", "--norc", ...scripts])).toEqual({ code: 0, out: "", err: "" });
  });

  test("no passphrase reaches a program but by a descriptor, and none is written down", () => {
    const text = readFileSync(join(out, "setup-encrypted-volume.sh"), "utf8");
    expect(text).toContain("3< <(secret operational) 4< <(secret recovery)");
    expect(text).toContain("know operational 'Operational passphrase (key slot 0)'");
    for (const name of files.filter((one) => one.endsWith(".sh")))
      for (const line of readFileSync(join(out, name), "utf8").split("\n"))
        if (/\bsecret (operational|recovery|backup)\b/.test(line)) expect(line).toMatch(/\d< <\(secret /);
  });

  test("the page beside them has the order, the decisions, the way back and what was written in", () => {
    const page = readFileSync(join(out, "README.md"), "utf8");
    const order = [
      "verify-prerequisites.sh",
      "backup-encrypted.sh",
      "**GO.**",
      "-stop-writers.sh",
      "-final-backup.sh",
    ].concat(
      ...["setup-encrypted-volume.sh", "migrate-to-encrypted-volume.sh", "verify-migration.sh", "-point-at.sh"],
      ...["unlock-encrypted-volume.sh", "-start-new.sh", "## Rollback", "-close-new.sh", "-start-old.sh"],
    );
    const places = order.map((text) => page.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(page).toContain("SLACKWATER_SECRET_RECOVERY_FILE");
    expect(page).toContain("In the runbook it is undone by: close-volume");
    expect(page).toContain("People say GO here: at least 1 of approver");
    expect(page).toContain("`db.owner` = `999:999`");
    expect(page).toMatch(/## Not written whole\n\nNothing\./);
  });

  test("a script says at its head what it does, what must hold then, and where it comes from", () => {
    const text = readFileSync(scriptNamed(out, "point-at"), "utf8");
    expect(text).toMatch(
      /^#!\/usr\/bin\/env bash\n#\n# point-at: Point PostgreSQL at the copy \(postgres\.pointAt, change\)\n/,
    );
    expect(text).toContain("# In the runbook it is undone by: point-back\n");
    expect(text).toContain("# Afterwards must hold: It points there: result.now_directory ==");
    expect(text).toMatch(
      /# Runbook luks-postgres 1\.0, SHA-256 [0-9a-f]{64}\.\n# Written by slackwater-agent \S+ on \S+ \S+ UTC from /,
    );
  });
});

describe("what is not known beforehand", () => {
  const out = join(room, "lacking");
  beforeAll(async () => {
    const { code, out: said } = await writeScripts({ file: SHIPPED, out, params: PARAMS });
    expect(code).toBe(0);
    expect(said).toMatch(/setup-encrypted-volume\.sh: db\.size_now_bytes\n/);
    expect(said).toMatch(/migrate-to-encrypted-volume\.sh: .*db\.owner/);
  });

  test("is named by a script that ends with 3 and does nothing", async () => {
    const { code, out: said, err } = await runAlone([join(out, "setup-encrypted-volume.sh"), "--yes"]);
    expect([code, said]).toEqual([3, ""]);
    expect(err).toContain("create-volume: it needs db.size_now_bytes");
    expect(err).toContain("--fact NAME=VALUE");
    expect(readFileSync(join(out, "README.md"), "utf8")).toContain("`--fact db.size_now_bytes=…`");
  });

  test("is asked for when it is a path, and nothing is begun without it or with what is none", async () => {
    const script = scriptNamed(out, "read-backup");
    expect(readFileSync(script, "utf8")).toContain('cat -- "$fact_final_backup_path" |');
    const without = await runAlone([script]);
    expect([without.code, without.out]).toEqual([3, ""]);
    expect(without.err).toContain("The fact final.backup_path (Last backup) is missing");
    for (const value of ["backup.enc", "/a/../etc/shadow", "/$(id)", "/a b"]) {
      expect(await runAlone([script], { SLACKWATER_FACT_FINAL_BACKUP_PATH: value })).toMatchObject({
        code: 3,
        out: "",
      });
    }
  });

  nightlyTest("is no reason to leave out any script, clean as the others", async () => {
    const scripts = readdirSync(out)
      .filter((name) => name.endsWith(".sh"))
      .map((name) => join(out, name));
    expect(scripts).toHaveLength(readdirSync(whole).length - 1);
    if (hasShellcheck)
      expect(await runAlone(["shellcheck", "--norc", ...scripts])).toEqual({ code: 0, out: "", err: "" });
  });
});

test("a folder with something in it is left alone, and wrong words are told what is right", async () => {
  const full = join(room, "full");
  mkdirSync(full);
  writeFileSync(join(full, "mine"), "");
  const host = { actions: ACTION_REGISTRY, allowance: NO_ALLOWANCE, now: Instant.parse(0) };
  const wrong = (changes: Partial<ScriptsWish>) =>
    scriptsCommand(
      { file: SHIPPED, out: join(room, "none"), parameters: [], facts: [], role: undefined, ...changes },
      host,
    ).catch((error: unknown) => (error instanceof Error ? error.message : ""));
  expect(await wrong({ out: full })).toContain("has something in it");
  expect(readdirSync(full)).toEqual(["mine"]);
  expect(await wrong({ facts: ["db.ovner=1:1"] })).toContain('no fact db.ovner. Did you mean "db.owner"?');
  expect(await wrong({ facts: ["db.size_now_bytes=large"] })).toContain("a size such as 20GiB");
  expect(await wrong({ facts: ["x"] })).toContain("say --fact name=value");
  expect(await wrong({ role: "app" })).toContain("one of: db");
  expect(await wrong({ out: undefined })).toContain("Into which folder?");
  expect(await wrong({ file: undefined })).toContain("Which runbook?");
  expect(() => readdirSync(join(room, "none"))).toThrow("ENOENT");
});

nightlyTest(
  "with an agent.yaml paths are where they really lead, and what it refuses is written all the same, and said",
  async () => {
    const base = join(room, "owned");
    mkdirSync(join(base, "real"), { recursive: true });
    const config = join(base, "agent.yaml");
    writeFileSync(config, `actions: [files.*]\nroots: { read: [${base}] }\n`, { mode: 0o600 });
    const out = join(base, "scripts");
    const { code } = await writeScripts({
      file: SHIPPED,
      out,
      config,
      params: { mount_point: "/mnt/pgdata" },
      facts: FACTS,
    });
    expect(code).toBe(0);
    const page = readFileSync(join(out, "README.md"), "utf8");
    expect(page).toContain(`Held against \`${config}\``);
    expect(page).toContain("agent.yaml does not allow postgres.stop.");
    expect(readFileSync(join(out, "verify-migration.sh"), "utf8")).toContain("same_trees");
  },
);

test("at a terminal a change is asked about by its name, and a passphrase twice", async () => {
  const script = join(whole, "setup-encrypted-volume.sh");
  const no = await atTerminal(
    ["bash", script],
    [
      ["Operational passphrase (key slot 0): ", "abacus"],
      ["once more: ", "zebra"],
    ],
  );
  expect(no.code).toBe(1);
  expect(no.out).toContain("The two differ. Nothing was done.");
  expect(no.out).not.toMatch(/abacus|zebra/);
  const stopped = await atTerminal(["bash", scriptNamed(whole, "point-at")], [["Type point-at to do it: ", "yes"]]);
  expect(stopped.code).toBe(1);
  expect(stopped.out).toContain("It was not confirmed. Nothing more is done.");
});

describe("a cluster in a container", () => {
  const out = join(room, "container");
  beforeAll(async () => {
    const params = { kind: "docker", container: "slackwater-no-such", encryption: "none" };
    expect(await writeScripts({ file: SHIPPED, out, params, facts: FACTS })).toMatchObject({ code: 0, err: "" });
  });

  nightlyTest("is written as cleanly, through docker", async () => {
    const scripts = readdirSync(out).filter((name) => name.endsWith(".sh"));
    for (const name of scripts)
      expect(await runAlone(["bash", "-n", join(out, name)])).toMatchObject({ code: 0, err: "" });
    const paths = scripts.map((name) => join(out, name));
    if (hasShellcheck)
      expect(await runAlone(["shellcheck", "--norc", ...paths])).toEqual({ code: 0, out: "", err: "" });
    expect(readFileSync(scriptNamed(out, "final-backup"), "utf8")).toContain(
      "docker exec --interactive slackwater-no-such pg_dump",
    );
  });

  test("has parts that no command of ours does, and each waits until a person has done it", async () => {
    const { out: said } = await atTerminal(
      ["bash", scriptNamed(out, "start-new")],
      [
        ["Type done when it is done: ", "yes"],
        ["Type done when it is done: ", "done"],
        ["Type done when it is done: ", "done"],
      ],
    );
    expect(said).toContain("BY HAND: only where it points at /mnt/pgdata/data");
    expect(said).toContain("BY HAND: give slackwater-no-such the restart policy back");
    expect(said.match(/Type done when it is done: /g)).toHaveLength(3);
    const { code, err } = await runAlone([scriptNamed(out, "start-new"), "--yes"]);
    expect([code, err]).toEqual([1, expect.stringContaining("There is no terminal here")]);
  });
});

test("without a terminal nothing is changed that nobody has confirmed", async () => {
  const { code, err } = await runAlone([scriptNamed(whole, "point-at")]);
  expect(code).toBe(1);
  expect(err).toContain("There is no terminal here on which somebody could be asked");
  expect(await runAlone([scriptNamed(whole, "point-at"), "--help"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("usage: "),
  });
});
