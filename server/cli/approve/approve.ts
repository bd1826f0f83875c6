import { z } from "zod";
import { statementText } from "../../../domain/decision/digests.ts";
import { Statement, Verdict } from "../../../domain/decision/statement.ts";
import type { ServerNames } from "../../../domain/decision/statementLines.ts";
import { statementLines } from "../../../domain/decision/statementLines.ts";
import { Digest, GateId, RunId } from "../../../domain/ids.ts";
import { findGate } from "../../../domain/run/findStep.ts";
import { compileRunbook } from "../../../domain/runbook/compile.ts";
import type { CompiledGate, CompiledRunbook } from "../../../domain/runbook/compiled.ts";
import { MAX_RUNBOOK_CHARACTERS } from "../../../domain/runbook/textLimit.ts";
import { shown } from "../../../domain/text/shownText.ts";
import { sha256 } from "../../db/sha256.ts";
import { viewSshKey } from "../../identity/sshKeyView.ts";
import { fingerprintWords } from "../../identity/words.ts";
import type { CommandReport } from "../report.ts";
import { UsageFailure } from "../report.ts";
import type { ServerSession } from "./serverSession.ts";
import { serverOrigin, signIn } from "./serverSession.ts";
import { signWithSsh } from "./signWithSsh.ts";
import type { SshKeyFile } from "./sshKeyFile.ts";
import { readKeyFile } from "./sshKeyFile.ts";
import type { Terminal } from "./terminal.ts";
import { openTerminal } from "./terminal.ts";

/** The words of the command, as typed. */
export interface ApproveWords {
  readonly server: string;
  readonly run: string;
  readonly gate: string | undefined;
  readonly verdict: string | undefined;
  /** For BREAK-GLASS. */
  readonly reason: string | undefined;
  readonly key: string | undefined;
  /** Absent: it is asked for. */
  readonly email: string | undefined;
}

/** What is decided, where, and with which key: the words, read. */
interface Wish {
  readonly origin: string;
  readonly runId: RunId;
  readonly gateId: GateId;
  readonly verdict: Verdict;
  readonly reason: string | undefined;
  readonly key: SshKeyFile;
}

/** Of the server's answers what is used here; the rest of each is for the pages. */
const MeAnswer = z.object({ name: z.string(), sshKeys: z.array(z.object({ fingerprint: z.string() })) });
const RunAnswer = z.object({
  run: z.object({
    title: z.string(),
    service: z.object({ name: z.string() }),
    runbook: z.object({ digest: Digest }),
    hosts: z.array(z.object({ role: z.string(), name: z.string() })),
  }),
});
const RunbookAnswer = z.object({ text: z.string().max(MAX_RUNBOOK_CHARACTERS) });
const StatementAnswer = z.object({ challengeId: z.uuid(), statement: Statement });
const DecisionAnswer = z.object({ seq: z.int() });

/**
 * Shows an approver what they would sign at a gate, has them type the verdict, and signs it with their SSH key, on their own machine.
 * What is signed is what was shown: the statement that came from the server once, checked against the runbook's text. Throws in words.
 */
export async function approve(words: ApproveWords): Promise<CommandReport> {
  const wish = readWish(words);
  const terminal = openTerminal();
  if (terminal === undefined) {
    throw new Error(
      "A person decides, at a terminal: this one's input or output is something else. Nothing was signed.",
    );
  }
  const email = words.email ?? (await terminal.ask("E-mail: "));
  const password = await terminal.askHidden(`Password of ${shown(email)} at ${wish.origin}: `);
  const session = await signIn(wish.origin, { email, password });
  try {
    return await decide(session, wish, terminal);
  } finally {
    await session.signOut();
  }
}

function readWish({ server, run, gate, verdict, reason, key }: ApproveWords): Wish {
  const runId = RunId.safeParse(run);
  if (!runId.success) throw new UsageFailure(`"${run}" is not the id of a run. It stands in the address of its pages.`);
  const gateId = GateId.safeParse(gate ?? "");
  if (!gateId.success) throw new UsageFailure("Say at which gate: --gate go, or the id of a gate step.");
  const read = Verdict.safeParse(verdict);
  if (!read.success) throw new UsageFailure("Say what you decide: --verdict GO or --verdict NO-GO");
  if ((read.data === "BREAK-GLASS") !== (reason !== undefined && reason.trim() !== "")) {
    throw new UsageFailure("A reason belongs to BREAK-GLASS, and only to that: --verdict BREAK-GLASS --reason <why>");
  }
  if (key === undefined) throw new UsageFailure("Say which key you sign with: --key ~/.ssh/id_ed25519.pub");
  return {
    origin: serverOrigin(server),
    runId: runId.data,
    gateId: gateId.data,
    verdict: read.data,
    reason: reason?.trim(),
    key: readKeyFile(key),
  };
}

