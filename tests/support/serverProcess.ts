import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The server as a process of its own. */
export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  readonly agentUrl: string;
  /** What it wrote on stderr. */
  readonly said: string[];
  /** SIGKILL: no handler of it runs. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Below those that the system gives to whoever connects (from 32768, ip_local_port_range), so that nobody is given it meanwhile. */
const PORTS = { from: 20_000, to: 32_000 };

/** A port that was free a moment ago, and that the system hands to nobody by itself. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const probe = createServer().listen(port, "127.0.0.1");
    const isFree = await once(probe, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, "close");
    return port;
  }
}

/** Starts `server/main.ts` with an environment of its own; resolves when it says that it is ready, rejects with its words when it ends. */
export async function startServerProcess(
  environment: Readonly<Record<string, string>>,
  words: readonly string[] = ["--no-web"],
): Promise<ServerProcess> {
  const root = join(import.meta.dirname, "..", "..");
  const { PATH = "", SLACKWATER_TEST_RUN } = process.env;
  const child: ChildProcess = spawn(process.execPath, [join(root, "server", "main.ts"), ...words], {
    cwd: root,
    env: {
      PATH,
      NODE_ENV: "production",
      ...(SLACKWATER_TEST_RUN === undefined ? {} : { SLACKWATER_TEST_RUN }),
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const said: string[] = [];
  const ready = Promise.withResolvers<{ url: string }>();
  if (child.stdout) {
    // Next says a word or two of its own in development.
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith('{"ready"')) ready.resolve(JSON.parse(line));
    });
  }
  if (child.stderr) createInterface({ input: child.stderr }).on("line", (line) => said.push(line));
  exited.then(([code]) => ready.reject(new Error(`exit ${code}: ${said.join("\n")}`)));
  const { url } = await ready.promise;
  const scheme = new URL(url).protocol === "https:" ? { http: "https", ws: "wss" } : { http: "http", ws: "ws" };
  const port = environment.PORT === undefined || environment.PORT === "0" ? new URL(url).port : environment.PORT;
  return {
    pid: child.pid ?? 0,
    url: `${scheme.http}://127.0.0.1:${port}`,
    agentUrl: `${scheme.ws}://127.0.0.1:${port}/agent`,
    said,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      return code;
    },
  };
}
