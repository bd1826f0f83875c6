import { z } from "zod";
import { Digest, HostId, HostRole, RunId, UserId } from "../domain/ids.ts";
import { Role } from "../domain/run/actor.ts";
import { Head } from "../domain/run/chain.ts";
import { MAX_RUNBOOK_CHARACTERS } from "../domain/runbook/textLimit.ts";

/** So many packs lie on a host at most: more windows than that are not prepared for one machine at a time. */
export const MOST_PACKS = 20;

/**
 * What a run pack holds beside the run's log: with both, a host can tell everything that there is to know of the run. Names are in
 * it, so that people can be called and can say who they are; it is deleted with the end of the run.
 */
export const PackAbout = z.strictObject({
  runbookText: z.string().max(MAX_RUNBOOK_CHARACTERS),
  window: z.strictObject({ title: z.string().max(400), service: z.string().max(400), zone: z.string().max(64) }),
  hosts: z.array(z.strictObject({ role: HostRole, hostId: HostId, name: z.string().max(400) })).max(50),
  /** Everybody who may order something, as the server knew them when it was sent. */
  people: z
    .array(
      z.strictObject({
        userId: UserId,
        name: z.string().max(400),
        role: Role,
        groups: z.array(z.string().max(63)).max(50),
      }),
    )
    .max(500),
});
export type PackAbout = z.infer<typeof PackAbout>;

/** A pack as its host holds it: how far its log reaches, and the SHA-256 of the canonical JSON of what stands beside the log. */
export const PackHeld = z.strictObject({ runId: RunId, about: Digest, head: Head });
export type PackHeld = z.infer<typeof PackHeld>;
