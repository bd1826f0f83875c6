/** Why a guest could not do what it was asked to; a closed list, for code. */
export type GuestFailureCode = "cannotRun" | "diedAtBoot" | "notRunning" | "refused" | "badSetting";

/** An error about a guest: `code` is for code, the message for people. */
export interface GuestFailure extends Error {
  readonly code: GuestFailureCode;
}

/** Makes a GuestFailure; `cause` is what led to it, if anything did. */
export function guestFailure(code: GuestFailureCode, message: string, cause?: unknown): GuestFailure {
  return Object.assign(new Error(message, { cause }), { code });
}
