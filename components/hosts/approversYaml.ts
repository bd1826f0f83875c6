import type { TrustedKeyView } from "../../protocol/http/trust.ts";

/**
 * The `approvers:` part of a host's agent.yaml for these keys, ready to paste. Every value is written as a quoted JSON string, which
 * is YAML too and can't be read as anything else; names stand in comments, on one line.
 */
export function approversYaml(keys: readonly TrustedKeyView[]): string {
  const lines = keys.flatMap((key) => [
    `  # ${oneLine(`${key.person}, ${key.passkey}: ${key.keyWords.join(" ")}`)}`,
    `  - user: ${JSON.stringify(key.userId)}`,
    `    groups: [${key.groups.map((group) => JSON.stringify(group)).join(", ")}]`,
    `    credentialId: ${JSON.stringify(key.credentialId)}`,
    `    publicKey: ${JSON.stringify(key.publicKey)}`,
    `    rpId: ${JSON.stringify(key.rpId)}`,
    `    origins: [${key.origins.map((origin) => JSON.stringify(origin)).join(", ")}]`,
    ...(key.software
      ? ["    # Held by a program, not by a person's device: for demos and tests only.", "    software: true"]
      : []),
  ]);
  return `approvers:\n${lines.join("\n")}\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}
