import { execFileSync } from "node:child_process";
import { Failure } from "../../../domain/failure.ts";
import { createBench } from "../../agent/actions/support/bench.ts";
import type { Act, ActEnd } from "./acting.ts";

// Carries acts out on the host it runs on, one after another, with the agent's real actions; says how each ended as one line of JSON.
const acts = JSON.parse(process.argv[2] ?? "[]") as readonly Act[];

async function carryOut(act: Act): Promise<ActEnd> {
  if (act.do === "shell") {
    const output = execFileSync("bash", ["-c", `${act.command} 2>&1 || true`], { encoding: "utf8" });
    return { output: output.trim(), log: [] };
  }
  const bench = createBench(act.secrets);
  try {
    const result = act.do === "run" ? await bench.run(act.action, act.args) : await bench.inspect(act.action, act.args);
    return { result: { ...result }, log: bench.log };
  } catch (error) {
    if (error instanceof Failure) return { failure: error.toReport(), log: bench.log };
    throw error;
  }
}

for (const act of acts) console.log(JSON.stringify(await carryOut(act)));
