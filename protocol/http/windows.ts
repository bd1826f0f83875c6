import { z } from "zod";
import { Parameters } from "../../domain/runbook/parameters.ts";
import { IanaZone, Instant } from "../../domain/time.ts";

export const WindowType = z.enum(["routine", "urgent", "emergency"]);
export type WindowType = z.infer<typeof WindowType>;

/** Everything that is counted on from a window's end (how long a rollback is allowed) must still be a date. */
const LATEST_END = Date.UTC(2200, 0, 1);

/** The form of a new window. Every message is shown beside its field; nothing typed is lost. */
export const CreateWindowBody = z
  .strictObject({
    title: z.string().trim().min(1, "Give the window a title.").max(200),
    serviceId: z.uuid("Choose a service."),
    type: WindowType,
    startsAt: Instant,
    endsAt: Instant,
    zone: IanaZone,
    runbookDigest: z.string().regex(/^[0-9a-f]{64}$/, "Choose a runbook."),
    parameters: Parameters,
    hosts: z.record(z.string().max(63), z.uuid("Choose a host.")),
  })
  .refine((body) => body.endsAt > body.startsAt, { path: ["endsAt"], message: "The end must be after the start." })
  .refine((body) => body.endsAt < LATEST_END, { path: ["endsAt"], message: "Choose a year before 2200." })
  .refine((body) => body.endsAt - body.startsAt <= 7 * 86_400_000, {
    path: ["endsAt"],
    message: "A window lasts seven days at most.",
  });
export type CreateWindowBody = z.infer<typeof CreateWindowBody>;

/** One line in a list of windows. */
export interface WindowLine {
  readonly windowId: string;
  readonly runId: string;
  readonly title: string;
  readonly service: { readonly slug: string; readonly name: string };
  readonly type: WindowType;
  readonly kind: "live" | "rehearsal";
  readonly startsAt: number;
  readonly endsAt: number;
  readonly zone: string;
  readonly hosts: readonly string[];
  readonly stateWord: string;
  readonly runbookTitle: string;
}
