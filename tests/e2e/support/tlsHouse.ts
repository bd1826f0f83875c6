import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, LaunchOptions } from "@playwright/test";
import { chromium } from "@playwright/test";
import type { Seeded } from "../../../scripts/demo/seed.ts";
import { seed } from "../../../scripts/demo/seed.ts";
import { projectRoot } from "../../../scripts/projectFiles.ts";
import { readChain, shown } from "../../../server/tls/chain.ts";
import type { ServerProcess } from "../../support/serverProcess.ts";
import { freePort, startServerProcess } from "../../support/serverProcess.ts";

/** A server with a certificate of its own authority under a host name, and a browser on a device that trusts that authority. */
export interface TlsHouse {
  readonly browser: Browser;
  /** The certificate of the authority, as it lies at the server. */
  readonly authority: string;
  urlOf(name: string): string;
  /** Starts the server anew with the address of another name; everything else stays. */
  restartAs(name: string): Promise<void>;
  /** Runs `slackwater` as the server's owner does; throws where it fails. Answers what it said. */
  command(...words: readonly string[]): string;
  close(): Promise<void>;
}

/** Starts it under the first of the names; the device finds all of them here. */
export async function openTlsHouse(names: readonly [string, ...string[]], options: LaunchOptions): Promise<TlsHouse> {
  const folder = await mkdtemp(join(tmpdir(), "slackwater-https-pages-"));
  await chmod(folder, 0o755); // The database's own account has to get through.
  const stateDirectory = join(folder, "server");
  const port = await freePort();
  const urlOf = (name: string) => `https://${name}:${port}`;
  const environment = (name: string) => ({
    ...{ PORT: String(port), APP_URL: urlOf(name), TLS_LOCAL_CA: "1", STATE_DIRECTORY: stateDirectory },
  });
  let current = names[0];
  let server: ServerProcess | undefined;
  let seeded: Seeded | undefined;
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await seeded?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    server = await startServerProcess(environment(current), []);
    seeded = await seed({ root: projectRoot, serverState: stateDirectory, appUrl: urlOf(current) });
    const authority = await readFile(join(stateDirectory, "local-ca.pem"), "utf8");
    const [root] = readChain(authority);
    if (!root) throw new Error("the server made no authority");
    const trusted = Buffer.from(shown(root).key, "hex").toString("base64");
    // What asks a name without a port asks the usual one.
    const rules = names.flatMap((name) => [`MAP ${name}:443 127.0.0.1:${port}`, `MAP ${name} 127.0.0.1`]);
    browser = await chromium.launch({
      ...options,
      args: [
        ...(options.args ?? []),
        `--host-resolver-rules=${rules.join(",")}`,
        `--ignore-certificate-errors-spki-list=${trusted}`,
      ],
    });
    return {
      ...{ browser, authority, urlOf, close },
      restartAs: async (name) => {
        await server?.stop();
        server = await startServerProcess(environment(name), []);
        current = name;
      },
      command: (...words) => {
        const program = join(projectRoot, "server", "cli", "main.ts");
        const env = { ...process.env, NODE_ENV: "production" as const, ...environment(current) };
        const done = spawnSync(process.execPath, [program, ...words], { env, encoding: "utf8" });
        if (done.status !== 0) throw new Error(`slackwater ${words.join(" ")}: ${done.stderr}`);
        return done.stdout;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
