/** What a command came to: the words for the terminal, and 0 only when all is well. */
export interface CommandReport {
  readonly exitCode: 0 | 1;
  readonly lines: readonly string[];
}

/** Words that a command can't do anything with; shown with its usage, exit code 2. */
export class UsageFailure extends Error {
  override readonly name = "UsageFailure";
}
