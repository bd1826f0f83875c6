import { Failure } from "../../domain/failure.ts";
import type { RunId } from "../../domain/ids.ts";
import type { SealedSecret } from "../../protocol/agent.ts";
import type { RunKeys } from "../runKey/runKey.ts";
import { sealBundle } from "./sealedBundle.ts";

/**
 * The bundle for a task's runner: the run's key and just those sealed secrets that the action opens. Empty when it opens none. Throws
 * `secretMissing` when one was not sent, or when the key is gone that it was sealed to: the host was started anew since.
 */
export async function bundleFor(
  names: readonly string[],
  sealed: readonly SealedSecret[],
  runId: RunId,
  runKeys: RunKeys,
): Promise<Buffer> {
  if (names.length === 0) return Buffer.alloc(0);
  const wanted = names.map((name) => {
    const secret = sealed.find((one) => one.name === name);
    if (secret === undefined) throw new Failure("secretMissing", `The secret "${name}" did not come with the order.`);
    return secret;
  });
  const key = runKeys.read(runId);
  if (key === undefined) {
    throw new Failure(
      "secretMissing",
      "This host no longer has the key of the run: it was started anew. Seal the secrets again.",
    );
  }
  try {
    return sealBundle(key, wanted);
  } finally {
    key.fill(0);
  }
}
