// Prints length and SHA-256 of every task's output as it lies in an agent's spools: node digestSpools.ts <spool folder>
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { spoolPaths } from "../../../agent/process/spoolFiles.ts";
import { openSpoolReader } from "../../../agent/process/spoolReader.ts";

const spoolRoot = process.argv[2] ?? "";
const found: Record<string, { bytes: number; sha256: string }> = {};
for (const taskId of readdirSync(spoolRoot)) {
  const reader = openSpoolReader(spoolPaths(join(spoolRoot, taskId)).output, 0);
  const hash = createHash("sha256");
  for (let some = await reader.read(); some.length > 0; some = await reader.read()) {
    for (const chunk of some) {
      if (chunk.kind === "lost") throw new Error(`${taskId} lost ${chunk.length} bytes at ${chunk.offset}`);
      hash.update(chunk.bytes);
    }
  }
  found[taskId] = { bytes: reader.offset, sha256: hash.digest("hex") };
  await reader.close();
}
console.log(JSON.stringify(found));
