import type { Instant } from "../time.ts";
import type { EventOf } from "./events.ts";
import type { RunState } from "./state.ts";

/** The run as its first event makes it: in preparation, nothing measured, nothing decided. */
export function initialState(seq: number, at: Instant, event: EventOf<"runCreated">): RunState {
  return {
    runId: event.runId,
    windowId: event.windowId,
    kind: event.kind,
    runbookDigest: event.runbookDigest,
    executableDigest: event.executableDigest,
    parameters: event.parameters,
    hosts: event.hosts,
    windowStartsAt: event.windowStartsAt,
    windowEndsAt: event.windowEndsAt,
    requesters: event.requestedBy,
    stage: "preparing",
    createdAt: at,
    steps: {},
    tasks: {},
    gates: {},
    delegations: {},
    polls: {},
    facts: {},
    clocksOff: {},
    confirmed: {},
    waivers: {},
    secrets: {},
    unsealed: {},
    triggers: {},
    silences: {},
    silent: {},
    announced: [],
    timers: {},
    notes: [],
    takeovers: [],
    nonces: [],
    seq,
    lastEventAt: at,
  };
}
