import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { get as getByTls } from "node:https";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { projectRoot } from "../../scripts/projectFiles.ts";
import { sayCa } from "../../server/cli/ca.ts";
import { issueServer, makeAuthority, newKey } from "../../server/tls/issue.ts";
import { useTestDatabase } from "../support/database.ts";
import { nightlyTest } from "../support/nightly.ts";
import type { ServerProcess } from "../support/serverProcess.ts";
import { freePort, startServerProcess } from "../support/serverProcess.ts";

const NAME = "slackwater.test";
const database = useTestDatabase(1);
const folder = mkdtempSync(join(tmpdir(), "slackwater-https-"));
const at = (name: string) => join(folder, name);
const running = new Set<ServerProcess>();
afterEach(async () => {
  for (const server of running) await server.stop();
  running.clear();
});
afterAll(() => rmSync(folder, { recursive: true }));

const surroundings = (settings: Readonly<Record<string, string>>) => ({
  DATABASE_URL: database.appUrl,
  DATABASE_OWNER_URL: database.ownerUrl,
  STATE_DIRECTORY: at("state"),
  ...settings,
});

async function start(settings: Readonly<Record<string, string>>): Promise<{ server: ServerProcess; port: number }> {
  const port = await freePort();
  const server = await startServerProcess(surroundings({ PORT: String(port), ...settings }));
  running.add(server);
  return { server, port };
}

/** The name is nobody's: it is looked up as this machine, as a line in /etc/hosts would have it. */
const here = (port: number, ca?: string) => ({
  host: "127.0.0.1",
  port,
  servername: NAME,
  headers: { host: `${NAME}:${port}` },
  agent: false as const,
  ...(ca === undefined ? {} : { ca }),
});

/** Asks as somebody who trusts this authority, by the server's name. */
async function ask(port: number, path: string, ca?: string): Promise<{ status: number | undefined; body: string }> {
  const asking = getByTls({ ...here(port, ca), path });
  const [response]: IncomingMessage[] = await once(asking, "response");
  return { status: response?.statusCode, body: response ? await text(response) : "" };
}

/** What `slackwater ca` says, where the server has these settings. */
function saidOfCa(settings: Readonly<Record<string, string>> = {}) {
  const { exitCode, lines } = sayCa({ state: at("state"), environment: settings });
  return { exitCode, said: lines.join("\n") };
}

const wordsOf = (said: string) => /in six words {2}(.+)/.exec(said)?.[1];

describe("a server with an authority of its own", () => {
  test("is believed by whoever trusts the authority, for pages and websockets, and by nobody else", async () => {
    expect(saidOfCa()).toMatchObject({ exitCode: 1, said: expect.stringContaining("TLS_LOCAL_CA=1") });
    const { port } = await start({ HOST: "0.0.0.0", TLS_LOCAL_CA: "1", APP_URL: `https://${NAME}` });
    const told = saidOfCa();
    const [ca = ""] = /-----BEGIN[\s\S]+-----END CERTIFICATE-----/.exec(told.said) ?? [];
    const words = wordsOf(told.said);
    await expect(ask(port, "/ca")).rejects.toThrow("self-signed certificate in certificate chain");
    const page = await ask(port, "/ca", ca);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining(`<strong>${words}</strong>`) });
    expect((await ask(port, "/ca/slackwater-ca.crt", ca)).body.trim()).toBe(ca);
    expect((await ask(port, "/nowhere", ca)).status).toBe(404);
    const related = await ask(port, "/.well-known/webauthn", ca);
    expect([related.status, JSON.parse(related.body)]).toEqual([200, { origins: [`https://${NAME}`] }]);

    const link = new WebSocket(`wss://127.0.0.1:${port}/agent`, here(port, ca));
    const [challenge] = await once(link, "message");
    expect(JSON.parse(String(challenge))).toMatchObject({ type: "challenge" });
    link.terminate();

    // Any program that was told of the authority, as NODE_EXTRA_CA_CERTS, a browser or curl is.
    writeFileSync(at("ca.pem"), ca);
    const fetched = spawnSync(
      process.execPath,
      ["-e", `fetch("https://localhost:${port}/ca").then((answer) => console.log(answer.status))`],
      { env: { PATH: process.env.PATH, NODE_ENV: "test", NODE_EXTRA_CA_CERTS: at("ca.pem") }, encoding: "utf8" },
    );
    expect(fetched.stdout).toBe("200\n");

    // Plain HTTP is not answered, not even by a redirect that somebody on the way could write too.
    const plain = request({ host: "127.0.0.1", port, agent: false });
    plain.end();
    await expect(once(plain, "response")).rejects.toThrow();
  });
});

describe("a server with a given certificate", () => {
  nightlyTest("shows a renewed one within seconds, without a restart", async () => {
    const key = newKey();
    const authority = { key, certificate: await makeAuthority(key, [NAME], Date.now()) };
    const renew = async () => {
      const material = await issueServer(authority, [NAME], Date.now());
      writeFileSync(at("cert.pem"), material.cert);
      writeFileSync(at("key.pem"), material.key, { mode: 0o600 });
    };
    await renew();
    const settings = { TLS_CERT: at("cert.pem"), TLS_KEY: at("key.pem"), APP_URL: `https://${NAME}` };
    const { server, port } = await start(settings);
    const words = wordsOf(saidOfCa(settings).said);
    expect(words?.split(" ")).toHaveLength(6);
    const shownSerial = async () => {
      const asking = getByTls({ ...here(port, authority.certificate), path: "/" });
      const [response] = await once(asking, "response");
      response.resume();
      return response.socket.getPeerX509Certificate().serialNumber;
    };
    const first = await shownSerial();
    await renew();
    await expect.poll(shownSerial, { timeout: 10_000 }).not.toBe(first);
    expect(server.said.join("\n")).toContain("in use, without a restart");
    // The root at the end of the file is what hosts pin, and it is the same.
    expect(wordsOf(saidOfCa(settings).said)).toBe(words);
  });
});

describe("plain HTTP", () => {
  test("on an address that others reach is refused at the start, with what to do", () => {
    const program = join(projectRoot, "server", "main.ts");
    const env = { NODE_ENV: "test" as const, PATH: process.env.PATH, ...surroundings({ HOST: "0.0.0.0", PORT: "0" }) };
    const { status, stderr } = spawnSync(process.execPath, [program, "--no-web"], { env, encoding: "utf8" });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/without TLS .* TLS_CERT and TLS_KEY, or TLS_LOCAL_CA=1/),
    ]);
  });

  const [elsewhere] = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one?.family === "IPv4" && !one.internal);

  nightlyTest("behind a named proxy answers that proxy and this machine", async () => {
    const { port } = await start({ HOST: "0.0.0.0", TRUSTED_PROXIES: "192.0.2.7", APP_URL: `https://${NAME}` });
    // This machine has no second one to ask from; its own address is the nearest thing.
    for (const host of ["127.0.0.1", elsewhere?.address ?? "127.0.0.1"]) {
      const asking = request({ host, port, agent: false });
      asking.end();
      const [response] = await once(asking, "response");
      response.resume();
      expect(response.statusCode).toBe(404);
    }
  });
});
