import { pinOf } from "../../domain/identity/serverPin.ts";
import type { Digest } from "../../domain/ids.ts";
import { loadWords } from "../words.ts";
import type { Presented } from "./presented.ts";
import { presentedAt } from "./presented.ts";

/**
 * How a connection is made, for Node's TLS. With a pinned key the certificate that carries it is the one authority that is believed: the
 * system's count no more. Node checks the rest as ever, before a byte is sent: that the chain leads there, that it is in time, and that
 * it is for the name that was asked for. Without a pinned key there is nothing to add.
 */
export type LinkTls = { readonly ca: string; readonly allowPartialTrustChain: true } | Readonly<Record<string, never>>;

/** How to connect, or why not, in words for the host's owner. `unreachable` may mend itself in seconds. */
export type LinkTrust =
  | { readonly ok: true; readonly tls: LinkTls }
  | { readonly ok: false; readonly kind: "unreachable" | "otherKey"; readonly because: string };

/**
 * Looks who answers at an address before anything is said to them. A certificate that was renewed by the same authority, or with the same
 * key, is good; any other key is not, whoever vouches for it.
 *
 * @param pin the pinned key (SHA-256 of its SPKI); undefined: the system's authorities decide
 */
export async function trustAt(
  url: URL,
  pin: Digest | undefined,
  withinMs: number,
  signal?: AbortSignal,
): Promise<LinkTrust> {
  if (pin === undefined) return { ok: true, tls: {} };
  let chain: readonly Presented[];
  try {
    chain = await presentedAt(url, withinMs, signal);
  } catch (error) {
    return { ok: false, kind: "unreachable", because: error instanceof Error ? error.message : String(error) };
  }
  const pinned = chain.find(({ key }) => key === pin);
  if (pinned !== undefined) return { ok: true, tls: { ca: pinned.pem, allowPartialTrustChain: true } };
  return { ok: false, kind: "otherKey", because: await otherKeyText(pin, pinOf(chain)) };
}

async function otherKeyText(pin: Digest, found: Digest | undefined): Promise<string> {
  const wordsOf = await loadWords();
  const showed = found === undefined ? "no certificate at all" : `"${wordsOf(found)}"`;
  return [
    `The server shows another TLS key than the pinned one. Pinned: "${wordsOf(pin)}". It showed: ${showed}.`,
    "Nothing was sent to it. If the server's owner changed the key, compare the words with them, then: slackwater-agent trust server",
  ].join(" ");
}
