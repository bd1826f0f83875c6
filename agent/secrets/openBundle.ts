import { Decrypter } from "age-encryption";
import { Failure } from "../../domain/failure.ts";
import { importRunKey } from "./importRunKey.ts";

/**
 * Opens every secret of a bundle, by name, and wipes the bundle. Throws `secretMissing` when one was sealed to another key (an
 * earlier run's, or a host that was started anew since).
 */
export async function openBundle(bundle: Buffer): Promise<Map<string, Buffer>> {
  const opened = new Map<string, Buffer>();
  if (bundle.length === 0) return opened;
  try {
    const [privateKey, ...rest] = partsOf(bundle);
    if (privateKey === undefined) return opened;
    const decrypter = new Decrypter();
    decrypter.addIdentity(await keyIn(privateKey));
    for (let i = 0; i + 1 < rest.length; i += 2) {
      const name = rest[i]?.toString("utf8") ?? "";
      opened.set(name, await openOne(decrypter, name, rest[i + 1] ?? Buffer.alloc(0)));
    }
    return opened;
  } catch (error) {
    for (const secret of opened.values()) secret.fill(0);
    throw error;
  } finally {
    bundle.fill(0);
  }
}

/** The parts share the bundle's memory, so that wiping it wipes them. */
function partsOf(bundle: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bundle.length; ) {
    const length = bundle.length - at < 4 ? bundle.length : bundle.readUInt32BE(at);
    if (at + 4 + length > bundle.length) throw new Failure("defect", "The bundle of secrets is cut short.");
    parts.push(bundle.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}

async function keyIn(pkcs8: Buffer): Promise<CryptoKey> {
  try {
    return await importRunKey(pkcs8, { isExtractable: false });
  } catch (error) {
    throw new Failure("secretMissing", "The key of this run can't be read, so nothing that was sealed to it opens.", {
      cause: error,
    });
  }
}

async function openOne(decrypter: Decrypter, name: string, file: Buffer): Promise<Buffer> {
  try {
    const plain = await decrypter.decrypt(new Uint8Array(file));
    return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
  } catch (error) {
    throw new Failure("secretMissing", `The secret "${name}" is not sealed to this host's key for this run.`, {
      cause: error,
    });
  }
}
