import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findProcess } from "../../../agent/process/processTable.ts";
import { createBench, makeRoom } from "./support/bench.ts";

const room = realpathSync(makeRoom());
afterAll(() => rmSync(room, { recursive: true, force: true }));
const { run, fails, inspect, log, programs } = createBench();
const sh = (text: string, more: object = {}) => ({ interpreter: "/bin/sh", text, ...more });

/** What a shell would make something of, if it ever saw it as a command line. */
const NASTY = ["$(id)", "`id`", "a b", "-c", "--", "'\"", "a\nb", ";exit 3", "ü", ""];

test.each(["/bin/sh", "/bin/bash"])(
  "%s is given each argument as it is, and never a line to take apart",
  async (interpreter) => {
    const text = 'printf "%s" "$*" | sha256sum | cut -c 1-64; echo $#\n';
    const done = await run("script.run", { interpreter, text, args: NASTY });
    const sha256 = createHash("sha256").update(NASTY.join(" ")).digest("hex");
    expect(done).toMatchObject({ exit_code: 0, lines: [sha256, String(NASTY.length)], number: NASTY.length });
    expect(done.sha256).toBe(createHash("sha256").update(text).digest("hex"));
    const { command } = programs.at(-1)!;
    expect(command).not.toContain("-c printf");
    expect(command.slice(-NASTY.length)).toEqual(NASTY);
  },
);

test.skipIf(!existsSync("/usr/bin/python3"))(
  "Python finds its arguments, and nothing of the folder it runs in",
  async () => {
    writeFileSync(join(room, "json.py"), "raise SystemExit('the wrong json')\n");
    const text = "import json, os, sys\nprint(json.dumps([sys.argv[1:], os.getcwd()]))\n";
    const done = await run("script.run", { interpreter: "/usr/bin/python3", text, args: NASTY, workIn: room });
    expect(JSON.parse(done.last_line!)).toEqual([NASTY, room]);
  },
);

test("its environment is the minimal one and what the runbook gives, numbers as text", async () => {
  const given = { TARGET: "web", PORT: 5432 };
  const done = await run("script.run", sh('env | grep -v ^SLACKWATER_ | sort; echo "$PWD"', { environment: given }));
  const lines: readonly string[] = done.lines!;
  expect(lines.filter((line) => !/^(PWD|_|OLDPWD|SHLVL)=/.test(line))).toEqual([
    "LC_ALL=C",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "PORT=5432",
    "TARGET=web",
    "TZ=UTC",
    "/",
  ]);
});

test("an exit code counts only when it is listed, and what the script said is in the log", async () => {
  expect(await run("script.run", sh("exit 4", { acceptExitCodes: [0, 4] }))).toMatchObject({ exit_code: 4, lines: [] });
  const failed = await fails("script.run", sh("echo said; echo why >&2; exit 4"));
  expect(failed).toMatchObject({ code: "programFailed", message: expect.stringContaining("why") });
  expect(log.join("")).toContain("said");
  expect((await fails("script.run", sh("no-such-program"))).code).toBe("toolMissing");
});

test("only its last lines are kept, made safe to show", async () => {
  const text = "for i in $(seq 1 30); do echo line $i; done; printf '\\033[31mred\\n'";
  const done = await run("script.destroy", sh(text));
  const lines: readonly string[] = done.lines!;
  expect(lines).toHaveLength(20);
  expect(lines[0]).toBe("line 12");
  expect(JSON.stringify(done.lines)).not.toContain("\\u001b");
});

test("one that takes too long is ended with all that it started", async () => {
  const late = await fails("script.run", sh(`sleep 60 & echo $! > ${room}/pid; wait`, { timeoutMs: 500 }));
  expect(late.code).toBe("timedOut");
  expect(findProcess(Number(readFileSync(join(room, "pid"), "utf8")))).toBeUndefined();
});

test("after an unknown outcome it is run again only where the runbook says that it may be", async () => {
  expect(await inspect("script.run", sh("true", { repeatable: true }))).toMatchObject({ state: "halfWay" });
  await expect(inspect("script.run", sh("true"))).rejects.toMatchObject({ code: "unknownOutcome" });
});

test("nothing of the script is left on a disk", async () => {
  const place = join(room, "place");
  mkdirSync(place);
  await run("script.run", sh("pwd", { workIn: place }));
  expect(readdirSync(place)).toEqual([]);
  expect(readdirSync("/dev/shm").filter((name) => name.startsWith("slackwater-"))).toEqual([]);
});
