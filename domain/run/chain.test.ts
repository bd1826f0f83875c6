import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { canonicalJson } from "../canonicalJson.ts";
import type { Sha256 } from "../digest.ts";
import { Digest, RunId } from "../ids.ts";
import { Instant } from "../time.ts";
import type { Head, StoredLink } from "./chain.ts";
import { checkChain, EMPTY_HEAD, linkText } from "./chain.ts";

const runId = RunId.parse("0190a1b2-0000-4000-8000-000000000001");
const sha256: Sha256 = (text) => Digest.parse(createHash("sha256").update(text).digest("hex"));

function chainOf(texts: readonly string[]): StoredLink[] {
  let head: Head = EMPTY_HEAD;
  return texts.map((text, index) => {
    const payload = canonicalJson({ text, type: "noteWritten" });
    const at = Instant.parse(1_700_000_000_000 + index);
    const link = { runId, seq: head.seq + 1, at, prevHash: head.hash };
    const hash = sha256(linkText(link, payload));
    head = { seq: link.seq, hash };
    return { seq: link.seq, at, payload, prevHash: link.prevHash, hash };
  });
}

test("what is hashed is the canonical JSON of the event in its place, so anyone can compute it again", () => {
  const event = { type: "noteWritten", text: 'a\u20ac"b', by: "u1" };
  const link = { runId, seq: 3, at: Instant.parse(5), prevHash: EMPTY_HEAD.hash };
  expect(linkText(link, canonicalJson(event))).toBe(
    canonicalJson({ event, seq: 3, runId, prevHash: EMPTY_HEAD.hash, at: 5 }),
  );
});

test("an untouched log is intact and ends at its head", () => {
  const links = chainOf(["one", "two", "three"]);
  expect(checkChain(runId, links, sha256)).toEqual({ intact: true, head: { seq: 3, hash: links[2]?.hash } });
  const after = { seq: 1, hash: Digest.parse(links[0]!.hash) };
  expect(checkChain(runId, links.slice(1), sha256, after)).toMatchObject({ intact: true });
});

test("an event changed, taken out, put in, moved in time or given to another run is found at its place", () => {
  const links = chainOf(["one", "two", "three"]);
  const second = links[1]!;
  const changed = links.with(1, { ...second, payload: second.payload.replace("two", "too") });
  expect(checkChain(runId, changed, sha256)).toEqual({ intact: false, seq: 2, why: "hash" });
  expect(checkChain(runId, links.toSpliced(1, 1), sha256)).toEqual({ intact: false, seq: 2, why: "sequence" });
  expect(checkChain(runId, links.toSpliced(1, 0, second), sha256)).toEqual({ intact: false, seq: 3, why: "sequence" });
  const later = links.with(1, { ...second, at: Instant.parse(second.at + 1) });
  expect(checkChain(runId, later, sha256)).toEqual({ intact: false, seq: 2, why: "hash" });
  const other = RunId.parse("0190a1b2-0000-4000-8000-000000000002");
  expect(checkChain(other, links, sha256)).toEqual({ intact: false, seq: 1, why: "hash" });
});

test("a log rewritten from one event on no longer fits what comes after it", () => {
  const links = chainOf(["one", "two", "three"]);
  const rewritten = chainOf(["one", "2", "three"]);
  expect(checkChain(runId, links.with(1, rewritten[1]!), sha256)).toEqual({
    intact: false,
    seq: 3,
    why: "predecessor",
  });
});
