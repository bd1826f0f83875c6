import type { CriterionView } from "./evidence.ts";

export interface DecisionView {
  readonly by: string;
  readonly userId: string;
  readonly groups: readonly string[];
  readonly verdict: "GO" | "NO-GO" | "BREAK-GLASS";
  /** Why the glass was broken; null for the other verdicts. */
  readonly reason: string | null;
  readonly life: "valid" | "suspended" | "void" | "spent" | "takenBack";
  readonly because: string | null;
  readonly signedAt: number;
  readonly words: readonly string[];
  readonly signedWith: "passkey" | "ssh";
  /** A program held the key. */
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
  /** Who may break the glass here, so that one GO may be missing; nobody where one GO is all that is needed. */
  readonly breakers: readonly { readonly userId: string; readonly name: string }[];
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
