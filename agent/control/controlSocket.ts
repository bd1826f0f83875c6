import { chmodSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { Failure } from "../../domain/failure.ts";
import type { ControlAnswer } from "./controlMessages.ts";
import { ControlRequest, MAX_LINE_BYTES } from "./controlMessages.ts";
import { readLine } from "./readLine.ts";

/** Longest path of a Unix socket in bytes, by the kernel. */
const LONGEST_PATH_BYTES = 107;
const PATIENCE_MS = 5000;

/** The local socket: it works with the network down, and only for who may enter the state directory (root). */
export interface ControlSocket {
  close(): Promise<void>;
}

/** `answer` may throw a Failure; its message is then the answer. A socket left by an agent that was killed is replaced. */
export async function openControlSocket(
  path: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<ControlSocket> {
  if (Buffer.byteLength(path) > LONGEST_PATH_BYTES) {
    throw new Failure("argumentsInvalid", `${path} is too long for a socket: use a shorter --state directory.`);
  }
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on("error", () => {});
    serve(socket, answer).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
}

async function serve(socket: Socket, answer: (request: ControlRequest) => Promise<ControlAnswer>): Promise<void> {
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  const line = await readLine(socket, MAX_LINE_BYTES);
  socket.setTimeout(0);
  socket.end(`${JSON.stringify(await answerTo(line, answer))}\n`);
}

/** The answer to one line, whoever wrote it. Never rejects. */
export async function answerTo(
  line: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<ControlAnswer> {
  try {
    return await answer(ControlRequest.parse(JSON.parse(line)));
  } catch (error) {
    return { ok: false, message: error instanceof Failure ? error.message : "The agent did not understand that." };
  }
}
