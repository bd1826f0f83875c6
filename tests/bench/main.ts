import { agent } from "./agent.ts";
import { agents } from "./agents.ts";
import { engine } from "./engine.ts";
import { fanout } from "./fanout.ts";
import type { Outcome } from "./figures.ts";
import { brokenLimit } from "./figures.ts";
import { lighthouse } from "./lighthouse.ts";
import { progress } from "./progress.ts";
import { survive } from "./survive.ts";
import { takeover } from "./takeover.ts";

/**
 * npm run bench -- <name>: measures, keeps the figures in bench/results/, and ends with one line on stdout. Exit code 1 when a figure is
 * beyond what was promised.
 */
const BENCHES: Readonly<Record<string, () => Promise<Outcome>>> = {
  agent,
  agents,
  engine,
  fanout,
  lighthouse,
  progress,
  survive,
  takeover,
};

const [name = ""] = process.argv.slice(2);
const bench = BENCHES[name];
if (!bench) {
  console.error(`Say which one: npm run bench -- ${Object.keys(BENCHES).join(" | ")}`);
  process.exit(2);
}
const { line, limits } = await bench();
for (const limit of limits) {
  const broken = brokenLimit(limit);
  if (broken === undefined) continue;
  console.error(broken);
  process.exitCode = 1;
}
console.log(line);
