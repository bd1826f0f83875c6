import { z } from "zod";
import type { OrderName } from "../../domain/run/intents.ts";
import { Order } from "../../domain/run/intents.ts";
import type { Progress } from "../agent.ts";
import type { WindowType } from "./windows.ts";

/** Orders that have a route of their own: one brings a signature that was asked for, the other what was sealed. */
const ELSEWHERE: ReadonlySet<string> = new Set<OrderName>(["decide", "recordSecret"]);

/**
 * An order to a run. `afterSeq` is the last event that the page had seen: nobody goes on past a hold that came after it.
 */
export const OrderBody = z.strictObject({
  order: Order.refine(({ order }) => !ELSEWHERE.has(order), "This order has a route of its own."),
  afterSeq: z.int().min(0),
});
export type OrderBody = z.infer<typeof OrderBody>;

/** What became of an order: the events it caused stand in the log up to `seq`. */
export type OrderAnswer =
  | { readonly accepted: true; readonly seq: number }
  | { readonly accepted: false; readonly because: string; readonly message: string; readonly detail: string };

/** A passphrase made in the browser, sealed (age) to the run key of a host. */
export const SealSecretBody = z.strictObject({
  secret: z.string().max(63),
  recipient: z.string().max(200),
  ciphertext: z.base64().max(12_000),
  place: z.string().trim().min(1, "Say where it is kept.").max(400),
});

/** A value with what it was judged against, its age and its source. Text is ready to show. */
export interface FactView {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly measuredAt: number;
  readonly staleAt: number | null;
  readonly source: string;
}

export interface CriterionView {
  readonly id: string;
  readonly title: string;
  readonly kind: "go" | "nogo" | "gate";
  readonly verdict: "pass" | "fail" | "unknown";
  readonly waivable: boolean;
  readonly waived: { readonly by: string; readonly reason: string } | null;
  /** The values it was judged on, ready to show. */
  readonly values: readonly FactView[];
  readonly expression: string;
  /** Names of facts that are missing or stale, when unknown. */
  readonly lacking: readonly string[];
  readonly notes: string | null;
}

export interface ChecklistItemView {
  readonly id: string;
  readonly title: string;
  readonly kind: "measure" | "confirm" | "announce" | "seal";
  readonly state: "done" | "open" | "failed" | "stale" | "running" | "waitsForPerson";
  readonly measured: string | null;
  readonly needed: string | null;
  readonly at: number | null;
  readonly owner: string;
  readonly notes: string | null;
  readonly failure: TroubleView | null;
  readonly confirm: { readonly type: "yesNo" | "number" | "text"; readonly by: readonly string[] } | null;
  readonly secret: string | null;
  readonly announcementId: string | null;
  /** An agent can be ordered to measure it; false where it only expects something of what others measure. */
  readonly measurable: boolean;
  /** Roles that say that an announcement went out. */
  readonly announceBy: readonly string[];
}

/** Three lines of trouble: what, data, do. */
export interface TroubleView {
  readonly code: string;
  readonly what: string;
  readonly data: string;
  readonly todo: string;
  readonly detail: string | null;
}

export interface StepView {
  readonly id: string;
  /** 1-based for steps, null for gates. */
  readonly number: number | null;
  readonly title: string;
  readonly kind: "task" | "manual" | "gate" | "announce" | "wait";
  readonly phase: string;
  readonly stage: "planned" | "running" | "waiting" | "done" | "failed" | "unknown" | "skipped" | "cancelled";
  readonly attempt: number;
  readonly purpose: string | null;
  readonly notes: string | null;
  readonly plannedMs: number;
  readonly plannedStartAt: number;
  readonly plannedEndAt: number;
  readonly beganAt: number | null;
  readonly endedAt: number | null;
  readonly forecastStartAt: number | null;
  readonly forecastEndP50At: number | null;
  readonly forecastEndP90At: number | null;
  readonly taskId: string | null;
  /** True while its task is being ended on the host. */
  readonly cancelOrdered: boolean;
  readonly host: string | null;
  readonly action: string | null;
  /** The exact arguments of the current attempt, as JSON text; null before it begins. */
  readonly command: string | null;
  readonly progress: { readonly at: number; readonly progress: Progress } | null;
  readonly judgements: readonly {
    readonly title: string;
    readonly verdict: "pass" | "fail" | "unknown";
    readonly values: Readonly<Record<string, unknown>>;
  }[];
  readonly failure: TroubleView | null;
  readonly skipReason: string | null;
  readonly skippable: boolean;
  readonly manual: {
    readonly instructions: string;
    readonly by: readonly string[];
    readonly fields: readonly {
      readonly name: string;
      readonly title: string;
      readonly type: "yesNo" | "number" | "text";
      readonly required: boolean;
    }[];
  } | null;
}

