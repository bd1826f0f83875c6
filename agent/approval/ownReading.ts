import { createHash } from "node:crypto";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import type { Statement } from "../../domain/decision/statement.ts";
import type { Sha256 } from "../../domain/digest.ts";
import { Failure } from "../../domain/failure.ts";
import type { HostId } from "../../domain/ids.ts";
import { Digest, partsOfTaskId } from "../../domain/ids.ts";
import type { AnyStep } from "../../domain/run/findStep.ts";
import { findStep, workOf } from "../../domain/run/findStep.ts";
import { factTree } from "../../domain/run/scope.ts";
import type { CompiledRunbook, CompiledTask, Scope } from "../../domain/runbook/compiled.ts";
import type { Instant } from "../../domain/time.ts";
import type { Authority, TaskOrder } from "../../protocol/agent.ts";
import type { Compile } from "./compileOnce.ts";
import type { PastTask } from "./ownFacts.ts";
import { ownView } from "./ownFacts.ts";
import { refuse } from "./refuse.ts";

/** What this host needs to read an order's runbook with its own eyes. */
export interface Reader {
  readonly fingerprint: Digest;
  readonly hostId: HostId;
  /** Tasks of this run in this agent's own journal, oldest first. */
  readonly past: readonly PastTask[];
  readonly now: Instant;
  /** See compileOnce.ts. */
  readonly compile: Compile;
}

export const sha256: Sha256 = (text) => Digest.parse(createHash("sha256").update(text, "utf8").digest("hex"));

/** What a runbook's text with its parameters and hosts is known by: whatever was done under one says nothing under another. */
export function groundsOf({ executableDigest, parameters, hosts }: Authority): Digest {
  return sha256(canonicalJson({ executableDigest, parameters, hosts }));
}

/** The step of the text that an order is for. */
export interface OwnReading {
  readonly compiled: CompiledRunbook;
  readonly step: AnyStep;
  readonly task: CompiledTask;
}

/** Compiles the text that came with an order, and finds the order's step in it. Throws `notAuthorised`, naming what differs. */
export async function readText(order: TaskOrder, authority: Authority, reader: Reader): Promise<OwnReading> {
  const compiled = await compileText(authority, reader);
  return { compiled, ...findTask(compiled, order, authority, reader) };
}

/**
 * The grounds on which an order that needs no decision is just what the text says of its step; undefined where it is not. Only what was
 * done so counts later as measured, compared or done: else a stolen server could have another thing measured under a step's name.
 */
export async function groundsAsInText(
  order: TaskOrder,
  authority: Authority,
  reader: Reader,
): Promise<Digest | undefined> {
  try {
    const reading = await readText(order, authority, reader);
    assertSameArguments(reading, order, authority, reader);
    return groundsOf(authority);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

async function compileText(authority: Authority, reader: Reader): Promise<CompiledRunbook> {
  if (sha256(authority.runbookText) !== authority.runbookDigest)
    refuse("The runbook's text is not that of its digest.");
  const compiled = await reader.compile(authority.runbookText, sha256);
  if (typeof compiled === "string") return refuse(`The runbook can't be read on this host: ${compiled}`);
  if (compiled.digests.executable !== authority.executableDigest) {
    refuse(
      `The runbook compiles to ${compiled.digests.executable} here, and the order has ${authority.executableDigest}.`,
    );
  }
  return compiled;
}

function findTask(
  compiled: CompiledRunbook,
  order: TaskOrder,
  authority: Authority,
  reader: Reader,
): { step: AnyStep; task: CompiledTask } {
  const { stepId } = partsOfTaskId(order.taskId);
  const step = findStep(compiled, stepId);
  const work = step === undefined ? undefined : workOf(step);
  if (step === undefined || work?.kind !== "task") return refuse(`The runbook has no task at step ${stepId}.`);
  if (work.task.action !== order.action)
    refuse(`Step ${stepId} is ${work.task.action}, and the order is ${order.action}.`);
  if (authority.hosts[work.task.host] !== reader.fingerprint) refuse(`Step ${stepId} is not for this host.`);
  return { step, task: work.task };
}

/**
 * Throws `notAuthorised` unless an order's arguments are those that this host computes itself, naming the first that is not.
 *
 * @param signed the statement that the order rests on, where it rests on one: the window's times are taken from it
 */
export function assertSameArguments(
  { compiled, task }: OwnReading,
  order: TaskOrder,
  authority: Authority,
  reader: Reader,
  signed?: Statement,
): void {
  const rendered = compiled.expressions.renderArguments(
    task.with,
    ownScope(compiled, order, authority, reader, signed),
  );
  const own = rendered.ok
    ? rendered.value
    : refuse(`The arguments can't be computed from what this host knows itself: ${rendered.failure.message}`);
  const names = new Set([...Object.keys(own), ...Object.keys(order.arguments)]);
  for (const name of [...names].sort()) {
    const [here, there] = [inWords(own[name]), inWords(order.arguments[name])];
    if (here !== there)
      refuse(`Argument ${name} is ${here} by what this host knows itself, and the order has ${there}.`);
  }
}

function ownScope(
  compiled: CompiledRunbook,
  order: TaskOrder,
  authority: Authority,
  reader: Reader,
  signed: Statement | undefined,
): Scope {
  const { runId } = partsOfTaskId(order.taskId);
  const base = {
    params: authority.parameters,
    run: { id: runId, kind: signed?.kind ?? ("live" as const) },
    now: reader.now,
    window: { starts_at: signed?.windowStartsAt ?? reader.now, ends_at: signed?.windowEndsAt ?? reader.now },
  };
  const view = ownView(doneAsInText(reader.past, authority), compiled, reader.hostId, base);
  return { ...base, facts: factTree(view.facts, reader.now), began: view.began, done: view.done };
}

/** Of what was done here for the run, what was done just as this text, with these parameters and hosts, says. */
export function doneAsInText(past: readonly PastTask[], authority: Authority): readonly PastTask[] {
  const grounds = groundsOf(authority);
  return past.filter((task) => task.grounds === grounds);
}

function inWords(value: unknown): string {
  return value === undefined ? "absent" : canonicalJson(value);
}