async function decide(session: ServerSession, wish: Wish, terminal: Terminal): Promise<CommandReport> {
  const { runId, gateId, verdict, reason, key } = wish;
  const me = await session.get("/api/me", MeAnswer);
  assertOnRecord(me.sshKeys, wish);
  const { run } = await session.get(`/api/runs/${runId}`, RunAnswer);
  const asked = { gateId, verdict, signWith: "ssh", ...(reason === undefined ? {} : { reason }) };
  const { challengeId, statement } = await session.post(`/api/runs/${runId}/statement`, asked, StatementAnswer);
  const { text } = await session.get(`/api/runbooks/${run.runbook.digest}`, RunbookAnswer);
  const meant = readMeaning(statement, text, wish);
  const names: ServerNames = {
    title: run.title,
    service: run.service.name,
    hosts: new Map(run.hosts.map(({ role, name }) => [role, name])),
  };
  terminal.say(`\n${shown(me.name)}, you are about to sign this:\n`);
  const wordsOf = (digest: Digest) => fingerprintWords(digest).join(" ");
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  for (const line of statementLines(statement, meant, names, timeZone, { sha256, wordsOf })) terminal.say(line);
  const typed = await terminal.ask(`\nType ${verdict} to sign it, anything else to leave: `);
  if (typed !== verdict) return { exitCode: 1, lines: ["Nothing was signed."] };
  const signature = await signWithSsh(key, statementText(statement));
  const answer = { challengeId, ssh: { publicKey: key.publicKey, signature } };
  const { seq } = await session.post(`/api/runs/${runId}/decision`, answer, DecisionAnswer);
  return {
    exitCode: 0,
    lines: [`${verdict} at gate ${gateId} is signed and stands in the log, event ${seq} at the latest.`],
  };
}

/** Found out before anything is signed: the server would refuse it afterwards, and say less. */
function assertOnRecord(known: readonly { readonly fingerprint: string }[], { key, origin }: Wish): void {
  const { fingerprint } = viewSshKey(key.publicKey);
  if (known.some((one) => one.fingerprint === fingerprint)) return;
  const those =
    known.length === 0 ? "None is." : `On record: ${known.map((one) => shown(one.fingerprint)).join(", ")}.`;
  throw new Error(
    `${key.file} (${fingerprint}) is not on record as yours. ${those} Add it at ${origin}/account, and have the hosts' owners pin it.`,
  );
}

/**
 * What a statement means, read from the runbook's own text. Throws where the statement is about something else than was asked for, or
 * its digests are not those of the text: then the server shows one thing and has another signed.
 */
function readMeaning(
  statement: Statement,
  text: string,
  { runId, gateId, verdict, reason }: Wish,
): { readonly plan: CompiledRunbook; readonly gate: CompiledGate } {
  if (
    statement.runId !== runId ||
    statement.gateId !== gateId ||
    statement.verdict !== verdict ||
    statement.reason !== reason
  ) {
    throw new Error(
      "The server gave a statement about something else than was asked for. Don't sign it; tell an admin.",
    );
  }
  const compilation = compileRunbook(text, sha256);
  if (!compilation.ok) {
    const [problem] = compilation.problems;
    throw new Error(
      `The runbook can't be read by this version: ${shown(problem?.message ?? "no reason given")} Use the server's own version of slackwater.`,
    );
  }
  const { compiled } = compilation;
  const isSame =
    compiled.digests.executable === statement.executableDigest &&
    compiled.digests.rollback === statement.rollbackDigest;
  const gate = isSame ? findGate(compiled, gateId) : undefined;
  if (gate === undefined) {
    throw new Error("The statement is over another runbook than the server shows. Don't sign it; tell an admin.");
  }
  return { plan: compiled, gate };
}
