import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { guestFailure } from "./guestFailure.ts";

export interface ExecOptions {
  /** The command and its children are ended after this; 10 minutes when not given. */
  readonly timeoutMs?: number;
  /** Called with each piece of output (both streams, in order) as it comes. */
  readonly onOutput?: (chunk: Buffer) => void;
}

export interface ExecResult {
  /** As a shell says it; 124 when timed out, 125 when the guest was lost on the way. */
  readonly exitCode: number;
  /** What the command wrote to both streams, in order. */
  readonly output: string;
  readonly ended: "exited" | "timedOut" | "lost";
}

const DEFAULT_LIMIT_MS = 600_000;
/** Longer ones are a mistake: a file on a share is the way. */
const LONGEST_COMMAND_BYTES = 1024 * 1024;
/** From TERM to KILL, and from there until the host no longer waits for a guest that does not answer. */
const GRACE_MS = 2_000;

/**
 * Runs one bash command over a connection to the guest's control port (inside/exec.sh tells the protocol). Its output
 * ends with the command: what it leaves in the background must write elsewhere. `dial` makes such a connection.
 */
export async function execOver(
  dial: () => Promise<Socket>,
  command: string,
  options: ExecOptions = {},
): Promise<ExecResult> {
  const bytes = Buffer.from(command);
  if (bytes.length > LONGEST_COMMAND_BYTES || bytes.includes(0)) {
    throw guestFailure("badSetting", "a command is at most 1 MiB and without NUL");
  }
  const socket = await dial();
  const nonce = randomUUID();
  const lastLine = new RegExp(`^\\x00${nonce} (\\d{1,3})\\n$`);
  const pieces: Buffer[] = [];
  let group: string | undefined;
  let isOverTime = false;
  let held = Buffer.alloc(0);
  const { promise, resolve } = Promise.withResolvers<ExecResult>();
  const timers: NodeJS.Timeout[] = [];

  function finish(exitCode: number, ended: ExecResult["ended"]): void {
    for (const timer of timers) clearTimeout(timer);
    held = Buffer.alloc(0); // the last line is not output
    socket.destroy();
    resolve({ exitCode, output: Buffer.concat(pieces).toString("utf8"), ended });
  }
  function give(length: number): void {
    if (length === 0) return;
    const chunk = held.subarray(0, length);
    held = held.subarray(length);
    pieces.push(chunk);
    options.onOutput?.(chunk);
  }
  /** Signals the command's process group from a second connection. */
  function signal(name: "TERM" | "KILL"): void {
    if (group === undefined) return;
    const order = Buffer.from(`kill -${name} -- -${group}`);
    dial().then(
      (second) => second.end(`${randomUUID()} ${order.length}\n${order.toString()}`),
      () => undefined, // the guest has gone: the first connection says so
    );
  }
  function afterLimit(extraMs: number, act: () => void): void {
    timers.push(setTimeout(act, (options.timeoutMs ?? DEFAULT_LIMIT_MS) + extraMs));
  }
  afterLimit(0, () => {
    isOverTime = true;
    signal("TERM");
  });
  afterLimit(GRACE_MS, () => signal("KILL"));
  afterLimit(2 * GRACE_MS, () => finish(124, "timedOut"));

  socket.on("data", (chunk) => {
    held = Buffer.concat([held, typeof chunk === "string" ? Buffer.from(chunk) : chunk]);
    if (group === undefined) {
      const lineEnd = held.indexOf("\n");
      if (lineEnd === -1) return;
      group = held.subarray(0, lineEnd).toString("latin1");
      held = held.subarray(lineEnd + 1);
    }
    // The last line begins with NUL, which no ordinary output has: all before it may go on at once.
    const nulAt = held.lastIndexOf(0);
    give(nulAt === -1 ? held.length : nulAt);
    const last = lastLine.exec(held.toString("latin1"));
    if (last) finish(isOverTime ? 124 : Number(last[1]), isOverTime ? "timedOut" : "exited");
  });
  socket.on("close", () => {
    give(held.length);
    finish(125, "lost");
  });
  // In one piece: a second small one would wait 100 ms for the guest to acknowledge the first.
  socket.write(Buffer.concat([Buffer.from(`${nonce} ${bytes.length}\n`), bytes]));
  return promise;
}
