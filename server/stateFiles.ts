import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { ServerSigner } from "./realtime/agent/parts.ts";
import type { CaFiles } from "./tls/localCa.ts";

/** What the server keeps for itself beside the database. Losing it means: agents enrol again, people sign in again. */
export interface ServerState {
  /** The server's identity towards agents. */
  readonly signer: ServerSigner;
  /** Signs session cookies. */
  readonly sessionSecret: string;
}

/** A file of the state directory that can't be used; the message says what to do. */
export class StateFailure extends Error {
  override readonly name = "StateFailure";
}

/** Reads the server's own files, making them at the first start. */
export function openState(directory: string): ServerState {
  makeDirectory(directory);
  const pem = readOrMake(join(directory, "server-key.pem"), () =>
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  );
  const sessionSecret = readOrMake(join(directory, "session-secret"), () => randomBytes(48).toString("base64url"));
  const key = createPrivateKey(pem);
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return {
    signer: {
      publicKey: Buffer.from(x, "base64url").toString("base64"),
      sign: (text) => sign(null, Buffer.from(text), key).toString("base64"),
    },
    sessionSecret: sessionSecret.trim(),
  };
}

/** How the local authority's files are kept in a state directory that `openState` has opened. */
export function caFiles(directory: string): CaFiles {
  return {
    readOrMakeSecret: (name, make) => readOrMake(join(directory, name), make),
    replace(name, text) {
      const unfinished = join(directory, `${name}.${process.pid}`);
      writeFileSync(unfinished, text, { mode: 0o644 });
      renameSync(unfinished, join(directory, name));
    },
  };
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new StateFailure(
      `${directory} can't be used to keep the server's key and its database (${why}). Let this account write there, or set STATE_DIRECTORY to a folder that it may write.`,
      { cause },
    );
  }
}

/** A file that only its owner may read. One of two that start together makes it, the other reads it. */
function readOrMake(file: string, make: () => string): string {
  try {
    writeFileSync(file, make(), { flag: "wx", mode: 0o600 });
    chmodSync(file, 0o600); // whatever the umask made of it
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  try {
    return readSecret(file);
  } catch (cause) {
    if (cause instanceof StateFailure) throw cause;
    throw new StateFailure(`${file} can't be read. Start as the account that made it: ${String(cause)}`, { cause });
  }
}

function readSecret(file: string): string {
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) {
    throw new StateFailure(`${file} can be read by others: it is a secret. Run: chmod 600 ${file}`);
  }
  return readFileSync(file, "utf8");
}
