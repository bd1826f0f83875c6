import type { StepStage } from "../../domain/run/stages.ts";
import type { ThrottleSetting } from "../../domain/throttle/setting.ts";
import type { Progress } from "../agent.ts";

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
  /** Where it stands beside others: what branches, and its branch. */
  readonly branch: { readonly of: string; readonly title: string } | null;
  readonly stage: StepStage;
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
  /** How much its running task may take of its host, as it was ordered; null where none runs that can be held back. */
  readonly throttle: ThrottleSetting | null;
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
    readonly throttle: StepView["throttle"];
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
