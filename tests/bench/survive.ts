import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Guest, GuestWish } from "../../scripts/guest/guest.ts";
import { canRunGuest, startGuest } from "../../scripts/guest/guest.ts";
import { makeTemplate } from "../guest/support/sampleGuest.ts";
import type { Survived } from "../support/survive/migrate.ts";
import { migrateUnderFire } from "../support/survive/migrate.ts";
import { planKills, VICTIMS } from "../support/survive/plan.ts";
import { openWindowHouse } from "../support/windowHouse.ts";
import type { Outcome } from "./figures.ts";
import { keepResults } from "./figures.ts";
import { endedBySignal } from "./processes.ts";

const KILLS = 100;
const MIGRATIONS = 12;
/** What found nothing to kill by then is made up for in one more, or two. */
const MOST_MIGRATIONS = 14;

/**
 * `survive`: a hundred kills over twelve migrations in guests with dm-crypt, of everything that can die, in every phase. No baseline: what counts
 * is that nothing is lost. The seed, of its own each time, makes the same plan again: SLACKWATER_SEED=… npm run bench -- survive.
 */
export async function survive(): Promise<Outcome> {
  const ability = await canRunGuest();
  if (!ability.ok) throw new Error(`No guest can run here: ${ability.because}`);
  const seed = process.env.SLACKWATER_SEED ?? String(Date.now());
  const stateDirectory = mkdtempSync(join(tmpdir(), "slackwater-survive-"));
  const guests = new Set<Guest>();
  const template = await makeTemplate(stateDirectory);
  const house = await openWindowHouse(stateDirectory);
  const survived: Survived[] = [];
  const folder = {
    stateDirectory,
    start: async (wish: Omit<GuestWish, "stateDirectory">) => {
      const guest = await startGuest({ ...wish, stateDirectory });
      guests.add(guest);
      return guest;
    },
  };
  const migrateAll = async () => {
    const planned = planKills(seed, KILLS, MIGRATIONS);
    const missed = () => survived.at(-1)?.missed ?? [];
    for (let index = 0; index < MIGRATIONS || (index < MOST_MIGRATIONS && missed().length > 0); index += 1) {
      const kills = [...missed(), ...(planned[index] ?? [])];
      const name = `survive-${index + 1}`;
      const say = (line: string) => console.error(`${new Date().toISOString()} ${name}: ${line}`);
      const one = await migrateUnderFire(house, folder, { name, template, kills }, say);
      say(`${one.outcome}, ${one.kills.length} kills, held ${one.holds} times`);
      survived.push(one);
    }
  };
  try {
    await Promise.race([migrateAll(), endedBySignal()]);
  } finally {
    await house.close();
    for (const guest of guests) await guest.remove();
    rmSync(stateDirectory, { recursive: true, force: true });
  }
  return outcomeOf(seed, survived);
}

function outcomeOf(seed: string, survived: readonly Survived[]): Outcome {
  const sum = (of: (one: Survived) => number) => survived.reduce((total, one) => total + of(one), 0);
  const completed = survived.filter(({ outcome }) => outcome === "completed");
  const kills = survived.flatMap((one) => one.kills);
  const figures = {
    kills: kills.length,
    completed: completed.filter(({ holds }) => holds === 0).length,
    held_then_completed: completed.filter(({ holds }) => holds > 0).length,
    lost_bytes: sum(({ lostBytes }) => lostBytes),
    doubled_bytes: sum(({ doubledBytes }) => doubledBytes),
    left_processes: sum((one) => one.leftProcesses.length),
    rows_equal: survived.every(({ rowsEqual, encrypted }) => rowsEqual && encrypted === "luks2"),
  };
  const victims = Object.fromEntries(
    VICTIMS.map((each) => [each, kills.filter(({ victim }) => victim === each).length]),
  );
  keepResults("survive", { seed, figures, victims, migrations: survived });
  const words = Object.entries(figures).map(([name, value]) => `${name}=${value}`);
  return {
    line: `survive: ${words.join(" ")} seed=${seed}`,
    limits: [
      { name: "kills", value: figures.kills, least: KILLS },
      { name: "migrations that were not completed", value: survived.length - completed.length, most: 0 },
      { name: "lost_bytes", value: figures.lost_bytes, most: 0 },
      { name: "doubled_bytes", value: figures.doubled_bytes, most: 0 },
      { name: "left_processes", value: figures.left_processes, most: 0 },
      { name: "migrations whose rows differ", value: survived.filter(({ rowsEqual }) => !rowsEqual).length, most: 0 },
    ],
  };
}
