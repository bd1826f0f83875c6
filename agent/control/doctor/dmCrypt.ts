import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../domain/failure.ts";
import type { AgentConfig } from "../../config.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { givesBack } from "../../process/givesBack.ts";
import { secretDirectory } from "../../process/secretFile.ts";
import { KEY_FD, luksCloseCall, luksFormatCall, luksOpenCall } from "../../tools/cryptsetup.ts";
import { dmVersionCall } from "../../tools/dmsetup.ts";
import { fallocateCall } from "../../tools/fallocate.ts";
import type { Finding } from "./finding.ts";

/** LUKS2 keeps 16 MiB for itself. */
const TRIAL_BYTES = 20 * 1024 ** 2;
/** The cheapest key derivation there is: the trial's key protects nothing. */
const CHEAP_ITERATIONS = 1000;

/**
 * Whether dm-crypt really works here. Neither a loaded module nor an installed program says so (containers have both and may use
 * neither), so a small LUKS2 volume is made in memory, opened, written, read and closed. Nothing of it stays. Nothing is
 * found where no action that is allowed would need it.
 */
export async function dmCryptHere(
  config: AgentConfig,
  context: Pick<ActionContext, "program">,
): Promise<readonly Finding[]> {
  if (!config.actions.some((name) => name.startsWith("luks."))) return [];
  return [findingOf(await whyNot(context), config)];
}

function findingOf(because: string | undefined, config: AgentConfig): Finding {
  if (because === undefined) {
    return {
      subject: "dmCrypt",
      verdict: "ok",
      says: "A volume was made in memory, opened, written, read and closed.",
    };
  }
  if (config.volumes.allowUnencrypted) {
    const says = `It does not work here (${because}); volumes.allowUnencrypted lets actions work on volumes that are NOT ENCRYPTED.`;
    return { subject: "dmCrypt", verdict: "note", says };
  }
  return {
    subject: "dmCrypt",
    verdict: "missing",
    says: `It does not work here: ${because}.`,
    todo: "As root on a kernel with device-mapper: apt-get install cryptsetup-bin dmsetup; modprobe dm_crypt loop. Most containers may use neither.",
  };
}

async function whyNot(context: Pick<ActionContext, "program">): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "opening a volume needs root";
  try {
    await context.program(dmVersionCall());
  } catch (error) {
    return error instanceof Failure && error.code === "toolMissing"
      ? withoutStop(error.message)
      : "this kernel has no device-mapper that we may use";
  }
  const memory = secretDirectory();
  if (memory === undefined) return "there is no folder in memory to try it in";
  const folder = mkdtempSync(join(memory, "slackwater-doctor-"));
  const [image, name] = [join(folder, "image"), `slackwater-trial-${randomUUID().slice(0, 8)}`];
  const secretFds = [{ fd: KEY_FD, bytes: randomBytes(32) }];
  try {
    await context.program(fallocateCall(image, TRIAL_BYTES));
    await context.program({ ...luksFormatCall(image, { pbkdfIterations: CHEAP_ITERATIONS, label: name }), secretFds });
    await context.program({ ...luksOpenCall(image, name), secretFds });
    try {
      if (!(await givesBack(`/dev/mapper/${name}`))) return "a volume did not give back what was written to it";
    } finally {
      await context.program(luksCloseCall(name));
    }
    return undefined;
  } catch (error) {
    return withoutStop(error instanceof Failure ? (lastLine(error.detail) ?? error.message) : String(error));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As the middle of a sentence of ours. */
const withoutStop = (text: string): string => text.trim().replace(/\.$/, "");
const lastLine = (text: string | undefined): string | undefined => text?.trim().split("\n").at(-1) || undefined;
