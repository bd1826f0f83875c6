import { z } from "zod";
import type { HealthSample } from "../agent.ts";

export const CreateEnrolmentBody = z.strictObject({
  hostName: z
    .string()
    .trim()
    .min(1, "Give the host a name.")
    .max(120)
    .regex(/^[A-Za-z0-9._-]+$/, "Letters, digits, dots and hyphens."),
});

/** A new enrolment token, shown once. */
export interface EnrolmentView {
  readonly token: string;
  readonly expiresAt: number;
  /** The command to type on the host. */
  readonly command: string;
  readonly serverWords: readonly string[];
  /** Of the TLS key that the host pins; null where it pins none. */
  readonly tlsWords: readonly string[] | null;
}

/** A host in the list and on its page. */
export interface HostView {
  readonly hostId: string;
  readonly name: string;
  readonly fingerprintWords: readonly string[];
  readonly agentVersion: string;
  readonly enrolledAt: number;
  readonly lastSeenAt: number | null;
  readonly connected: boolean;
  readonly actions: readonly string[];
  readonly health: HealthSample | null;
  readonly openWindows: readonly { readonly windowId: string; readonly title: string }[];
}

/** What a host did, or somebody in its name, that nobody may overlook. */
export interface HostIncidentView {
  readonly id: string;
  readonly hostId: string;
  readonly host: string;
  readonly at: number;
  readonly kind: string;
  readonly detail: string;
}
