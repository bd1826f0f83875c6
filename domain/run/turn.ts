import type { HostId } from "../ids.ts";
import type { CompiledRunbook } from "../runbook/compiled.ts";
import type { Instant } from "../time.ts";
import type { RunEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import type { RefusalCode } from "./refusals.ts";
import type { RunState } from "./state.ts";

/** Why an order is not carried out. */
export interface Refusal {
  readonly because: RefusalCode;
  readonly detail: string;
}

/** A refusal with what the person should know beyond its code's sentence. */
export function refuse(because: RefusalCode, detail = ""): Refusal {
  return { because, detail };
}

/**
 * One turn of deciding: events are emitted one by one, and each is folded in at once, so that whatever is decided next sees it.
 * Lives inside one call of `decide`; outside of that everything is a value.
 */
export class Turn {
  readonly plan: CompiledRunbook;
  readonly now: Instant;
  /** The host that decides; undefined: the server does. A host reaches no other. */
  readonly host: HostId | undefined;
  readonly #events: RunEvent[] = [];
  #state: RunState;

  constructor(plan: CompiledRunbook, state: RunState, now: Instant, host?: HostId) {
    this.plan = plan;
    this.now = now;
    this.host = host;
    this.#state = state;
  }

  /** The run with everything emitted so far. */
  get state(): RunState {
    return this.#state;
  }

  /** What happened in this turn, in order. */
  get events(): readonly RunEvent[] {
    return this.#events;
  }

  /** Adds an event. Throws IllegalTransition when it can't follow: a defect of the deciding code. */
  emit(event: RunEvent): void {
    this.#state = evolve(this.#state, { seq: this.#state.seq + 1, at: this.now, event });
    this.#events.push(event);
  }
}
