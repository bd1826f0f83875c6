import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { keyWords } from "../../../agent/trust/keyName.ts";
import { trustCommand } from "../../../agent/trust/trustCommand.ts";
import { loadWords } from "../../../agent/words.ts";
import { atTerminal } from "../../support/atTerminal.ts";
import { makeSecurityKey, makeSshKey } from "../../support/sshKeys.ts";
import { person } from "../link/support/decided.ts";
import type { Host } from "../link/support/host.ts";
import { makeHost } from "../link/support/host.ts";

const CLI = fileURLToPath(new URL("../../../agent/cli.ts", import.meta.url));
const anna = person("anna");
const boris = person("boris");

let host: Host;
let piece: string;
beforeEach(() => {
  host = makeHost();
  piece = join(host.base, "piece.yaml");
  writeFileSync(piece, stringify({ approvers: [anna.pin] }));
});
afterEach(async () => host.clean());

/** The command at a terminal of its own, on which somebody answers. */
const answered = (answer: string) =>
  atTerminal([process.execPath, CLI, "trust", "add", piece, "--config", host.configFile], [["[yes/no] ", answer]]);

/** The same without a terminal, in this process; answers what it said. */
async function trust(...words: string[]): Promise<string> {
  const said: string[] = [];
  const wish = { configFile: host.configFile, ourUid: process.getuid?.() ?? 0, isCompared: true };
  await trustCommand(words, { ...wish, say: (text) => void said.push(text) });
  return said.join("\n");
}

describe("the owner who pins an approver's key on the host", () => {
  test("is shown its words and asked; only a yes pins it, and the file keeps its mode", async () => {
    chmodSync(host.configFile, 0o644);
    const before = readFileSync(host.configFile, "utf8");
    const no = await answered("no");
    expect([no.code, no.out]).toEqual([1, expect.stringContaining("Nothing was pinned.")]);
    expect(readFileSync(host.configFile, "utf8")).toBe(before);
    const yes = await answered("yes");
    expect([yes.code, yes.out]).toEqual([0, expect.stringContaining("systemctl restart slackwater-agent")]);
    expect(yes.out).toContain(keyWords(anna.pin, await loadWords()));
    expect(statSync(host.configFile).mode & 0o777).toBe(0o644);
    expect((await host.cli("trust", "list")).out).toMatch(/^anna {2}for approvers {2}at localhost {2}SOFTWARE KEY/);
  });

  test("is not asked when the keys were compared before, and can take a person away again", async () => {
    writeFileSync(piece, stringify([anna.pin, boris.pin]));
    expect(await trust("add", piece)).toContain("Pinned.");
    await expect(trust("add", piece)).rejects.toThrow("pinned here already");
    expect(await trust("remove", "anna")).toContain("Removed.");
    const listed = await trust("list");
    expect([listed.includes("boris"), listed.includes("anna")]).toEqual([true, false]);
    await expect(trust("remove", "anna")).rejects.toThrow("No key of anna is pinned here");
    await trust("remove", boris.pin.credentialId);
    expect(await trust("list")).toContain("Nobody's decisions count on this host");
  });

  test("pins and takes away an SSH key like any other, and sees which of them lies in a file", async () => {
    const inFile = makeSshKey(host.base, "clara");
    const touched = makeSecurityKey();
    const pin = { user: "clara", groups: ["approvers"] };
    writeFileSync(piece, stringify([{ ...pin, sshKey: `${inFile.publicKey} clara@laptop` }]));
    await expect(trust("add", piece)).rejects.toThrow("not a piece for agent.yaml");
    const keys = [
      { ...pin, sshKey: inFile.publicKey, software: true },
      { ...pin, sshKey: touched.publicKey },
    ];
    writeFileSync(piece, JSON.stringify(keys));
    await trust("add", piece);
    await expect(trust("add", piece)).rejects.toThrow("pinned here already");
    const listed = await trust("list");
    expect(listed).toMatch(/^clara {2}for approvers {2}by SSH key {2}HELD BY A PROGRAM\n {2}key {9}(\w+-?\w* ?){6}\n/);
    const names = [...listed.matchAll(/ssh key {5}(SHA256:\S+) \((\S+)\)/g)].map((found) => found.slice(1));
    expect(names.map(([, type]) => type)).toEqual(["ssh-ed25519", "sk-ssh-ed25519@openssh.com"]);
    expect(execFileSync("ssh-keygen", ["-l", "-f", `${inFile.file}.pub`], { encoding: "utf8" })).toContain(
      names[0]?.[0],
    );
    await trust("remove", names[0]?.[0] ?? "");
    expect(await trust("list")).toMatch(/^clara {2}for approvers {2}by SSH security key\n/);
  });

  test("is told what is wrong: no piece, no such word, a file that others can write", async () => {
    await expect(trust("add", host.configFile)).rejects.toThrow("not a piece for agent.yaml");
    await expect(trust("add", join(host.base, "none"))).rejects.toThrow("no such file");
    await expect(trust("pin")).rejects.toThrow("list, add FILE, remove USER, or server");
    await expect(trust("remove")).rejects.toThrow("Whose?");
    chmodSync(host.configFile, 0o666);
    await expect(trust("add", piece)).rejects.toThrow("is not obeyed");
  });
});
