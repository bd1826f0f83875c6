/** A key of an approver as a host's owner writes it into agent.yaml: what that host will check decisions with. */
export type TrustedKeyView = {
  readonly userId: string;
  readonly person: string;
  /** What the person counts for at gates: the role, and the groups that runbooks name. */
  readonly groups: readonly string[];
  /** What its person calls the key. */
  readonly name: string;
  /** The SHA-256 of the key as six words, to be compared with the person and with what the host shows. */
  readonly keyWords: readonly string[];
  /** Held by a program: a software passkey (for demos and tests), or an SSH key that is in no security key. */
  readonly software: boolean;
} & (
  | {
      readonly kind: "passkey";
      readonly credentialId: string;
      /** COSE key, base64url. */
      readonly publicKey: string;
      readonly rpId: string;
      readonly origins: readonly string[];
    }
  | {
      readonly kind: "ssh";
      /** Type and base64. */
      readonly sshKey: string;
    }
);
