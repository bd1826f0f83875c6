import type { Duplex } from "node:stream";
import { runInPod } from "./podProcess.ts";

/**
 * SPDY/3.1, by which kubectl ran programs in pods before 1.31, as far as one such request goes. The client opens its streams in a fixed
 * order and waits for a reply to each: so that their compressed headers, which say the same, need not be read.
 */
const FRAME = { synStream: 1, synReply: 2, ping: 6 } as const;
const VERSION = 0x8003;
const FIN = 1;
const PROTOCOL = "v4.channel.k8s.io";

/**
 * "No headers" as a stored block of zlib, and an empty one behind it, at which Go's reader gives out what it has. The headers of all
 * replies are one zlib stream, whose own two bytes stand before the first.
 */
const ZLIB_BEGINS = Buffer.of(0x78, 0x01);
const NO_HEADERS = Buffer.of(0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);

/** Answers such a request: runs the program once every stream is open, and ends with its status. */
export function answerExecSpdy(socket: Duplex, head: Buffer, query: URLSearchParams): void {
  const wanted = ["error", ...["stdin", "stdout", "stderr"].filter((name) => query.get(name) === "true")];
  const ids = new Map<string, number>();
  const idOf = (name: string) => ids.get(name) ?? 0;
  let program: ReturnType<typeof runInPod> | undefined;
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${PROTOCOL}\r\n\r\n`,
  );
  socket.on("error", () => undefined);

  const onStream = (id: number) => {
    const begins = ids.size === 0 ? [ZLIB_BEGINS] : [];
    ids.set(wanted[ids.size] ?? "", id);
    socket.write(control(FRAME.synReply, Buffer.concat([uint32(id), ...begins, NO_HEADERS])));
    if (ids.size < wanted.length) return;
    program = runInPod(query.getAll("command"), query.get("stdin") === "true", {
      send: (stream, bytes) => socket.write(data(idOf(stream), 0, bytes)),
      end: (status) => {
        socket.write(data(idOf("error"), FIN, Buffer.from(JSON.stringify(status))));
        for (const name of ["stdout", "stderr"])
          if (ids.has(name)) socket.write(data(idOf(name), FIN, Buffer.alloc(0)));
        socket.end();
      },
    });
  };
  const onFrame = (header: Buffer, body: Buffer) => {
    const isControl = header.readUInt16BE(0) === VERSION;
    const type = header.readUInt16BE(2);
    if (isControl && type === FRAME.synStream) onStream(body.readUInt32BE(0));
    if (isControl && type === FRAME.ping) socket.write(control(FRAME.ping, body));
    if (isControl || header.readUInt32BE(0) !== idOf("stdin")) return;
    if (body.length > 0) program?.input(body);
    if (header.readUInt8(4) === FIN) program?.input(undefined);
  };
  readFrames(socket, head, onFrame);
}

/** Every frame has eight bytes in front, of which the last three are the length of what follows. */
function readFrames(socket: Duplex, head: Buffer, onFrame: (header: Buffer, body: Buffer) => void): void {
  let held = head;
  const read = () => {
    while (held.length >= 8) {
      const end = 8 + held.readUIntBE(5, 3);
      if (held.length < end) return;
      onFrame(held.subarray(0, 8), held.subarray(8, end));
      held = held.subarray(end);
    }
  };
  socket.on("data", (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    read();
  });
  read();
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function control(type: number, body: Buffer): Buffer {
  return Buffer.concat([uint32(VERSION * 0x10000 + type), uint32(body.length), body]);
}

function data(id: number, flags: number, body: Buffer): Buffer {
  return Buffer.concat([uint32(id), uint32(flags * 0x1000000 + body.length), body]);
}
