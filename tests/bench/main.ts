import { engine } from "./engine.ts";
import { fanout } from "./fanout.ts";
import { progress } from "./progress.ts";

/** npm run bench -- <name>: measures, keeps the figures in bench/results/, and ends with one line. */
const BENCHES: Readonly<Record<string, () => Promise<string>>> = { engine, fanout, progress };

const [name = ""] = process.argv.slice(2);
const bench = BENCHES[name];
if (!bench) {
  console.error(`Say which one: npm run bench -- ${Object.keys(BENCHES).join(" | ")}`);
  process.exit(2);
}
console.log(await bench());
