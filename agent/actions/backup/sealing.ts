import type { ActionContext, ProgramSpec } from "../../process/actionContext.ts";
import { gpgCall } from "../../tools/gpg.ts";
import { gunzipCall } from "../../tools/gzip.ts";
import { opensslCall, PASS_FD } from "../../tools/openssl.ts";
import type { ToolCall } from "../../tools/toolCall.ts";
import type { PlannedProgram } from "../action.ts";
import { inputOf } from "./inputOf.ts";

/** With what a backup is encrypted. */
export type Seal = "openssl" | "gpg";

/** End of a backup's name; by it the others know how to open it. */
export const ENDINGS = { openssl: ".sql.gz.enc", gpg: ".sql.gz.gpg" } as const satisfies Record<Seal, string>;

const sealOf = (path: string): Seal => (path.endsWith(ENDINGS.gpg) ? "gpg" : "openssl");

/** The passphrase of backups. */
const SECRET = "backup";

/** Encrypts standard input with the passphrase on `PASS_FD`. */
export const sealCall = (seal: Seal, iterations: number): ToolCall =>
  seal === "gpg" ? gpgCall("encrypt", PASS_FD) : opensslCall("encrypt", iterations);

const unsealCall = (path: string, iterations: number): ToolCall =>
  sealOf(path) === "gpg" ? gpgCall("decrypt", PASS_FD) : opensslCall("decrypt", iterations);

/** The programs that open a backup, for `plan`. */
export const openingPlan = (path: string, iterations: number): readonly PlannedProgram[] => {
  const [read, unseal, unpack] = openingCalls(path, iterations);
  return [read, { ...unseal, secrets: { [PASS_FD]: SECRET } }, unpack];
};

const openingCalls = (path: string, iterations: number): readonly [ToolCall, ToolCall, ToolCall] => [
  inputOf(path),
  unsealCall(path, iterations),
  gunzipCall(),
];

/** The same for a pipeline, with the passphrase: what comes out is the dump. */
export function opening(
  { path, iterations }: { readonly path: string; readonly iterations: number },
  context: ActionContext,
): readonly [ProgramSpec, ProgramSpec, ProgramSpec] {
  const [read, unseal, unpack] = openingCalls(path, iterations);
  const secretFds = [{ fd: PASS_FD, bytes: context.secret(SECRET) }];
  return [{ ...read, meter: "read" }, { ...unseal, secretFds }, unpack];
}
