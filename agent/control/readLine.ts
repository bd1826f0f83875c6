import type { Socket } from "node:net";

/** The first line that comes out of a socket, without its end. Rejects when it is too long or the socket ends before. */
export function readLine(socket: Socket, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => {
      const end = chunk.indexOf(0x0a);
      chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
      bytes += chunk.length;
      if (end !== -1) resolve(Buffer.concat(chunks).toString("utf8"));
      else if (bytes > maxBytes) reject(new RangeError("the line is too long"));
    });
    socket.once("end", () => reject(new Error("it ended before its first line did")));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("it was closed")));
  });
}
