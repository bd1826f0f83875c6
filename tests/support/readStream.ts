import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request } from "node:http";

/** One message of an event stream; a comment is a message without data. */
export interface StreamMessage {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly comment?: string;
}

/** A stream of server-sent events, as its reader has it. */
export interface ReadStream {
  readonly status: number;
  readonly messages: readonly StreamMessage[];
  /** True once the server has ended it. */
  readonly ended: () => boolean;
  /** Takes no more from its connection until it is resumed. */
  pause(): void;
  resume(): void;
  cut(): void;
}

/** Opens a stream over a connection of its own. */
export async function openStream(url: string, headers: Readonly<Record<string, string>>): Promise<ReadStream> {
  const asking: ClientRequest = request(url, { agent: false, headers: { accept: "text/event-stream", ...headers } });
  asking.end();
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  asking.on("error", () => {});
  response.on("error", () => {});
  const messages: StreamMessage[] = [];
  let rest = "";
  let isOver = false;
  response.setEncoding("utf8");
  response.on("data", (piece: string) => {
    const parts = (rest + piece).split("\n\n");
    rest = parts.pop() ?? "";
    messages.push(...parts.map(readMessage));
  });
  response.on("end", () => {
    isOver = true;
  });
  return {
    status: response.statusCode ?? 0,
    messages,
    ended: () => isOver,
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    cut: () => void asking.destroy(),
  };
}

function readMessage(text: string): StreamMessage {
  const fields = text.split("\n").map((line) => {
    const at = line.indexOf(":");
    return at === 0 ? ["comment", line.slice(1).trim()] : [line.slice(0, at), line.slice(at + 1).trim()];
  });
  return Object.fromEntries(fields);
}
