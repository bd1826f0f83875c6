import { parseArgs } from "node:util";
import { exportToFile } from "./exportFile.ts";
import { lintFile } from "./lint.ts";
import type { CommandReport } from "./report.ts";
import { UsageFailure } from "./report.ts";
import { verifyFile } from "./verify.ts";

const USAGE = `slackwater verify <file> [--anchor <agent's journal or older export>]...
    Checks an exported run: its chain, its signatures, what was allowed, and who anchors which part. No server is needed.
slackwater export <run id> --out <file>
    Writes a run to a new file, from DATABASE_URL or the embedded database of STATE_DIRECTORY.
slackwater lint <runbook.yaml>
    Checks a runbook; every problem with its line and column.
`;

async function run(words: readonly string[]): Promise<CommandReport> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { anchor: { type: "string", multiple: true }, out: { type: "string" }, help: { type: "boolean" } },
  });
  const [command, what, ...more] = positionals;
  if (values.help) return { exitCode: 0, lines: [USAGE.trimEnd()] };
  if (command === undefined || what === undefined || more.length > 0)
    throw new UsageFailure("Say what to do with what.");
  switch (command) {
    case "verify":
      return verifyFile(what, values.anchor ?? []);
    case "export":
      if (values.out === undefined) throw new UsageFailure("Say where to write it: --out <file>");
      return exportToFile({ runId: what, out: values.out, environment: process.env, now: Date.now() });
    case "lint":
      return lintFile(what);
    default:
      throw new UsageFailure(`There is no command "${command}".`);
  }
}

try {
  const { exitCode, lines } = await run(process.argv.slice(2));
  const out = exitCode === 0 ? process.stdout : process.stderr;
  out.write(`${lines.join("\n")}\n`);
  process.exitCode = exitCode;
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof UsageFailure || (error instanceof TypeError && "code" in error);
  process.stderr.write(isUsage ? `${message}\n\n${USAGE}` : `${message}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
