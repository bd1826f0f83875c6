import { generateKeyPairSync } from "node:crypto";
import { crc32 } from "node:zlib";
import { Encrypter, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../agent/config.ts";
import { CommandError } from "../../agent/control/commandError.ts";
import { decodeJournal, encodeLine } from "../../agent/journal/journalLine.ts";
import { decodeRecord, encodeHeader, findRecord } from "../../agent/process/spoolRecord.ts";
import { importRunKey } from "../../agent/secrets/importRunKey.ts";
import { openBundle } from "../../agent/secrets/openBundle.ts";
import { sealBundle } from "../../agent/secrets/sealedBundle.ts";
import { readPiece } from "../../agent/trust/approversInFile.ts";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import type { RunExport } from "../../domain/chain/exportFile.ts";
import { writeExport } from "../../domain/chain/exportFile.ts";
import { verifyExport } from "../../domain/chain/verifyExport.ts";
import { Failure } from "../../domain/failure.ts";
import { Digest, RunId, UserId } from "../../domain/ids.ts";
import { GENESIS_HASH, linkText } from "../../domain/run/chain.ts";
import { RunEvent } from "../../domain/run/events.ts";
import { evolve, fold } from "../../domain/run/evolve.ts";
import { IllegalTransition } from "../../domain/run/illegalTransition.ts";
import { Instant } from "../../domain/time.ts";
import { SampleRun, sha256 } from "../support/sampleRun.ts";
import { bytesLike, jsonLike, textLike, valueLike } from "./support/hostile.ts";
import { CASES, TIMEOUT_MS, withstands } from "./support/withstands.ts";

const AGENT_YAML = `actions: [host.*, files.copy]
roots:
  read: [/srv] # as is
  trustedOwners: [postgres, 26]
databases: [{ port: 5432, names: ["*"] }]
approvers:
  - user: anna
    credentialId: AbC_-1
    publicKey: pQECAyYg
    rpId: slackwater.example
    origins: [https://slackwater.example]
`;
const PIECE = AGENT_YAML.slice(AGENT_YAML.indexOf("approvers:"));

describe("whatever stands in agent.yaml, it is read or refused with its place", () => {
  withstands("parseConfig", { input: textLike([AGENT_YAML]), read: (text) => parseConfig(text, "agent.yaml") });
  withstands("readPiece", { input: textLike([PIECE]), read: readPiece, mayThrow: (e) => e instanceof CommandError });
});

const runId = RunId.parse("3f0b8a52-1111-4222-8333-444455556666");
const records = [
  { type: "headSeen" as const, runId, head: Digest.parse("ab".repeat(32)) },
  { type: "runEnded" as const, runId },
].map((entry, index) => ({ seq: index + 1, at: Instant.parse(1_000 + index), entry }));
const sealed = (json: string) => Buffer.from(`${crc32(json).toString(16).padStart(8, "0")} ${json}\n`);

/** Half of it damaged in its bytes, half of it sealed as if it were sound. */
const journal = fc.oneof(bytesLike([Buffer.from(records.map(encodeLine).join(""))]), jsonLike(records).map(sealed));

const record = (offset: number, text: string, sequence: number) => {
  const bytes = Buffer.from(text);
  return Buffer.concat([encodeHeader({ stream: "stdout", sequence, offset, at: 1_000, bytes }), bytes]);
};
const segment = bytesLike([Buffer.concat([record(0, "line 1\n", 1), record(7, "line 2\n", 2), record(14, "SWO1", 3)])]);

describe("whatever a disk gives back, what is sound in it is read and the rest is known for damage", () => {
  withstands("decodeJournal", {
    input: journal,
    read: decodeJournal,
    holds: (answer, bytes) => {
      if (typeof answer === "object" && answer !== null && "soundBytes" in answer)
        expect(answer.soundBytes).toBeLessThanOrEqual(bytes.length);
    },
  });
  withstands("decodeRecord", {
    input: segment,
    // As the reader of a spool goes through it: on from each record, over what is damaged to the next sound one.
    read(bytes) {
      const found: string[] = [];
      for (let at: number | undefined = 0; at !== undefined; ) {
        const decoded = decodeRecord(bytes, at);
        if (decoded.kind === "incomplete") return found;
        if (decoded.kind === "record") found.push(decoded.record.bytes.toString("latin1"));
        const next: number | undefined = decoded.next ?? findRecord(bytes, at + 1);
        if (next !== undefined && next <= at) throw new Error("it does not get on");
        at = next;
      }
      return found;
    },
  });
});

describe("whatever a runner is handed, it opens the secrets or fails with a code, and wipes what it was given", () => {
  const { privateKey } = generateKeyPairSync("x25519");
  const key = privateKey.export({ type: "pkcs8", format: "der" });

  test("openBundle", { timeout: TIMEOUT_MS }, async () => {
    const encrypter = new Encrypter();
    const recipient = await identityToRecipient(await importRunKey(key, { isExtractable: true }));
    encrypter.addRecipient(recipient);
    const ciphertext = Buffer.from(await encrypter.encrypt("eight words of a passphrase")).toString("base64");
    const good = sealBundle(key, [{ name: "operational", recipient, ciphertext }]);
    await fc.assert(
      fc.asyncProperty(bytesLike([good]), async (bytes) => {
        const bundle = Buffer.from(bytes);
        await openBundle(bundle).catch((error: unknown) => {
          if (!(error instanceof Failure)) throw error;
        });
        expect(bundle.every((byte) => byte === 0)).toBe(true);
      }),
      { numRuns: CASES },
    );
  });
});

const run = new SampleRun().start();
run.succeed("prepare");

/** A run as it is exported. */
function exported(): Uint8Array {
  const header: RunExport["header"] = {
    format: "slackwater-run/1",
    runId: run.state.runId,
    exportedAt: run.now,
    relyingParty: { rpId: "localhost", origins: ["http://localhost:3000"] },
    people: [{ userId: UserId.parse("anna"), publicKeys: ["AA"] }],
    runbook: run.plan.text,
  };
  let prevHash = GENESIS_HASH;
  const events = run.log.map(({ seq, at, event }) => {
    const hash = sha256(linkText({ runId: header.runId, seq, at, prevHash }, canonicalJson(event)));
    const logged = { seq, at, event, prevHash, hash };
    prevHash = hash;
    return logged;
  });
  return Buffer.from(writeExport({ header, events }, sha256));
}

/** Each event of the run with the state that it came upon. */
const moments = run.log.map((placed, index) => ({ placed, state: fold(run.log.slice(0, index)) }));
/** One of them, forged: whoever can write a file can also hash it anew. */
const forged = fc.oneof(
  ...moments.map(({ placed, state }) => valueLike([placed.event]).map((event) => ({ ...placed, event, state }))),
);

describe("whatever is handed in as an exported run, it is proven or the first thing that is wrong is named", () => {
  withstands("verifyExport", { input: bytesLike([exported()]), read: (bytes) => verifyExport(bytes, sha256).ok });
  withstands("an event", {
    input: forged,
    read({ seq, at, event, state }) {
      const read = RunEvent.safeParse(event);
      return read.success ? evolve(state, { seq, at, event: read.data }).stage : undefined;
    },
    mayThrow: (error) => error instanceof IllegalTransition,
  });
});
