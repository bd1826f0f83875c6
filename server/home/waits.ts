import { checklistNow, openItems } from "../../domain/checklist/checklist.ts";
import type { Delegation } from "../../domain/delegation/delegations.ts";
import { decidesAt, delegationOf } from "../../domain/delegation/delegations.ts";
import { formatCounted } from "../../domain/format/count.ts";
import { criteriaNow } from "../../domain/gate/criteria.ts";
import { quorumOf } from "../../domain/gate/quorum.ts";
import type { PollState } from "../../domain/poll/poll.ts";
import { wordOfRole } from "../../domain/poll/poll.ts";
import type { Actor } from "../../domain/run/actor.ts";
import { isOneOf, mayOrder } from "../../domain/run/actor.ts";
import { unsealedAhead } from "../../domain/run/secretsAhead.ts";
import type { RunState } from "../../domain/run/state.ts";
import { gateOf, stepStageOf } from "../../domain/run/stepOf.ts";
import type { CompiledGate, CompiledRunbook } from "../../domain/runbook/compiled.ts";
import type { ChecklistItem } from "../../domain/runbook/schema.ts";
import { gateOfTrigger } from "../../domain/silence/buildSilence.ts";
import { silenceOf } from "../../domain/silence/silences.ts";
import type { Instant } from "../../domain/time.ts";
import type { WaitView } from "../../protocol/http/home.ts";

/** A run with the words that a wait is told in. */
export interface Waiting {
  readonly plan: CompiledRunbook;
  readonly state: RunState;
  readonly now: Instant;
  readonly actor: Actor;
  readonly window: { readonly id: string; readonly title: string; readonly zone: string };
  readonly nameOf: (userId: string) => string;
}

/** Everything in one run that waits for one person, most pressing first. What waits for others only is not in it. */
export function waitsOf(waiting: Waiting): readonly WaitView[] {
  return [
    ...decisions(waiting),
    ...silences(waiting),
    ...polls(waiting),
    ...sealAgain(waiting),
    ...held(waiting),
    ...manualSteps(waiting),
    ...start(waiting),
    ...rollbackReason(waiting),
    ...preparation(waiting),
    ...completion(waiting),
  ];
}

type Said = Omit<WaitView, "windowId" | "zone" | "untilAt"> & { readonly untilAt?: number | undefined };

function wait({ window }: Waiting, said: Said): WaitView {
  return { ...said, windowId: window.id, zone: window.zone, untilAt: said.untilAt ?? null };
}

/** True where this person may still decide at a gate that asks. */
export function mayStillDecide({ state, actor }: Pick<Waiting, "state" | "actor">, gate: CompiledGate): boolean {
  const { stage, decisions } = gateOf(state, gate.gateId);
  if (stage !== "asking" || gate.spec.opensBy !== "people" || !actor.roles.has("approver")) return false;
  const { of } = quorumOf(gate.spec);
  if (state.requesters.includes(actor.userId) || (of.length > 0 && !isOneOf(actor, of))) return false;
  return !decisions.some(({ by, life }) => by === actor.userId && (life === "valid" || life === "suspended"));
}

function decisions(waiting: Waiting): WaitView[] {
  const { plan, state, now, nameOf, window } = waiting;
  return plan.gates
    .filter((gate) => mayStillDecide(waiting, gate))
    .map((gate) => {
      const criteria = criteriaNow(plan, state, gate, now);
      const met = criteria.filter((criterion) => criterion.met).length;
      const signed = gateOf(state, gate.gateId).decisions.filter(({ life }) => life === "valid");
      const evidence = criteria.length === 0 ? [] : [`${met} of ${criteria.length} criteria pass.`];
      const others = signed.map(({ by, verdict }) => `${nameOf(by)} signed ${verdict}.`);
      const standsIn = Object.values<Delegation>(state.delegations)
        .filter(({ from, to }) => to === waiting.actor.userId && delegationOf(state, from, now) !== undefined)
        .map(({ from }) => `You stand in for ${nameOf(from)}.`);
      return wait(waiting, {
        kind: "decide",
        page: "decide",
        title: `${gate.spec.title}: ${window.title}`,
        detail: [...evidence, ...others, ...standsIn].join(" ") || "Nobody has signed yet.",
        untilAt: gateOf(state, gate.gateId).expiresAt,
        action: "Read and decide",
      });
    });
}