export interface DecisionView {
  readonly by: string;
  readonly userId: string;
  readonly groups: readonly string[];
  readonly verdict: "GO" | "NO-GO";
  readonly life: "valid" | "suspended" | "void" | "spent" | "takenBack";
  readonly because: string | null;
  readonly signedAt: number;
  readonly words: readonly string[];
  readonly software: boolean;
}

export interface GateView {
  readonly gateId: string;
  readonly title: string;
  readonly stage: "ahead" | "asking" | "open" | "refused" | "closed";
  readonly opensBy: "people" | "criteria";
  readonly needs: string;
  readonly askedAt: number | null;
  readonly expiresAt: number | null;
  readonly decidedAt: number | null;
  readonly decisions: readonly DecisionView[];
  /** Everyone who may decide here, and whether they did. */
  readonly deciders: readonly {
    readonly userId: string;
    readonly name: string;
    readonly groups: readonly string[];
    readonly isRequester: boolean;
  }[];
  readonly criteria: readonly CriterionView[];
  readonly afterGo: string | null;
  readonly cannotBeUndone: string | null;
  readonly afterNoGo: string | null;
  /** Steps from here to the next gate. */
  readonly willDo: readonly {
    readonly id: string;
    readonly number: number | null;
    readonly title: string;
    readonly plannedMs: number;
  }[];
  /** Digest that all who decide now would sign over, as six words; personal fields left out. */
  readonly words: readonly string[];
}

export interface TriggerView {
  readonly id: string;
  readonly title: string;
  readonly action: "notify" | "hold" | "rollback";
  readonly stage: "quiet" | "pending" | "fired" | "notArmed" | "paused" | "noData";
  readonly since: number | null;
  readonly value: string | null;
  readonly expression: string;
}

export interface RollbackView {
  /** False where nothing began that a rollback would undo. */
  readonly possible: boolean;
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    readonly plannedMs: number;
    readonly stage: StepView["stage"];
    readonly undoes: string | null;
    readonly beganAt: number | null;
    readonly endedAt: number | null;
    readonly kind: StepView["kind"];
    readonly manual: StepView["manual"];
    readonly cancelOrdered: boolean;
    readonly attempt: number;
    readonly host: string | null;
    readonly action: string | null;
    readonly command: string | null;
    readonly taskId: string | null;
    readonly progress: StepView["progress"];
    readonly failure: TroubleView | null;
  }[];
  readonly expectedMs: number;
  /** What it would lose, in one sentence; null where it can't be told, and then `losesUnknown` says why. */
  readonly loses: string | null;
  readonly losesUnknown: string | null;
  readonly losesNothing: boolean;
}

export interface ForecastView {
  readonly finishP50At: number | null;
  readonly finishP90At: number | null;
  /** 0 to 1: odds of finishing inside the window. */
  readonly oddsInWindow: number | null;
  readonly pointOfNoReturnAt: number | null;
  readonly latenessMs: number | null;
  readonly why: string;
}

export interface AnnouncementLine {
  readonly id: string;
  readonly title: string;
  readonly audience: "users" | "team" | "status-page" | "ticket";
  readonly stage: "sent" | "now" | "next" | "ifNeeded";
  readonly at: number | null;
}

/** One announcement rendered with the facts of now, or as it was published. */
export interface AnnouncementView extends AnnouncementLine {
  readonly subject: string;
  readonly text: string;
  readonly markdown: string;
  readonly html: string;
  /** Every placeholder that was filled, with its source; `value` stands in the text. */
  readonly filled: readonly {
    readonly name: string;
    readonly value: string;
    readonly source: string;
    readonly at: number | null;
  }[];
  /** Names that have no value yet. */
  readonly missing: readonly string[];
  readonly renderedAt: number;
}

/**
 * Everything that the pages of one window show, presented once per sequence number and the same for every reader. What depends on
 * the reader is in `RunReader`.
 */
