import { hostCipherBenchmark } from "../../../domain/action/host.ts";
import { Failure } from "../../../domain/failure.ts";
import { bash } from "../../byHand/bash.ts";
import { observing } from "../observing.ts";

const CIPHER = "aes-xts";
const KEY_BITS = 512;
const ARGS = ["benchmark", "--cipher", "aes-xts-plain64", "--key-size", String(KEY_BITS)];

/** A kernel without the crypto interface for users can't be measured, and that is no failure. */
const BY_HAND = [bash`cryptsetup ${ARGS} || printf 'This kernel offers no such measurement.\n'`];

/** Speeds of `cryptsetup benchmark` in bytes per second, from its line `aes-xts  512b  1234.5 MiB/s  1200.1 MiB/s`. */
export function benchmarkSpeeds(output: string): { encrypt: number; decrypt: number } | undefined {
  const row = /^\s*aes-xts\s+512b\s+(\d{1,9}(?:\.\d{1,9})?) MiB\/s\s+(\d{1,9}(?:\.\d{1,9})?) MiB\/s/m.exec(output);
  if (!row) return undefined;
  return { encrypt: Math.round(Number(row[1]) * 2 ** 20), decrypt: Math.round(Number(row[2]) * 2 ** 20) };
}

/** `host.cipherBenchmark`: the kernel's own speed, in memory, with nothing on disk. */
export const hostCipherBenchmarkAction = observing(hostCipherBenchmark, {
  plan: ({ encryption }) =>
    encryption === "none" ? [] : [{ kind: "program", file: "cryptsetup", args: ARGS, bash: BY_HAND }],
  run: async ({ encryption }, context) => {
    const none = {
      available: false,
      cipher: CIPHER,
      key_bits: KEY_BITS,
      encrypt_bytes_per_second: 0,
      decrypt_bytes_per_second: 0,
    };
    if (encryption === "none") return none;
    try {
      const { stdout } = await context.program({ file: "cryptsetup", args: ARGS, debianPackage: "cryptsetup-bin" });
      const speeds = benchmarkSpeeds(stdout.toString());
      if (!speeds) return none;
      return {
        ...none,
        available: true,
        encrypt_bytes_per_second: speeds.encrypt,
        decrypt_bytes_per_second: speeds.decrypt,
      };
    } catch (error) {
      // A kernel without the crypto interface for users can't be measured; dm-crypt may work all the same.
      if (error instanceof Failure && error.code === "programFailed") return none;
      throw error;
    }
  },
});
