import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import type { Digest } from "../../domain/ids.ts";
import { RunId } from "../../domain/ids.ts";
import type { Head } from "../../domain/run/chain.ts";
import { checkChain, EMPTY_HEAD } from "../../domain/run/chain.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import type { PackHeld } from "../../protocol/runPack.ts";
import { MOST_PACKS } from "../../protocol/runPack.ts";
import { sha256 } from "../approval/ownReading.ts";
import { localTurnsPath } from "../localRun/localFiles.ts";
import { appendDurably, replaceFile, syncDirectory } from "../process/durableFile.ts";
import type { PackBeside, ReadPack } from "./packFiles.ts";
import {
  asLink,
  digestOfBeside,
  PackBeside as PackBesideSchema,
  packPaths,
  readPack,
  readPackLog,
} from "./packFiles.ts";

/** The run packs of this host. What a method takes is on the disk when it returns; it throws what the disk refuses. */
export interface PackStore {
  /** Takes what stands beside the log, in the place of what was there. */
  takeBeside(runId: RunId, beside: PackBeside): void;
  /** Takes the events behind the last one held. Throws a RangeError, and takes nothing, where they are not that. */
  takeEvents(runId: RunId, after: Head, events: readonly LoggedEvent[]): void;
  /** For the server: how far each is. */
  held(): PackHeld[];
  runs(): readonly RunId[];
  /** Reads a pack and checks it whole. */
  read(runId: RunId): ReadPack;
  remove(runId: RunId): void;
}

/** Largest log that is kept, in bytes. A run of hundreds of steps has less than a tenth of it. */
const MOST_LOG_BYTES = 8 * 1024 * 1024;

interface Held {
  about: Digest | undefined;
  head: Head;
  logBytes: number;
}

/** Opens the packs in `directory`. One that is damaged is let go of with a line in the log: the server brings it anew. */
export function openPackStore(
  directory: string,
  own: { readonly fingerprint: Digest; readonly log: (line: string) => void },
): PackStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const packs = new Map<RunId, Held>();

  const remove = (runId: RunId): void => {
    packs.delete(runId);
    rmSync(packPaths(directory, runId).folder, { recursive: true, force: true });
    syncDirectory(directory);
  };

  for (const name of readdirSync(directory)) {
    const runId = RunId.safeParse(name);
    if (!runId.success) continue;
    const log = readPackLog(directory, runId.data);
    const about = digestOnDisk(packPaths(directory, runId.data).about);
    if (log.ok) packs.set(runId.data, { about, head: log.head, logBytes: log.soundBytes });
    else {
      own.log(`the pack of run ${runId.data} is let go of: ${log.problem}`);
      // What was done here by itself stays, whatever became of the pack that it stands on.
      if (!existsSync(localTurnsPath(packPaths(directory, runId.data).folder))) remove(runId.data);
    }
  }

  const entry = (runId: RunId): Held => {
    const known = packs.get(runId);
    if (known !== undefined) return known;
    if (packs.size >= MOST_PACKS) throw new RangeError(`${MOST_PACKS} packs lie here, and no more are taken`);
    mkdirSync(packPaths(directory, runId).folder, { mode: 0o700, recursive: true });
    syncDirectory(directory);
    const fresh: Held = { about: undefined, head: EMPTY_HEAD, logBytes: 0 };
    packs.set(runId, fresh);
    return fresh;
  };

  return {
    takeBeside(runId, beside) {
      const pack = entry(runId);
      replaceFile(packPaths(directory, runId).about, `${JSON.stringify(beside)}\n`, { durable: true });
      pack.about = digestOfBeside(beside);
    },
    takeEvents(runId, after, events) {
      const pack = entry(runId);
      if (after.hash !== pack.head.hash) throw new RangeError(`they follow event ${after.seq}, not ${pack.head.seq}`);
      const chain = checkChain(runId, events.map(asLink), sha256, pack.head);
      if (!chain.intact) throw new RangeError(`event ${chain.seq} does not fit the chain`);
      const bytes = Buffer.from(events.map((event) => `${canonicalJson(event)}\n`).join(""));
      if (pack.logBytes + bytes.length > MOST_LOG_BYTES) throw new RangeError("its log would be too long");
      appendDurably(packPaths(directory, runId).log, bytes, pack.logBytes);
      pack.head = chain.head;
      pack.logBytes += bytes.length;
    },
    held: () => [...packs].flatMap(([runId, { about, head }]) => (about === undefined ? [] : [{ runId, about, head }])),
    runs: () => [...packs.keys()],
    read: (runId) => readPack(directory, runId, own.fingerprint),
    remove(runId) {
      if (packs.has(runId)) remove(runId);
    },
  };
}

function digestOnDisk(path: string): Digest | undefined {
  try {
    return digestOfBeside(PackBesideSchema.parse(JSON.parse(readFileSync(path, "utf8"))));
  } catch {
    return undefined;
  }
}
