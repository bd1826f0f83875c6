import type { CriterionView } from "./evidence.ts";

export interface DecisionView {
  readonly by: string;
  readonly userId: string;
  readonly groups: readonly string[];
  /** In whose place it was signed; null: in their own. */
  readonly inPlaceOf: { readonly userId: string; readonly name: string } | null;
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

/** One role that was asked, or can be, with everybody who may answer for it. */
export interface PolledRole {
  readonly role: string;
  readonly title: string;
  readonly people: readonly { readonly userId: string; readonly name: string }[];
}

/** The newest poll of the room about a gate: said, not signed. */
export interface PollView {
  /** Number of the event that asked. */
  readonly seq: number;
  readonly askedAt: number;
  readonly by: string;
  readonly question: string;
  /** Null while it takes answers. */
  readonly closedAt: number | null;
  readonly roles: readonly (PolledRole & {
    /** What the role says: NO-GO as soon as one of its people says so; null while nobody of it has answered. */
    readonly says: "GO" | "NO-GO" | null;
    readonly answers: readonly {
      readonly userId: string;
      readonly by: string;
      readonly answer: "GO" | "NO-GO";
      readonly words: string;
      readonly at: number;
    }[];
  })[];
}

/** Somebody is away, and another of the same group decides in their place for a while. */
export interface DelegationView {
  readonly from: { readonly userId: string; readonly name: string };
  readonly to: { readonly userId: string; readonly name: string };
  readonly until: number;
  readonly reason: string;
}

export interface GateView {
  readonly gateId: string;
  readonly title: string;
  readonly stage: "ahead" | "asking" | "open" | "refused" | "closed";
  readonly opensBy: "people" | "criteria";
  readonly needs: string;
  readonly askedAt: number | null;
  readonly expiresAt: number | null;
  /** When it was last reminded of, because it expires soon; null before that. */
  readonly remindedAt: number | null;
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
  /** Who stands in for whom here now. */
  readonly delegations: readonly DelegationView[];
  readonly poll: PollView | null;
  /** Whom a poll can ask. */
  readonly pollRoles: readonly PolledRole[];
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