/** A silence that somebody signed, that needs more signatures, and that this person has not signed. */
function silences(waiting: Waiting): WaitView[] {
  const { plan, state, actor, now, nameOf, window } = waiting;
  if (!mayOrder(actor, "silenceTrigger") || state.requesters.includes(actor.userId)) return [];
  return plan.triggers.flatMap((trigger) => {
    const counting = silenceOf(state, trigger.id).signed.filter(({ silence }) => silence.statement.notAfter >= now);
    const [first] = counting;
    const isMine = decidesAt(gateOfTrigger(plan, trigger), actor) && !counting.some(({ by }) => by === actor.userId);
    if (first === undefined || !isMine) return [];
    return [
      wait(waiting, {
        kind: "silence",
        page: "run",
        title: `Silence “${trigger.source.title}”: ${window.title}`,
        detail: `${nameOf(first.by)} signed it: ${first.silence.statement.reason}`,
        untilAt: first.silence.statement.notAfter,
        action: "Read it",
      }),
    ];
  });
}

/** A poll of the room in which nobody has answered for a role of this person. */
function polls(waiting: Waiting): WaitView[] {
  const { plan, state, actor, nameOf, window } = waiting;
  if (!mayOrder(actor, "answerPoll")) return [];
  return Object.values<PollState>(state.polls)
    .filter(
      (poll) =>
        poll.closedAt === undefined &&
        poll.of.some((role) => isOneOf(actor, [role]) && wordOfRole(poll, role) === undefined),
    )
    .map(({ gateId, question, by }) => {
      const gate = plan.gates.find((each) => each.gateId === gateId);
      return wait(waiting, {
        kind: "poll",
        page: "decide",
        title: `${question || (gate?.spec.title ?? gateId)}: ${window.title}`,
        detail: `${nameOf(by)} asks the room. It binds nothing.`,
        action: "Say GO or NO-GO",
      });
    });
}

/** A run that a restart of its host has stopped goes on only when the words are sealed again: their holder may be asleep. */
function sealAgain(waiting: Waiting): WaitView[] {
  const { plan, state, actor, now, nameOf, window } = waiting;
  if (state.stage !== "held" || !mayOrder(actor, "recordSecret")) return [];
  return unsealedAhead({ plan, state, now })
    .filter(({ holder }) => isOneOf(actor, [holder]))
    .map(({ name, title }) => {
      const held = state.unsealed[name];
      const words =
        held === undefined ? [] : [`${nameOf(held.holder)} holds the words: ${held.place.replace(/\.$/, "")}.`];
      return wait(waiting, {
        kind: "sealAgain",
        page: "prepare",
        title: `Seal "${title}" again: ${window.title}`,
        detail: ["Its host was started anew, and the run can't go on without it.", ...words].join(" "),
        action: "Open the passphrases",
      });
    });
}

function held(waiting: Waiting): WaitView[] {
  const { state, actor, window } = waiting;
  if (state.stage !== "held" || !state.hold || !mayOrder(actor, "resume")) return [];
  return [
    wait(waiting, {
      kind: "held",
      page: "run",
      title: `Held: ${window.title}`,
      detail: state.hold.detail || "It goes on when somebody says so.",
      action: "See why",
    }),
  ];
}