export interface RunView {
  readonly seq: number;
  /** The server's clock when this was presented. */
  readonly now: number;
  readonly runId: string;
  readonly windowId: string;
  readonly kind: "live" | "rehearsal";
  readonly stage: "preparing" | "deciding" | "ready" | "running" | "held" | "rollingBack" | "ended";
  /** One of the state words of the look. */
  readonly stateWord: string;
  readonly outcome: "completed" | "rolledBack" | "abandoned" | null;
  readonly title: string;
  readonly service: { readonly slug: string; readonly name: string };
  readonly type: WindowType;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly zone: string;
  readonly runbook: {
    readonly title: string;
    readonly version: string;
    readonly digest: string;
    readonly risk: string;
  };
  /** Where the data is, in one sentence. Every state has one. */
  readonly dataSentence: string;
  /** Null unless the volume's encryption was measured: luks2, or none (a machine without dm-crypt). */
  readonly encrypted: "luks2" | "none" | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly hold: {
    readonly cause: string;
    readonly detail: string;
    readonly since: number;
    readonly during: "forward" | "rollback";
    readonly stepId: string | null;
    readonly by: string | null;
  } | null;
  readonly rolledBack: {
    readonly beganAt: number;
    readonly detail: string;
    readonly reason: string | null;
    readonly by: string | null;
  } | null;
  /** A rollback is ordered and waits until the task that runs has been ended. */
  readonly rollbackOrdered: { readonly at: number; readonly by: string | null; readonly detail: string } | null;
  readonly currentStepId: string | null;
  readonly steps: readonly StepView[];
  readonly gates: readonly GateView[];
  readonly criteria: readonly CriterionView[];
  readonly checklist: readonly {
    readonly id: string;
    readonly title: string;
    readonly items: readonly ChecklistItemView[];
  }[];
  readonly secrets: readonly {
    readonly name: string;
    readonly title: string;
    readonly keep: string;
    readonly words: number;
    readonly host: string;
    readonly hostId: string;
    readonly sealed: { readonly holder: string; readonly place: string; readonly at: number } | null;
    readonly recipient: string | null;
    readonly recipientSignature: string | null;
    /** The host's Ed25519 public key, base64 of 32 raw bytes: the browser checks the signature with it before it seals. */
    readonly hostKey: string | null;
    /** Who is to hold it: a word of the runbook. */
    readonly holder: string;
  }[];
  readonly triggers: readonly TriggerView[];
  readonly rollback: RollbackView;
  readonly forecast: ForecastView;
  readonly announcements: readonly AnnouncementLine[];
  readonly facts: readonly FactView[];
  readonly hosts: readonly {
    readonly role: string;
    readonly hostId: string;
    readonly name: string;
    readonly connected: boolean;
    readonly lastSeenAt: number | null;
    readonly words: readonly string[];
  }[];
  readonly downtime: {
    readonly lastAcceptedAt: number;
    readonly firstAcceptedAt: number | null;
    /** Sum of all the times in which users were kept out, in ms; null until they are let back. */
    readonly downtimeMs: number | null;
    /** A client that writes all the time, or the run's own steps: from the stop of the writers to their return. */
    readonly measuredBy: "client" | "steps";
  } | null;
  readonly contacts: readonly { readonly role: string; readonly text: string }[];
  readonly note: { readonly text: string; readonly by: string; readonly at: number } | null;
  readonly afterwards: readonly {
    readonly id: string;
    readonly title: string;
    readonly dueAt: number | null;
    readonly kind: "task" | "check" | "retention";
    readonly notes: string | null;
  }[];
  readonly completion: {
    readonly by: string;
    readonly at: number;
    readonly allVerified: boolean;
    readonly inProduction: boolean;
    readonly issues: string;
  } | null;
  readonly signOff: { readonly before: string; readonly after: string };
  readonly requesters: readonly string[];
  readonly log: readonly { readonly seq: number; readonly at: number; readonly type: string; readonly text: string }[];
}

/** What one reader may do now; each order with its reason when not. */
export interface RunReader {
  readonly may: Readonly<Record<string, { readonly allowed: boolean; readonly because: string | null }>>;
  readonly isRequester: boolean;
}

/** Planned against actual, decisions, facts before and after: the report of an ended run. */
export interface ReportView {
  readonly run: RunView;
  readonly markdown: string;
  readonly events: number;
  readonly chainHead: string;
}
