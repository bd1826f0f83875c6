import { createHash } from "node:crypto";
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { luksHeaderBackup } from "../../../domain/action/luks.ts";
import { Failure } from "../../../domain/failure.ts";
import type { ActionContext } from "../../process/actionContext.ts";
import { KEY_FD, luksHeaderBackupCall, luksHeaderRestoreCall, testPassphraseCall } from "../../tools/cryptsetup.ts";
import type { Action } from "../action.ts";
import { headerBackupPlan, SCRATCH_ROOM_BYTES } from "./headerBackupPlan.ts";

type Args = z.output<typeof luksHeaderBackup.args>;
type Result = z.output<typeof luksHeaderBackup.result>;

/** Where the header lies unencrypted for a moment: in memory, never on a disk. */
const MEMORY = "/dev/shm";
/** `luks.headerBackup`. */
export const luksHeaderBackupAction: Action<typeof luksHeaderBackup.args, typeof luksHeaderBackup.result> = {
  spec: luksHeaderBackup,
  plan: headerBackupPlan,
  run: backUp,
  // A second backup beside the first does no harm, and the first may be half written.
  inspect: () => Promise.resolve({ state: "notBegun" }),
  left: async ({ volume }) =>
    (await scratchFolders(volume.name)).map((path) => ({
      ...{ kind: "partialFiles", what: `${path}, a header that is not encrypted, in memory` },
      cleanUp: `rm -r -- ${path}`,
    })),
};

const scratchPrefix = (volumeName: string) => `slackwater-header-${volumeName}-`;

/** Where attempts for this volume have left a header, unencrypted: those that were killed in the middle. */
async function scratchFolders(volumeName: string): Promise<readonly string[]> {
  const prefix = scratchPrefix(volumeName);
  // mkdtemp puts six letters and digits behind it: a longer name is another volume's.
  const isOurs = (name: string) => name.startsWith(prefix) && /^[A-Za-z0-9]{6}$/.test(name.slice(prefix.length));
  return (await readdir(MEMORY)).filter(isOurs).map((name) => join(MEMORY, name));
}

async function backUp({ volume, directory, recipients }: Args, context: ActionContext): Promise<Result> {
  if (volume.encryption === "none") {
    return { encrypted: "none", path: "", size_bytes: 0, sha256: "", recipients_count: 0, is_tested: false };
  }
  if (recipients.length === 0)
    throw new Failure("argumentsInvalid", "The header must be encrypted to at least one recovery recipient.");
  for (const earlier of await scratchFolders(volume.name)) await rm(earlier, { recursive: true, force: true });
  const scratch = await mkdtemp(join(MEMORY, scratchPrefix(volume.name)));
  try {
    const plain = join(scratch, "header");
    await context.program(luksHeaderBackupCall(volume.path, plain));
    const isTested = await testOnScratch(plain, join(scratch, "copy"), context);
    const sealed = await encrypt(await readFile(plain), recipients);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const stamp = new Date(context.now()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const path = join(directory, `luks-header-${volume.name}-${stamp}.img.age`);
    await writeFile(path, sealed, { mode: 0o600, flush: true });
    return {
      encrypted: "luks2",
      path,
      size_bytes: sealed.length,
      sha256: createHash("sha256").update(sealed).digest("hex"),
      recipients_count: recipients.length,
      is_tested: isTested,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function testOnScratch(header: string, copy: string, context: ActionContext): Promise<boolean> {
  const { size } = await stat(header);
  await (await open(copy, "wx", 0o600)).close();
  await truncate(copy, size + SCRATCH_ROOM_BYTES);
  await context.program(luksHeaderRestoreCall(copy, header));
  const { exitCode } = await context.program({
    ...testPassphraseCall(copy, 0),
    secretFds: [{ fd: KEY_FD, bytes: context.secret("operational") }],
  });
  return exitCode === 0;
}

async function encrypt(header: Buffer, recipients: readonly string[]): Promise<Uint8Array> {
  // Loaded here: of all actions of the pack only this one needs it, and it is fifty modules.
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (error) {
      throw new Failure("argumentsInvalid", `${recipient} is no age recipient (age1…).`, { cause: error });
    }
  }
  return encrypter.encrypt(new Uint8Array(header));
}
