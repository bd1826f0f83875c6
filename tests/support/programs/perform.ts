import { Buffer } from "node:buffer";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { ActionContext, Perform, ProgramResult } from "../../../agent/process/actionContext.ts";
import { Failure } from "../../../domain/failure.ts";

/** Actions for the tests of agent/process: thin covers over what a context offers, so that a test orders exactly one thing. */
const Program = z.object({
  file: z.string(),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).optional(),
  timeoutMs: z.int().optional(),
  stdinSecret: z.string().optional(),
  fdSecrets: z.array(z.string()).default([]),
  toFile: z.string().optional(),
  isQuiet: z.boolean().default(false),
  leavesDaemon: z.boolean().optional(),
  acceptExitCodes: z.array(z.int()).optional(),
  meter: z.enum(["read", "written"]).optional(),
  as: z.object({ uid: z.int(), gid: z.int() }).optional(),
});
type Program = z.infer<typeof Program>;

function specOf(given: Program, context: ActionContext) {
  const { stdinSecret, fdSecrets, toFile, isQuiet, ...rest } = given;
  return {
    ...rest,
    ...(stdinSecret === undefined ? {} : { input: context.secret(stdinSecret) }),
    secretFds: fdSecrets.map((name, i) => ({ fd: 3 + i, bytes: context.secret(name) })),
    ...(toFile === undefined ? {} : { stdout: { to: "file" as const, path: toFile, mode: 0o600 } }),
    ...(isQuiet ? { stdout: { to: "callbacks" as const } } : {}),
  } as Parameters<ActionContext["program"]>[0];
}

const told = (result: ProgramResult) => ({
  exit_code: result.exitCode,
  stdout: result.stdout.toString("latin1").slice(0, 4000),
  stdout_bytes: result.stdoutBytes,
  is_cut: result.isStdoutCut,
  user_cpu_ms: result.usage.userCpuMs,
  max_rss_bytes: result.usage.maxRssBytes,
});

export const perform: Perform = async (task, context) => {
  switch (task.action) {
    case "test.run":
      return told(await context.program(specOf(Program.parse(task.arguments), context)));
    case "test.pipeline": {
      const specs = z.array(Program).parse(task.arguments.programs);
      const results = await context.pipeline(specs.map((spec) => specOf(spec, context)));
      return { exit_codes: results.map(({ exitCode }) => exitCode), last: told(results.at(-1)!) };
    }
    case "test.progress":
      for (let done = 0; done <= 50; done += 1) {
        context.progress({ done, total: 50, unit: "files", item: `file ${done}` });
        await sleep(20);
      }
      context.progress({ done: Number.NaN, unit: "files" });
      return {};
    case "test.undo":
      context.recordUndo({ kind: "restartPolicy", facts: { container: "db", policy: "always" } });
      await context.program({ file: "sleep", args: [String(task.arguments.seconds)] });
      return {};
    case "test.fail":
      throw new Failure("sourceNotAtRest", `Files are open: ${String(task.arguments.why)}`, {
        detail: "postgres 4711",
      });
    case "test.crash":
      setTimeout(() => {
        throw new TypeError("a defect of the action");
      }, 10);
      await sleep(60_000);
      return {};
    case "test.leakResult":
      return { note: `the passphrase is ${context.secret("operational").toString()}` };
    case "test.leakArgument":
      await context.program({ file: "echo", args: ["--key", context.secret("operational").toString()] });
      return {};
    case "test.leakFailure":
      throw new Failure("programFailed", `it said: ${context.secret("operational").toString()}`, {
        detail: Buffer.from(context.secret("operational")).toString("base64"),
      });
    case "test.deaf":
      await sleep(600_000);
      return {};
    case "test.busy":
      context.progress({ done: 0, unit: "steps" });
      for (;;) JSON.stringify(process.versions);
    case "test.strayDaemon":
      // Left running although nobody said that it should outlive the task.
      await context.program({ file: "bash", args: ["-c", "setsid sleep 600 >/dev/null 2>&1 & echo started"] });
      return {};
    case "test.lines": {
      const lines: [string, boolean][] = [];
      const spec = specOf(Program.parse(task.arguments), context);
      await context.program({ ...spec, onStdoutLine: (line, isCut) => lines.push([line.slice(0, 100), isCut]) });
      return { lines };
    }
    default:
      throw new Failure("actionUnknown", task.action);
  }
};
