/** Writes a line for the host's owner: plain text, one line each, with the time in front. */
export type Log = (line: string) => void;

/** Everything that the agent says of itself goes to standard error: journald and every supervisor keep that. */
export function createLog(write: (text: string) => void, now: () => number): Log {
  return (line) => write(`${new Date(now()).toISOString()} ${line.replaceAll(/\s+/g, " ")}\n`);
}
