import type { StepView } from "./steps.ts";
import type { WindowLine } from "./windows.ts";

/** Something that waits for the reader: nobody else's. `page` is the page of the window on which it is dealt with. */
export interface WaitView {
  readonly kind:
    | "decide"
    | "silence"
    | "poll"
    | "sealAgain"
    | "held"
    | "manual"
    | "start"
    | "rollbackReason"
    | "askApproval"
    | "prepare"
    | "complete";
  readonly windowId: string;
  readonly page: "prepare" | "decide" | "run" | "report";
  /** What is asked, with the window's title in it. */
  readonly title: string;
  /** One sentence: why, by whom, how it stands. */
  readonly detail: string;
  /** Until when it can be done; null where there is no limit. */
  readonly untilAt: number | null;
  readonly zone: string;
  /** Words of the button. */
  readonly action: string;
}

/** A run that is on now. */
export interface OnNowView {
  readonly windowId: string;
  readonly title: string;
  readonly kind: "live" | "rehearsal";
  readonly stateWord: string;
  /** True where a gate of it waits for the reader. */
  readonly waitsForReader: boolean;
  readonly dataSentence: string;
  readonly startedAt: number;
  readonly endsAt: number;
  readonly zone: string;
  readonly steps: readonly {
    readonly id: string;
    readonly title: string;
    readonly stage: StepView["stage"];
    readonly plannedMs: number;
  }[];
  /** "Step 5 of 28: Copy the data directory"; null between steps. */
  readonly stepText: string | null;
  readonly finishP50At: number | null;
  readonly finishP90At: number | null;
  /** What going back now would take, and lose; null where nothing has begun that could be undone, or it is being undone. */
  readonly rollback: { readonly expectedMs: number; readonly loses: string } | null;
}

/** Something that a finished window asks for later. */
export interface DueView {
  readonly id: string;
  readonly windowId: string;
  readonly window: string;
  readonly title: string;
  readonly kind: "task" | "check" | "retention";
  readonly dueAt: number;
  readonly zone: string;
}

/** What the reader's home page shows. */
export interface HomeView {
  readonly now: number;
  readonly waits: readonly WaitView[];
  readonly on: readonly OnNowView[];
  /** Planned and not begun, soonest first. */
  readonly next: readonly WindowLine[];
  /** Every window of the months around now, for the calendar. */
  readonly calendar: readonly WindowLine[];
  readonly due: readonly DueView[];
  readonly hosts: {
    readonly total: number;
    readonly connected: number;
    /** Not connected now; `neededAt` is the start of the next window that needs it. */
    readonly away: readonly {
      readonly hostId: string;
      readonly name: string;
      readonly lastSeenAt: number | null;
      readonly needed: { readonly at: number; readonly zone: string } | null;
    }[];
  };
}
