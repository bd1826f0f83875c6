import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import type { Digest, RunId } from "../../domain/ids.ts";
import type { Head } from "../../domain/run/chain.ts";
import { checkChain, EMPTY_HEAD } from "../../domain/run/chain.ts";
import { LoggedEvent } from "../../domain/run/events.ts";
import { SealedSecret } from "../../protocol/agent.ts";
import { PackAbout } from "../../protocol/runPack.ts";
import { sha256 } from "../approval/ownReading.ts";

/** Where each part of a run's pack lies: `<state>/packs/<run>/`. */
export function packPaths(packs: string, runId: RunId) {
  const folder = join(packs, runId);
  return {
    folder,
    /** What stands beside the log, one JSON text. */
    about: join(folder, "about.json"),
    /** The run's events as the server's log has them, a line of canonical JSON each. */
    log: join(folder, "log.jsonl"),
    /** To be read and printed. */
    page: join(folder, "pack.html"),
  } as const;
}

/** What stands beside the log: `about.json`. */
export const PackBeside = z.strictObject({ about: PackAbout, secrets: z.array(SealedSecret).max(20) });
export type PackBeside = z.infer<typeof PackBeside>;

/** By what the server knows whether a host has the newest of it. */
export function digestOfBeside(beside: PackBeside): Digest {
  return sha256(canonicalJson(beside));
}

/** A run as its host holds it: all that there is to know of it, up to the head. */
export interface RunPack extends PackBeside {
  readonly runId: RunId;
  readonly events: readonly LoggedEvent[];
  readonly head: Head;
}

/** A pack that holds together; or in a sentence what is wrong with it. */
export type ReadPack = { readonly ok: true; readonly pack: RunPack } | { readonly ok: false; readonly problem: string };

/**
 * Reads a pack and checks it: the chain of its events, that they are this run's, and that the text is the one that was decided.
 * Signatures are checked when something is begun on them.
 */
export function readPack(packs: string, runId: RunId, fingerprint: Digest): ReadPack {
  const paths = packPaths(packs, runId);
  const log = readPackLog(packs, runId);
  if (!log.ok) return wrong(log.problem);
  if (!existsSync(paths.about)) return wrong(`${paths.about} is not there`);
  const beside = parsed(PackBeside, readFileSync(paths.about, "utf8"));
  if (beside === undefined) return wrong(`${paths.about} can't be read`);
  const [created] = log.events;
  if (created?.event.type !== "runCreated" || created.event.runId !== runId) {
    return wrong(`${paths.log} does not begin with the making of run ${runId}`);
  }
  const hosts = Object.values(created.event.hosts);
  if (!hosts.some(({ keyFingerprint }) => keyFingerprint === fingerprint)) {
    return wrong("it is for other hosts: none of its keys is this host's");
  }
  if (sha256(beside.about.runbookText) !== created.event.runbookDigest) {
    return wrong(`the runbook in ${paths.about} is not the one that the run was made with`);
  }
  return { ok: true, pack: { runId, ...beside, events: log.events, head: log.head } };
}

/** The log of a pack, as far as its lines are whole: the torn end of a last write is left out. */
export type ReadPackLog =
  | { readonly ok: true; readonly events: readonly LoggedEvent[]; readonly head: Head; readonly soundBytes: number }
  | { readonly ok: false; readonly problem: string };

/** Reads the log of a pack and checks its chain. One that is not there has no events. */
export function readPackLog(packs: string, runId: RunId): ReadPackLog {
  const { log } = packPaths(packs, runId);
  if (!existsSync(log)) return { ok: true, events: [], head: EMPTY_HEAD, soundBytes: 0 };
  const text = readFileSync(log, "utf8");
  const end = text.lastIndexOf("\n") + 1;
  const events: LoggedEvent[] = [];
  for (const [index, line] of text.slice(0, end).split("\n").slice(0, -1).entries()) {
    const event = parsed(LoggedEvent, line);
    if (event === undefined) return wrong(`line ${index + 1} of ${log} can't be read`);
    events.push(event);
  }
  const chain = checkChain(runId, events.map(asLink), sha256);
  if (!chain.intact) return wrong(`${log} was changed: event ${chain.seq} does not fit the chain`);
  return { ok: true, events, head: chain.head, soundBytes: Buffer.byteLength(text.slice(0, end)) };
}

/** An event in the form in which the chain is checked. */
export function asLink({ event, ...link }: LoggedEvent) {
  return { ...link, payload: canonicalJson(event) };
}

const wrong = (problem: string) => ({ ok: false, problem }) as const;

function parsed<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    const read = schema.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}
