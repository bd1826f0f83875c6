import { canonicalJson } from "../canonicalJson.ts";
import type { Sha256 } from "../digest.ts";
import type { RunbookDigests } from "../runbook/compiled.ts";
import type { Runbook } from "../runbook/schema.ts";
import type { SilenceStatement } from "./silenceStatement.ts";
import type { Statement } from "./statement.ts";

/** The version of the runbook language that this code compiles. It stands in every statement. */
export const LANGUAGE_VERSION = 1;

/**
 * Canonical text of what is executed and judged: hosts, groups, parameters, secrets, facts, checklist, criteria, gates, steps,
 * probes, triggers, rollback. Announcements, summary, contacts, sign-off words, what is due afterwards, and how tasks are put into scripts for people bind nothing: a typing
 * mistake corrected there voids no decision.
 */
export function executableText(runbook: Runbook): string {
  const { objective, hosts, groups, parameters, secrets, facts, checklist, criteria, approval } = runbook;
  const { phases, probes, triggers, rollback } = runbook;
  return canonicalJson({
    language: LANGUAGE_VERSION,
    id: runbook.id,
    ...{ objective, hosts, groups, parameters, secrets, facts, checklist, criteria, approval },
    ...{ phases, probes, triggers, rollback },
  });
}

/** Canonical text of the rollback section: what a GO authorises until the rollback's latest end. */
export function rollbackText(runbook: Runbook): string {
  return canonicalJson({ language: LANGUAGE_VERSION, rollback: runbook.rollback });
}

/** Canonical text of the announcements, for the record only. */
export function announcementsText(runbook: Runbook): string {
  return canonicalJson({ announcements: runbook.announcements });
}

/** All digests of a runbook. `text` is the document as written, `runbook` its parsed form with defaults filled in. */
export function digestsOf(text: string, runbook: Runbook, sha256: Sha256): RunbookDigests {
  return {
    whole: sha256(text),
    executable: sha256(executableText(runbook)),
    rollback: sha256(rollbackText(runbook)),
    announcements: sha256(announcementsText(runbook)),
  };
}

/** What is signed: the SHA-256 of this text is a passkey's challenge, an SSH key signs the text itself (UTF-8, nothing after it). */
export function statementText(statement: Statement | SilenceStatement): string {
  return canonicalJson(statement);
}
