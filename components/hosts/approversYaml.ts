import type { TrustedKeyView } from "../../protocol/http/trust.ts";

/**
 * The `approvers:` part of a host's agent.yaml for these keys, ready to paste. Every value is written as a quoted JSON string, which
 * is YAML too and can't be read as anything else; names stand in comments, on one line.
 */
export function approversYaml(keys: readonly TrustedKeyView[]): string {
  const lines = keys.flatMap((key) => [
    `  # ${oneLine(`${key.person}, ${key.name}: ${key.keyWords.join(" ")}`)}`,
    `  - user: ${JSON.stringify(key.userId)}`,
    `    groups: [${key.groups.map((group) => JSON.stringify(group)).join(", ")}]`,
    ...linesOfKey(key),
    ...(key.software ? [`    # ${softwareWords(key.kind)}`, "    software: true"] : []),
  ]);
  return `approvers:\n${lines.join("\n")}\n`;
}

function linesOfKey(key: TrustedKeyView): readonly string[] {
  switch (key.kind) {
    case "passkey":
      return [
        `    credentialId: ${JSON.stringify(key.credentialId)}`,
        `    publicKey: ${JSON.stringify(key.publicKey)}`,
        `    rpId: ${JSON.stringify(key.rpId)}`,
        `    origins: [${key.origins.map((origin) => JSON.stringify(origin)).join(", ")}]`,
      ];
    case "ssh":
      return [`    sshKey: ${JSON.stringify(key.sshKey)}`];
    default:
      return key satisfies never;
  }
}

function softwareWords(kind: TrustedKeyView["kind"]): string {
  switch (kind) {
    case "passkey":
      return "Held by a program, not by a person's device: for demos and tests only.";
    case "ssh":
      return "Held by a program: whoever gets hold of this person's account can sign with it.";
    default:
      return kind satisfies never;
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}
