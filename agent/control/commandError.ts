/** What was typed at the terminal can't be done. The message says why and what to do, and is all that is shown. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
