import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** The terminal that a person sits at. */
export interface Terminal {
  say(line: string): void;
  /** The line that is typed, without its end and blanks around it. */
  ask(question: string): Promise<string>;
  /** The same, and what is typed is not shown. Blanks belong to it. */
  askHidden(question: string): Promise<string>;
}

/** The person left (Ctrl+C, Ctrl+D) instead of answering. */
export class LeftUnanswered extends Error {
  override readonly name = "LeftUnanswered";
}

/** The terminal of this process; undefined where a person could not answer: a pipe, a job. */
export function openTerminal(): Terminal | undefined {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) return undefined;
  const line = async (question: string, output: Writable): Promise<string> => {
    // One at a time, and closed before anything else reads the terminal: ssh-keygen asks for its passphrase there.
    const reader = createInterface({ input: stdin, output, terminal: true, historySize: 0 });
    // Only now: the terminal itself has stopped showing what is typed.
    stdout.write(question);
    const left = new AbortController();
    reader.once("SIGINT", () => left.abort()).once("close", () => left.abort());
    try {
      return await reader.question("", { signal: left.signal });
    } catch (cause) {
      if (!left.signal.aborted) throw cause;
      throw new LeftUnanswered("Left. Nothing was signed.", { cause });
    } finally {
      reader.close();
    }
  };
  return {
    say: (text) => void stdout.write(`${text}\n`),
    ask: async (question) => (await line(question, stdout)).trim(),
    askHidden: async (question) => {
      const answer = await line(question, new Writable({ write: (_chunk, _encoding, done) => done() }));
      stdout.write("\n");
      return answer;
    },
  };
}
