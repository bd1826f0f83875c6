import { z } from "zod";
import { PastedSshKey, SshPublicKey } from "../../domain/decision/sshKey.ts";
import { ArmouredSignature } from "../../domain/decision/sshSignature.ts";
import { Verdict } from "../../domain/decision/statement.ts";
import { UserId } from "../../domain/ids.ts";
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
    /** Words of its key, which its owner reads to whoever confirms it; only while it waits. */
    readonly keyWords: readonly string[] | undefined;
  }[];
  /** Keys that sign decisions in a terminal, and sign nobody in. */
  readonly sshKeys: readonly {
    readonly id: string;
    readonly name: string;
    readonly createdAt: number;
    /** Such as `ssh-ed25519`. */
    readonly type: string;
    /** As `ssh-keygen -l` shows it: `SHA256:…`. */
    readonly fingerprint: string;
    /** It lies in a file or an agent, and not in a security key. */
    readonly software: boolean;
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
/** What an SSH key signs so that it is put on record: the text, in that namespace of ssh-keygen. */
export const SshKeyQuestion = z.object({ challengeId: z.uuid(), text: z.string().max(1000), namespace: z.string() });
export type SshKeyQuestion = z.infer<typeof SshKeyQuestion>;

/** An SSH key with the proof that its person holds it. */
export const AddSshKeyBody = z.strictObject({
  challengeId: z.uuid(),
  name: z.string().trim().min(1, "Give the key a name.").max(80),
  publicKey: PastedSshKey,
  signature: ArmouredSignature,
});

/** Asks for a statement to sign, and says with what. */
export const AskStatementBody = z
  .strictObject({
    gateId: z.string().max(63),
    verdict: Verdict,
    signWith: z.enum(["passkey", "ssh"]).default("passkey"),
    /** Why the glass is broken, for that verdict; it is part of what is signed. */
    reason: z.string().trim().max(2000).default(""),
    /** In whose place it is signed; absent: in one's own. */
    inPlaceOf: UserId.optional(),
  })
  .refine(({ verdict, reason }) => verdict !== "BREAK-GLASS" || reason !== "", {
    path: ["reason"],
    message: "Write why somebody who decides can't be reached.",
  });

/** The answer of an SSH key to a statement. */
export const SshSignatureBody = z.strictObject({ publicKey: SshPublicKey, signature: ArmouredSignature });
export type SshSignatureBody = z.infer<typeof SshSignatureBody>;

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
