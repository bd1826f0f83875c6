import { isSoftwareKey, sshKeyType } from "../../domain/decision/sshKey.ts";
import type { Approver } from "../config.ts";
import type { WordsOf } from "../words.ts";
import { keyName, keyWords } from "./keyName.ts";

/** Whose decisions count on this host, for a terminal. */
export function trustText(approvers: readonly Approver[], wordsOf: WordsOf): string {
  if (approvers.length === 0) return "Nobody's decisions count on this host: nothing that changes it is carried out.";
  return approvers
    .map((one) => {
      const { kind, name } = describe(one);
      return [
        `${one.user}  for ${one.groups.join(", ")}  ${kind}`,
        `  key         ${keyWords(one, wordsOf)}`,
        `  ${name}`,
      ].join("\n");
    })
    .join("\n");
}

function describe(one: Approver): { readonly kind: string; readonly name: string } {
  if ("credentialId" in one) {
    const marked = one.software ? "  SOFTWARE KEY: for demos only" : "";
    return { kind: `at ${one.rpId}${marked}`, name: `credential  ${keyName(one)}` };
  }
  const kind = isSoftwareKey(one.sshKey) ? "by SSH key  HELD BY A PROGRAM" : "by SSH security key";
  return { kind, name: `ssh key     ${keyName(one)} (${sshKeyType(one.sshKey)})` };
}
