// An instance of Slackwater reduced to its database: starts (or adopts) it, says so in one line of JSON, then obeys lines on
// its standard input: `stop` lets go and ends. It is meant to be killed.
import { createInterface } from "node:readline";
import { startEmbeddedPostgres } from "../../../server/db/embeddedPostgres.ts";

const directory = process.argv[2] ?? "";
const rounds = Number(process.argv[3] ?? 0);
const say = (value: unknown) => console.log(JSON.stringify(value));

if (rounds > 0) {
  for (let round = 0; round < rounds; round += 1) {
    const server = await startEmbeddedPostgres({ directory, log: () => {} });
    await server.stop();
  }
  say({ rounds });
} else {
  const server = await startEmbeddedPostgres({ directory, log: (line) => console.error(line) });
  say({ pid: server.pid, adopted: server.adopted, appUrl: server.appUrl, ownerUrl: server.ownerUrl });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "stop") break;
  }
  say({ outcome: await server.stop() });
}
