import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findMembers, TASK_MARKER } from "../../../agent/process/processTable.ts";
import type { TaskId } from "../../../domain/ids.ts";
import { LonelyAgent, programPath, until } from "./support/lonelyAgent.ts";

const OPERATIONAL = "lagoon-umbrella-thicket-98431-quartz-velvet";
const RECOVERY = "marble.orchard.77215.winter.compass.ribbon!";
const secrets = { operational: OPERATIONAL, recovery: RECOVERY };
/** Each secret in the forms that it could be written in. */
const FORMS = [OPERATIONAL, RECOVERY].flatMap((secret) => [
  Buffer.from(secret),
  Buffer.from(Buffer.from(secret).toString("hex")),
  Buffer.from(Buffer.from(secret).toString("base64").replace(/=+$/, "")),
]);

let agent: LonelyAgent;
beforeEach(async () => {
  agent = await new LonelyAgent().up();
});
afterEach(async () => {
  expect(await agent.clear()).toEqual([]);
});

/** Paths of all files below a directory. */
function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Nothing for a file that has gone: what a runner keeps of its compiled code gets its last name while we look. */
function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/** Files below the agent's state directory that hold a secret in any form. */
function leaks(): string[] {
  return filesBelow(agent.stateDir).filter((path) => {
    const content = readIfThere(path);
    return FORMS.some((form) => content.includes(form));
  });
}

/** Processes whose arguments or environment hold a secret. */
function exposedIn(): string[] {
  const names = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return names.flatMap((pid) =>
    ["cmdline", "environ"].flatMap((file) => {
      try {
        const content = readFileSync(`/proc/${pid}/${file}`);
        return FORMS.some((form) => content.includes(form)) ? [`${pid}/${file}`] : [];
      } catch {
        return [];
      }
    }),
  );
}

/** Whether the writable memory of a process holds these bytes. */
function isInMemory(pid: number, wanted: Buffer): boolean {
  const maps = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n");
  const fd = openSync(`/proc/${pid}/mem`, "r");
  try {
    for (const line of maps) {
      const [, from = "", to = ""] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      if (from === "" || line.includes("[vvar") || line.includes("[vsyscall")) continue;
      const start = Number.parseInt(from, 16);
      const end = Number.parseInt(to, 16);
      const buffer = Buffer.alloc(Math.min(end - start, 8 * 1024 * 1024) + wanted.length);
      for (let at = start; at < end; at += 8 * 1024 * 1024) {
        try {
          const length = readSync(fd, buffer, 0, Math.min(buffer.length, end - at), at);
          if (buffer.subarray(0, length).includes(wanted)) return true;
        } catch {
          break;
        }
      }
    }
    return false;
  } finally {
    closeSync(fd);
  }
}

const runnerPid = (taskId: TaskId): number => JSON.parse(readFileSync(agent.paths(taskId).runner, "utf8")).process.pid;

test("a passphrase that a program prints byte by byte never gets to the disk", async () => {
  const taskId = await agent.order(
    "test.run",
    { file: programPath("dripInput.sh"), stdinSecret: "operational" },
    { secrets },
  );
  const report = await agent.ended(taskId);
  expect(report).toMatchObject({ outcome: "succeeded", result: { stdout: "[redacted] end\n" } });
  expect(await agent.text(taskId, "stdout")).toBe("[redacted] end\n");
  expect(leaks()).toEqual([]);
});

test("programs read passphrases from descriptors by name, and no argument or environment on the host ever shows one", async () => {
  const taskId = await agent.order(
    "test.run",
    { file: programPath("openedDescriptors.sh"), args: ["2"], fdSecrets: ["operational", "recovery"] },
    { secrets },
  );
  const digest = (secret: string) => `${secret.length} ${createHash("sha256").update(secret).digest("hex")}\n`;
  await until("both are read", async () => (await agent.text(taskId, "stdout")).split("\n").length === 3);
  expect(await agent.text(taskId, "stdout")).toBe(digest(OPERATIONAL) + digest(RECOVERY));
  expect(findMembers({ marker: { name: TASK_MARKER, value: taskId }, sessions: [] }).length).toBeGreaterThan(1);
  expect(exposedIn()).toEqual([]);
  await agent.ended(taskId);
  expect(leaks()).toEqual([]);
  // Hosts of other tests, which may be running, keep their keys there under an id.
  const isOfOthers = (name: string) => /^slackwater-test-[0-9a-f]{8}-/.test(name);
  const left = readdirSync("/dev/shm").filter((name) => name.startsWith("slackwater-") && !isOfOthers(name));
  expect(left).toEqual([]);
});

test("a passphrase is never in the agent's memory, and in the runner's only while the task lasts", async () => {
  const taskId = await agent.order(
    "test.run",
    { file: programPath("openedDescriptors.sh"), args: ["3"], fdSecrets: ["operational", "recovery"] },
    { secrets },
  );
  await until("both are read", async () => (await agent.text(taskId, "stdout")).split("\n").length === 3);
  expect(isInMemory(runnerPid(taskId), Buffer.from(OPERATIONAL))).toBe(true);
  expect(isInMemory(agent.pid, Buffer.from(OPERATIONAL))).toBe(false);
  expect(isInMemory(agent.pid, Buffer.from(RECOVERY))).toBe(false);
  expect(agent.said.filter(({ said }) => said === "started")).toMatchObject([{ isBundleWiped: true }]);
  await agent.ended(taskId);
});

test("an argument that holds a passphrase is refused before anything is started", async () => {
  const taskId = await agent.order("test.leakArgument", {}, { secrets });
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "failed", failure: { code: "defect" } });
  expect(await agent.text(taskId)).toBe("");
  expect(leaks()).toEqual([]);
});

test("a result that holds a passphrase is withheld, and a failure's words are cleaned", async () => {
  const result = await agent.order("test.leakResult", {}, { secrets });
  expect(await agent.ended(result)).toMatchObject({ outcome: "failed", failure: { code: "defect" } });
  const failure = await agent.order("test.leakFailure", {}, { secrets });
  expect(await agent.ended(failure)).toMatchObject({
    outcome: "failed",
    failure: {
      code: "programFailed",
      message: "it said: [redacted]",
      detail: expect.stringMatching(/^\[redacted\]=*$/),
    },
  });
  expect(leaks()).toEqual([]);
});

test("a secret that was not sealed for the task fails it before it did anything", async () => {
  const taskId = await agent.order("test.run", { file: programPath("dripInput.sh"), stdinSecret: "operational" });
  expect(await agent.ended(taskId)).toMatchObject({ outcome: "failed", failure: { code: "secretMissing" } });
  expect(await agent.text(taskId)).toBe("");
});
