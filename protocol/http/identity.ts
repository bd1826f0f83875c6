import { z } from "zod";
import type { Role } from "../../domain/run/actor.ts";

/** The person who is signed in, as every page needs it. */
export interface Me {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly groups: readonly string[];
  readonly passkeys: readonly {
    readonly id: string;
    readonly name: string;
    readonly createdAt: number;
    readonly software: boolean;
    /** Made anew after a move of the host name: good for nothing until a second person has confirmed it. */
    readonly waitsForSecond: boolean;
  }[];
}

const credential = z.looseObject({
  id: z.string().max(2000),
  rawId: z.string().max(2000),
  type: z.literal("public-key"),
  response: z.looseObject({}),
});

/** Answer of the browser to a registration challenge; checked by @simplewebauthn/server. */
export const RegisterPasskeyBody = z.strictObject({
  challengeId: z.uuid(),
  name: z.string().trim().min(1, "Give the passkey a name.").max(80),
  /** True for the software passkey of demo and tests; refused unless the server was started to take them. */
  software: z.boolean().optional(),
  credential,
});
/** Asks for a statement to sign. */
export const AskStatementBody = z.strictObject({ gateId: z.string().max(63), verdict: z.enum(["GO", "NO-GO"]) });

/** A passkey of somebody else that waits to be confirmed, with the words of its key to compare with its owner. */
export interface WaitingPasskeyView {
  readonly id: string;
  readonly person: string;
  readonly passkey: string;
  readonly createdAt: number;
  readonly keyWords: readonly string[];
}

/** Asks for what confirms a passkey, to be signed. */
export const AskConfirmationBody = z.strictObject({ passkeyId: z.uuid() });
