// The API's routes as a process of their own, as a second web process would have them. Settings come in the environment
// (server/identity/settings.ts); it says its address, and ends with its standard input.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serveApiRoutes } from "../apiRoutes.ts";

const server = createServer(serveApiRoutes()).listen(0, "127.0.0.1");
await once(server, "listening");
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`);
process.stdin.resume();
await once(process.stdin, "end");
process.exit(0);
