import type { SampleHost } from "../../../scripts/demo/sampleHost.ts";
import { waitUntil } from "../../support/waitUntil.ts";

/** A person at a terminal in a guest, who reads before they type. */
export interface GuestTerminal {
  /** Waits until a text was shown behind what was waited for before; answers all that was shown. */
  reads(text: string, withinMs?: number): Promise<string>;
  types(...lines: readonly string[]): Promise<void>;
}

/** Starts a command in a guest whose input is typed and whose output is read, both through files there: the guest may have no network. */
export async function sitDownInGuest(host: SampleHost, command: string): Promise<GuestTerminal> {
  const keys = `${host.folder}/terminal.keys`;
  const screen = `${host.folder}/terminal.screen`;
  await host.exec(`rm -f ${keys} ${screen}; mkfifo -m 600 ${keys}; : > ${screen}`);
  // Somebody holds the pipe open for writing as long as the command reads it: else the first line typed would be its end.
  await host.launch(`exec 9<>${keys}; exec ${command} <&9`, screen);
  let readTo = 0;
  const shown = async () => host.readText(screen);
  return {
    async reads(text, withinMs = 60_000) {
      await waitUntil(
        `"${text}" in the guest's terminal`,
        async () => (await shown()).indexOf(text, readTo) !== -1,
        withinMs,
      ).catch(async () => {
        throw new Error(`"${text}" was not shown. Shown:\n${await shown()}`);
      });
      const all = await shown();
      readTo = all.indexOf(text, readTo) + text.length;
      return all;
    },
    async types(...lines) {
      const quoted = lines.map((line) => `'${line.replaceAll("'", "'\\''")}'`).join(" ");
      await host.exec(`printf '%s\\n' ${quoted} > ${keys}`);
    },
  };
}
