import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { processesNaming, searchHere } from "../support/secretSearch/search.ts";

const TEXT = "velvet harbour, dismount: pancake";
const SECRETS = new Map([
  ["phrase", TEXT],
  ["other", "nobody ever wrote this down"],
]);

test("a text that lies about is found, wherever and in whatever form, and a text that does not is not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slackwater-search-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const forms = [
    ...[TEXT, Buffer.from(TEXT, "utf16le"), Buffer.from(TEXT).toString("hex")],
    ...["", "a", "ab"].map((before) => Buffer.from(`${before}${TEXT} and more`).toString("base64")),
    Buffer.concat([Buffer.alloc(4 * 2 ** 20 - 9), Buffer.from(TEXT)]),
  ];
  for (const [at, form] of forms.entries()) writeFileSync(join(folder, `form-${at}`), form);
  writeFileSync(join(folder, "harmless"), `${TEXT.slice(0, -1)}\n${TEXT.toUpperCase()}`);

  const program = `const held = Buffer.from(process.argv[1], "hex").toString().split("").reverse().join("");
    process.stdout.write("up"); setInterval(() => held, 1000);`;
  const reversed = Buffer.from([...TEXT].reverse().join("")).toString("hex");
  const marked = { ...process.env, SLACKWATER_SEARCHED: folder };
  const holder = spawn(process.execPath, ["-e", program, reversed], {
    env: marked,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const careless = spawn("bash", ["-c", "read", TEXT], { env: { ...marked, PHRASE: TEXT }, stdio: "pipe" });
  onTestFinished(() => {
    for (const child of [holder, careless]) child.kill("SIGKILL");
  });
  await once(holder.stdout, "data");

  const pids = processesNaming(folder);
  expect(pids).toEqual(expect.arrayContaining([holder.pid, careless.pid]));
  const found = await searchHere(SECRETS, [folder], pids);
  expect([...new Set(found.map(({ name }) => name))]).toEqual(["phrase"]);
  const places = (of: string) => [
    ...new Set(found.flatMap(({ place, where }) => (where.startsWith(of) ? [place] : []))),
  ];
  expect(
    found
      .filter(({ place }) => place === "file")
      .map(({ where }) => where)
      .sort(),
  ).toEqual(forms.map((_, at) => join(folder, `form-${at}`)));
  expect(places(`${holder.pid} `)).toEqual(["memory"]);
  expect(places(`${careless.pid} `)).toEqual(["arguments", "environment", "memory"]);
});
