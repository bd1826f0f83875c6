import type { SshKeyQuestion } from "../../protocol/http/identity.ts";

/** Where OpenSSH keeps a key of each kind unless it is told otherwise. */
const USUAL_FILES: readonly (readonly [type: string, file: string])[] = [
  ["sk-ssh-ed25519", "id_ed25519_sk"],
  ["sk-ecdsa", "id_ecdsa_sk"],
  ["ssh-ed25519", "id_ed25519"],
  ["ecdsa", "id_ecdsa"],
  ["ssh-rsa", "id_rsa"],
];

/** The command that proves that its person holds a key. The text has no character that a shell would take for something else (sshKeys.ts). */
export function sshKeyCommand({ text, namespace }: SshKeyQuestion, publicKey: string): string {
  const file = USUAL_FILES.find(([type]) => publicKey.trimStart().startsWith(type))?.[1] ?? "id_ed25519";
  return `printf %s '${text}' | ssh-keygen -Y sign -n ${namespace} -f ~/.ssh/${file}.pub`;
}

/** What is wrong with a pasted key, as far as it must be found out before it is sent anywhere; undefined: nothing. */
export function pastedKeyProblem(pasted: string): string | undefined {
  if (pasted.trim() === "") return "Paste the line of the .pub file.";
  return pasted.includes("PRIVATE KEY")
    ? "This is the private half, which must never leave its machine. It was not sent. Paste the .pub file."
    : undefined;
}
