import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";

const ReadyLine = z.object({ ready: z.literal(true), url: z.url() });

/** The dashboard's server as a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly logPath: string;
  stop(): Promise<void>;
  /** SIGKILL: no handler of it runs. */
  kill(): Promise<void>;
}

/** Starts server/main.ts and waits until it serves. Its log goes to a file. Throws with the end of the log when it does not start. */
export async function startServerProcess(how: {
  readonly root: string;
  readonly stateDirectory: string;
  readonly port: number;
  readonly allowSoftwarePasskey: boolean;
}): Promise<ServerProcess> {
  await mkdir(how.stateDirectory, { recursive: true });
  const logPath = join(how.stateDirectory, "server.log");
  const log = createWriteStream(logPath, { flags: "a" });
  const child: ChildProcess = spawn(process.execPath, [join(how.root, "server/main.ts")], {
    cwd: how.root,
    env: {
      ...process.env,
      NODE_ENV: "production",
      PORT: String(how.port),
      STATE_DIRECTORY: join(how.stateDirectory, "server"),
      ALLOW_SOFTWARE_PASSKEY: how.allowSoftwarePasskey ? "1" : "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let tail = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    tail = (tail + bytes.toString()).slice(-4000);
    log.write(bytes);
  });
  const ended = once(child, "exit");
  const url = await new Promise<string>((resolve, reject) => {
    if (child.stdout) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        log.write(`${line}\n`);
        const ready = line.startsWith("{") ? ReadyLine.safeParse(JSON.parse(line)) : undefined;
        if (ready?.success) resolve(ready.data.url);
      });
    }
    child.once("error", reject);
    child.once("exit", (code) => {
      const advice = /^Port \d+ /m.test(tail) ? "\nThe demo takes it as: npm run demo -- --port 0" : "";
      reject(new Error(`The server ended with ${code}:\n${tail.trim()}${advice}`));
    });
  });
  const end = (signal: "SIGTERM" | "SIGKILL") => async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
    log.end();
  };
  return { url, port: Number(new URL(url).port), logPath, stop: end("SIGTERM"), kill: end("SIGKILL") };
}
