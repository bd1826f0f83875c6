import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { createTarDecoder, createTarPacker } from "modern-tar";
import type { OpeningKey, SealingKey } from "./backupKey.ts";

/** A backup file that can't be read; the message says what to do. */
export class BackupUnreadable extends Error {
  override readonly name = "BackupUnreadable";
}

/** Adds one entry to the archive that is being written. */
export type AddEntry = (name: string, bytes: Uint8Array) => Promise<void>;

/**
 * Writes a new file that only its owner may read: a tar, compressed, encrypted with age. By hand: `age -d <file> | tar xz`. It is on the
 * disk when this resolves. Answers what opens it: for recipients a key that was made for this one look and is kept nowhere, since their own
 * identities are not here.
 */
export async function writeArchive(
  path: string,
  key: SealingKey,
  fill: (add: AddEntry) => Promise<void>,
): Promise<OpeningKey> {
  const { encrypter, opening } = await encrypterFor(key);
  const file = await open(path, "wx", 0o600);
  try {
    await file.chmod(0o600); // whatever the umask made of it
    const { readable, controller } = createTarPacker();
    const add: AddEntry = async (name, bytes) => {
      const entry = controller.add({ name, size: bytes.byteLength, mode: 0o600, type: "file" }).getWriter();
      if (bytes.byteLength > 0) await entry.write(bytes);
      await entry.close();
    };
    const filling = fill(add).then(
      () => controller.finalize(),
      (error: unknown) => {
        controller.error(error);
        throw error;
      },
    );
    const sealed = await encrypter.encrypt(readable.pipeThrough(new CompressionStream("gzip")));
    const writing = (async () => {
      for await (const piece of sealed) await file.writeFile(piece);
    })();
    const [filled, written] = await Promise.allSettled([filling, writing]);
    // What went wrong while filling is the cause; the other is only its consequence.
    if (filled.status === "rejected") throw filled.reason;
    if (written.status === "rejected") throw written.reason;
    await file.sync();
  } finally {
    await file.close();
  }
  return opening;
}

/**
 * Reads an archive from its beginning to its end, entry by entry; what an entry holds has to be read before the next one.
 * @throws BackupUnreadable where the key is not the file's, or the file is not as it was written
 */
export async function readArchive(
  path: string,
  key: OpeningKey,
  visit: (name: string, body: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const source = createReadStream(path);
  // The one error with a sentence of its own: there is no such file, or it may not be opened.
  await new Promise<void>((resolve, reject) => source.once("ready", resolve).once("error", reject));
  try {
    const opened = await ofFile(decrypterFor(key).decrypt(bytesOf(source)));
    const entries = opened
      .pipeThrough(ownBytes())
      .pipeThrough(new DecompressionStream("gzip"))
      .pipeThrough(createTarDecoder({ strict: true }));
    const reader = entries.getReader();
    for (;;) {
      const { done, value } = await ofFile(reader.read());
      if (done) return;
      await visit(value.header.name, fromFile(value.body));
    }
  } catch (trouble) {
    if (!(trouble instanceof FileTrouble)) throw trouble;
    const { cause } = trouble;
    const isLocked = cause instanceof Error && cause.message.includes("no identity matched");
    const what = key.kind === "passphrase" ? "This passphrase does" : "This identity does";
    throw new BackupUnreadable(
      isLocked
        ? `${what} not open ${path}. Nothing was changed.`
        : `${path} is damaged, cut short, or no backup of Slackwater. Nothing was changed; take an older backup.`,
      { cause },
    );
  } finally {
    source.destroy();
  }
}

/** Something wrong in the file, told apart from what goes wrong in the caller's own work. */
class FileTrouble extends Error {}

const ofFile = <T>(reading: Promise<T>): Promise<T> =>
  reading.catch((cause: unknown) => {
    throw new FileTrouble("the file", { cause });
  });

async function* fromFile(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new FileTrouble("the file", { cause });
  }
}

/** By its type the library may hand out shared memory, which nothing decompresses. */
const ownBytes = () =>
  new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    transform: (piece, out) => out.enqueue(new Uint8Array(piece)),
  });

async function encrypterFor(key: SealingKey): Promise<{ readonly encrypter: Encrypter; readonly opening: OpeningKey }> {
  const encrypter = new Encrypter();
  if (key.kind === "passphrase") {
    encrypter.setPassphrase(key.passphrase);
    return { encrypter, opening: key };
  }
  for (const recipient of key.recipients) encrypter.addRecipient(recipient);
  const identity = await generateIdentity();
  encrypter.addRecipient(await identityToRecipient(identity));
  return { encrypter, opening: { kind: "identities", identities: [identity] } };
}

function decrypterFor(key: OpeningKey): Decrypter {
  const decrypter = new Decrypter();
  if (key.kind === "passphrase") decrypter.addPassphrase(key.passphrase);
  else for (const identity of key.identities) decrypter.addIdentity(identity);
  return decrypter;
}

const bytesOf = (source: Readable): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array>(
    {
      start(controller) {
        source.on("error", (error) => controller.error(error));
        source.on("end", () => controller.close());
        source.on("data", (piece: Buffer) => {
          controller.enqueue(new Uint8Array(piece));
          if ((controller.desiredSize ?? 1) <= 0) source.pause();
        });
        source.pause();
      },
      pull: () => void source.resume(),
      cancel: () => void source.destroy(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 1 << 20 }),
  );
