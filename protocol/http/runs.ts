import { z } from "zod";
import type { ControlEvidence } from "../../domain/chain/evidenceIndex.ts";
import { StepId } from "../../domain/ids.ts";
import type { HoldCause } from "../../domain/run/stages.ts";
import type { AnnouncementLine } from "./announcements.ts";
import type { ChecklistItemView, CriterionView, FactView } from "./evidence.ts";
import type { GateView } from "./gates.ts";
import type { SilenceView } from "./silence.ts";
import type { RollbackView, StepView } from "./steps.ts";
import type { WindowType } from "./windows.ts";

export interface TriggerView {
  readonly id: string;
  readonly title: string;
  readonly action: "notify" | "hold" | "rollback";
  readonly stage: "quiet" | "pending" | "fired" | "notArmed" | "paused" | "noData";
  readonly since: number | null;
  readonly value: string | null;
  readonly expression: string;
  /** While it is pending: when it has held for long enough to fire. */
  readonly firesAt: number | null;
  readonly silence: SilenceView;
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

/** A supposition about one step: what is left of it takes so much longer, in percent (-50: half as long). */
export const Supposition = z.strictObject({
  step: StepId,
  longer: z.coerce
    .number("a whole number, in percent")
    .int("a whole number, in percent")
    .min(-90, "-90 at least: a tenth of the time")
    .max(1000, "1000 at most: eleven times as long"),
});
export type Supposition = z.infer<typeof Supposition>;

/** The forecast as it is, and as it would be; with what was supposed, so that no answer is shown beside another question. */
export interface WhatIfView {
  readonly now: number;
  readonly supposition: Supposition;
  readonly expected: ForecastView;
  readonly supposed: ForecastView;
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
    readonly cause: HoldCause;
    readonly detail: string;
    readonly since: number;
    readonly during: "forward" | "rollback";
    readonly stepId: string | null;
    readonly by: string | null;
  } | null;
  /** A host carries the run on by itself: nothing can be ordered here until it is given back. */
  readonly takenOver: { readonly host: string; readonly by: string; readonly since: number } | null;
  readonly rolledBack: {
    readonly beganAt: number;
    readonly detail: string;
    readonly reason: string | null;
    readonly by: string | null;
    /** What it has left behind on the side that was left, in one sentence; null where that is nothing. */
    readonly left: string | null;
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
    /** It was sealed until its host was started anew: the same words have to be sealed again. */
    readonly unsealed: { readonly holder: string; readonly place: string } | null;
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
  /** Each control that the runbook names, and what shows it; the texts are ready to show. */
  readonly controls: readonly {
    readonly control: string;
    readonly standing: ControlEvidence["standing"];
    readonly text: string;
    readonly steps: readonly { readonly id: string; readonly title: string; readonly text: string }[];
  }[];
}
