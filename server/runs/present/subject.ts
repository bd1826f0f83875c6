import type { Role } from "../../../domain/run/actor.ts";
import type { LoggedEvent } from "../../../domain/run/events.ts";
import type { Names } from "../../../domain/run/names.ts";
import type { Instant } from "../../../domain/time.ts";
import type { Progress } from "../../../protocol/agent.ts";
import type { WindowType } from "../../../protocol/http/windows.ts";
import type { RunOnRecord } from "../../db/runReader.ts";

/** A person as far as a run's pages name them. */
export interface PersonOnRecord {
  readonly userId: string;
  readonly name: string;
  readonly role: Role;
  readonly groups: readonly string[];
}

/** Everything that is presented of one run: the fold, its log, and the rows around it. Read once, presented by the files beside this one. */
export interface Subject extends RunOnRecord {
  readonly now: Instant;
  readonly events: readonly LoggedEvent[];
  readonly window: {
    readonly id: string;
    readonly title: string;
    readonly type: WindowType;
    readonly zone: string;
    readonly startsAt: number;
    readonly endsAt: number;
    readonly service: { readonly slug: string; readonly name: string };
  };
  readonly people: readonly PersonOnRecord[];
  readonly hosts: readonly {
    readonly role: string;
    readonly hostId: string;
    readonly name: string;
    readonly fingerprint: string;
    /** Ed25519, base64 of 32 raw bytes; null for a removed host. */
    readonly publicKey: string | null;
    readonly connected: boolean;
    readonly lastSeenAt: number | null;
  }[];
  readonly progress: ReadonlyMap<string, { readonly at: number; readonly progress: Progress }>;
  readonly runKeys: ReadonlyMap<string, { readonly recipient: string; readonly signature: string }>;
  readonly sent: readonly { readonly announcementId: string; readonly publishedAt: number }[];
  readonly names: Names;
}
