/** What a command came to: the words for the terminal, and 0 only when all is well. */
export interface CommandReport {
  readonly exitCode: 0 | 1;
  readonly lines: readonly string[];
}

/** Words that a command can't do anything with; shown with its usage, exit code 2. */
export class UsageFailure extends Error {
  override readonly name = "UsageFailure";
}

/** Why a command could not do its work, as a sentence: what the operating system says of files in words. */
export function failureWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  const path = "path" in error ? String(error.path) : "";
  if (code === "ENOENT" && path !== "") return `There is no ${path}.`;
  if (code === "EEXIST" && path !== "") return `${path} is there already. Nothing is written over it; name a new file.`;
  if (code === "EACCES" && path !== "") return `${path} may not be opened by this account.`;
  if (code === "EISDIR") return `That is a folder, not a file${path === "" ? "" : `: ${path}`}.`;
  return error.message;
}
