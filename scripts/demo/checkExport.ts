import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PersonClient } from "./personClient.ts";

const run = promisify(execFile);

/** Exports a run over the API and has the command line tool verify the file: `ok`, or what it found. */
export async function checkExport(how: {
  root: string;
  client: PersonClient;
  runId: string;
  folder: string;
}): Promise<string> {
  await mkdir(how.folder, { recursive: true });
  const file = join(how.folder, `run-${how.runId}.jsonl`);
  await writeFile(file, await how.client.getText(`/api/runs/${how.runId}/export`));
  try {
    await run(process.execPath, [join(how.root, "server/cli/main.ts"), "verify", file]);
    return "ok";
  } catch (error) {
    console.error(error instanceof Error && "stderr" in error ? String(error.stderr) : error);
    return "broken";
  }
}
