import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LonelyAgent, until } from "../../agent/process/support/lonelyAgent.ts";

/*
 * Cancels the making of a volume between its opening and its mounting, on the host it runs on: `mount` is for that time a program that
 * never comes back. Then tries again, with a mount that works. Says the report of each as one line of JSON.
 */
const { args, secrets } = JSON.parse(process.argv[2] ?? "{}");
const mount = "/usr/bin/mount";
const isMounting = "/run/slackwater-test-mounting";

renameSync(mount, `${mount}.real`);
writeFileSync(mount, `#!/bin/sh\ntouch ${isMounting}\nexec sleep 300\n`, { mode: 0o755 });
const agent = await new LonelyAgent({
  performModule: join(import.meta.dirname, "../../../agent/actions/perform.ts"),
}).up();
try {
  const first = await agent.order("luks.create", args, { secrets, step: "create-volume" });
  await until("it mounts", () => existsSync(isMounting), 60_000);
  agent.cancel(first, 500);
  console.log(JSON.stringify(await agent.ended(first, 60_000)));
} finally {
  renameSync(`${mount}.real`, mount);
  rmSync(isMounting, { force: true });
}
const again = { secrets, step: "create-volume", attempt: 2, inspectFirst: true };
const second = await agent.order("luks.create", args, again);
console.log(JSON.stringify(await agent.ended(second, 60_000)));
await agent.clear();