function manualSteps(waiting: Waiting): WaitView[] {
  const { plan, state, actor, window } = waiting;
  if (state.stage === "ended" || !mayOrder(actor, "confirmManual")) return [];
  return [...plan.steps, ...plan.rollbackSteps].flatMap((step) =>
    step.work.kind === "manual" && stepStageOf(state, step.id) === "waiting" && isOneOf(actor, step.work.manual.by)
      ? [
          wait(waiting, {
            kind: "manual",
            page: "run",
            title: `${step.title}: ${window.title}`,
            detail: "A step waits for a person to do it and say so.",
            action: "Read it",
          }),
        ]
      : [],
  );
}

function start(waiting: Waiting): WaitView[] {
  const { state, actor, now, window } = waiting;
  const isOpen = now >= state.windowStartsAt && now < state.windowEndsAt;
  if (state.stage !== "ready" || !isOpen || !mayOrder(actor, "start")) return [];
  return [
    wait(waiting, {
      kind: "start",
      page: "run",
      title: `Start ${window.title}`,
      detail: "GO is signed and the window is open.",
      untilAt: state.windowEndsAt,
      action: "Go to start",
    }),
  ];
}

function rollbackReason(waiting: Waiting): WaitView[] {
  const { state, actor, window } = waiting;
  const { rollback } = state;
  if (rollback?.by !== actor.userId || rollback.reason !== undefined || rollback.detail !== "") return [];
  return [
    wait(waiting, {
      kind: "rollbackReason",
      page: "run",
      title: `Why you rolled back ${window.title}`,
      detail: "You ordered it without a reason, which is asked afterwards.",
      action: "Give the reason",
    }),
  ];
}

function preparation(waiting: Waiting): WaitView[] {
  const { plan, state, actor, now, window } = waiting;
  if (state.stage !== "preparing" || now >= state.windowEndsAt) return [];
  const items = checklistNow(plan, state, now);
  const mine = items.filter(
    ({ item, stage }) => (stage === "open" || stage === "failed" || stage === "stale") && isMine(plan, item, actor),
  );
  if (mine.length > 0) {
    const [first] = mine;
    return [
      wait(waiting, {
        kind: "prepare",
        page: "prepare",
        title: `Prepare ${window.title}`,
        detail: `${formatCounted(mine.length, "item")} of the checklist ${mine.length === 1 ? "waits" : "wait"} for you, first: ${first?.item.title}.`,
        untilAt: state.windowStartsAt,
        action: "Open the checklist",
      }),
    ];
  }
  if (openItems(plan, state, now).length > 0 || !mayOrder(actor, "askApproval")) return [];
  return [
    wait(waiting, {
      kind: "askApproval",
      page: "prepare",
      title: `Ask for GO on ${window.title}`,
      detail: "Its checklist is done.",
      untilAt: state.windowStartsAt,
      action: "Open the checklist",
    }),
  ];
}

function isMine(plan: CompiledRunbook, item: ChecklistItem, actor: Actor): boolean {
  if (item.confirm) return mayOrder(actor, "confirmItem") && isOneOf(actor, item.confirm.by);
  if (item.announce !== undefined) return mayOrder(actor, "confirmItem") && isOneOf(actor, [item.owner]);
  if (item.seal !== undefined) {
    const holder = plan.runbook.secrets[item.seal]?.holder;
    return holder !== undefined && mayOrder(actor, "recordSecret") && isOneOf(actor, [holder]);
  }
  return item.measure !== undefined && mayOrder(actor, "measure") && isOneOf(actor, [item.owner]);
}

function completion(waiting: Waiting): WaitView[] {
  const { state, actor, window } = waiting;
  const wasRun = state.stage === "ended" && state.startedAt !== undefined && state.outcome !== "abandoned";
  if (!wasRun || state.completion !== undefined || !mayOrder(actor, "signCompletion")) return [];
  return [
    wait(waiting, {
      kind: "complete",
      page: "report",
      title: `Sign off ${window.title}`,
      detail:
        state.outcome === "completed"
          ? "It is done. Nobody has signed it off."
          : "It was rolled back. Nobody has signed it off.",
      action: "Read the report",
    }),
  ];
}
