import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { runInPod } from "./podProcess.ts";

/** The protocol by which kubectl runs programs in pods from 1.31 on: one byte in front of each message says which stream it is of. */
const PROTOCOL = "v5.channel.k8s.io";
const STREAMS = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 } as const;

/** Answers such a request: runs the program, and ends with its status. */
export function answerExecSocket(request: IncomingMessage, socket: Duplex, head: Buffer, query: URLSearchParams): void {
  const server = new WebSocketServer({ noServer: true, handleProtocols: (names) => names.has(PROTOCOL) && PROTOCOL });
  server.handleUpgrade(request, socket, head, (web) => {
    const send = (stream: number, bytes: Buffer) => web.send(Buffer.concat([Buffer.of(stream), bytes]));
    const program = runInPod(query.getAll("command"), query.get("stdin") === "true", {
      send: (stream, bytes) => send(STREAMS[stream], bytes),
      end: (status) => {
        send(STREAMS.error, Buffer.from(JSON.stringify(status)));
        web.close(1000);
      },
    });
    web.on("message", (message: Buffer) => {
      const isClose = message[0] === STREAMS.close && message[1] === STREAMS.stdin;
      if (isClose) program.input(undefined);
      else if (message[0] === STREAMS.stdin) program.input(message.subarray(1));
    });
  });
}
