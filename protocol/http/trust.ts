/** A passkey of an approver as a host's owner writes it into agent.yaml: what that host will check decisions with. */
export interface TrustedKeyView {
  readonly userId: string;
  readonly person: string;
  /** What the person counts for at gates: the role, and the groups that runbooks name. */
  readonly groups: readonly string[];
  readonly passkey: string;
  readonly credentialId: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** The SHA-256 of the key as six words, to be compared with the person and with what the host shows. */
  readonly keyWords: readonly string[];
  readonly rpId: string;
  readonly origins: readonly string[];
  /** Held by a program, for demos and tests. */
  readonly software: boolean;
}
