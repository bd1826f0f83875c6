import type { RunReader } from "../../../protocol/http/runs.ts";
import type { StateWord } from "../../ui/stateWords.ts";
import type { NowStep } from "../nowStep.ts";
import type { Answer } from "./answers.ts";

/** What the card of the current step says: one state, what happened, where the data is, what to do. */
export interface NowCard {
  /** Changes when the card is about something else, so that it crosses over once. */
  readonly key: string;
  readonly word: StateWord;
  readonly title: string;
  readonly step: NowStep | undefined;
  /** Shows bar, figures and times of the step. */
  readonly showsProgress: boolean;
  /** Shows the form of a manual step. */
  readonly asksFields: boolean;
  readonly say: { readonly what: string; readonly data: string; readonly todo: string } | undefined;
  /** One sentence instead of the three lines, where nothing is wrong and nothing is asked. */
  readonly sentence: string | undefined;
  readonly answers: readonly Answer[];
}

/** Who reads: their id, and what they may do now. */
export interface Reader {
  readonly userId: string;
  readonly may: RunReader["may"];
}

/** What one kind of card adds to the bare one. */
export type Part = Pick<NowCard, "key" | "title"> & Partial<NowCard>;
