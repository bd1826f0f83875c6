import { mustRun } from "./agentOnHost.ts";
import type { Sabotage } from "./options.ts";
import type { SampleHost } from "./sampleHost.ts";

/** How much is changed (bytes): what a bad sector or a bit error of a controller might spoil. */
const SPOILT_BYTES = 4096;

/**
 * Changes one copied file behind everyone's back. `corrupt`: through the file system, size and time kept. `corrupt-under`: the
 * ciphertext below dm-crypt, where no file system notices. Answers what was changed, for the story.
 */
export async function spoilCopy(
  host: SampleHost,
  how: Sabotage,
  where: { copy: string; image: string; mapper: string },
): Promise<string> {
  const file = (await mustRun(host, `find '${where.copy}/base' -type f -size +1000k | sort | head -1`)).trim();
  if (file === "") throw new Error(`There is no large file in ${where.copy} to spoil.`);
  if (how === "corrupt") {
    await mustRun(
      host,
      `touch -r '${file}' /tmp/spoil.time && dd if=/dev/urandom of='${file}' bs=${SPOILT_BYTES} count=1 seek=3 conv=notrunc status=none && touch -r /tmp/spoil.time '${file}' && sync && rm /tmp/spoil.time`,
    );
    return `${SPOILT_BYTES} bytes of ${file} were changed`;
  }
  await mustRun(host, "sync");
  const extents = await mustRun(host, `filefrag -v '${file}'`);
  const blockBytes = Number(/blocks? of (\d+) bytes/.exec(extents)?.[1]);
  const block = Number(/^\s*0:\s+\d+\.\.\s*\d+:\s+(\d+)\.\./m.exec(extents)?.[1]);
  const offset = host.encryption === "luks2" ? await payloadOffset(host, where.image) : 0;
  const at = offset + (block + 3) * blockBytes;
  if (!Number.isSafeInteger(at)) throw new Error(`Where ${file} lies can't be read:\n${extents.slice(0, 600)}`);
  await mustRun(
    host,
    `dd if=/dev/urandom of='${where.image}' bs=${SPOILT_BYTES} count=1 seek=${at} oflag=seek_bytes conv=notrunc,fsync status=none`,
  );
  return `${SPOILT_BYTES} bytes of ciphertext below ${file} were changed, at ${at} of ${where.image}`;
}

/** Where the encrypted data begin in a LUKS2 container (bytes). */
async function payloadOffset(host: SampleHost, image: string): Promise<number> {
  const metadata = await mustRun(host, `cryptsetup luksDump --dump-json-metadata '${image}'`);
  return Number(/"segments":\s*\{\s*"0":\s*\{[^}]*?"offset":\s*"(\d+)"/s.exec(metadata)?.[1]);
}
