import { randomUUID } from "node:crypto";
import { Failure } from "../../domain/failure.ts";
import type { Instant } from "../../domain/time.ts";
import type { ActionContext } from "./actionContext.ts";
import { createProgramRunner } from "./program.ts";
import { createSecretKeeper } from "./secretKeeper.ts";

const GRACE_MS = 2_000;

/**
 * A context for a short look at the host from within the agent: probes and inspections of class `observe`. No runner, no spool: what
 * programs print goes to the caller's callbacks and results only, nothing is remembered, and what runs ends with the signal (and,
 * unlike a task's programs, is not looked after when the agent dies).
 */
export function createDirectContext(given: {
  readonly signal: AbortSignal;
  readonly now: () => Instant;
}): ActionContext {
  const { signal, now } = given;
  const keeper = createSecretKeeper();
  const { program, pipeline } = createProgramRunner({
    taskId: `look/${randomUUID()}`,
    keeper,
    signal,
    graceMs: () => GRACE_MS,
    patienceMs: () => 0,
    now,
    output: () => undefined,
    onBegan: () => undefined,
    onEnded: () => undefined,
    onEnding: () => undefined,
  });
  return {
    program,
    pipeline,
    progress: () => undefined,
    // A look at the host is over in seconds and is not throttled.
    allow: (wanted) => Promise.resolve(wanted),
    log: () => undefined,
    secret(name) {
      throw new Failure("secretMissing", `A look at the host has no secrets, and so no ${name}.`);
    },
    guard: keeper.guard,
    recordUndo() {
      throw new Failure("defect", "A look at the host changes nothing and has nothing to undo.");
    },
    signal,
    now,
  };
}
