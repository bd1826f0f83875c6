import { useState } from "react";
import type { RunView } from "../../protocol/http/runs.ts";
import { ApiProblem, NotReached, postJson, wordsOfError } from "../data/apiClient.ts";
import { useReadRun, useRun } from "../data/RunProvider.tsx";
import { announce } from "../ui/announce.ts";
import { showToast } from "../ui/toast.ts";

/** The sealing of one passphrase to the key that its host made for the run. */
export interface Sealing {
  /** What it is doing, for the button; undefined while it does nothing. */
  readonly busy: string | undefined;
  /** What went wrong, in words for whoever seals. */
  readonly trouble: string | undefined;
  /** The key, checked to be the host's own for this run; undefined, with `trouble` set, where there is none. */
  fetchKey(): Promise<string | undefined>;
  /** Seals words and sends them; true once the server has taken them. */
  seal(words: readonly string[], recipient: string, place: string): Promise<boolean>;
}

const KEY_TROUBLE = {
  notSigned:
    "The key for this run does not carry the host's signature. Nothing was made. Compare the host's words, and tell its owner.",
  cannotCheck: "This browser can't check the host's signature (Ed25519). Take a current browser; nothing was made.",
} as const;

/** The words are in this page's memory and nowhere else until they are sealed. */
export function useSealing(secret: RunView["secrets"][number] | undefined): Sealing {
  const { run } = useRun();
  const readRun = useReadRun();
  const [busy, setBusy] = useState<string | undefined>(undefined);
  const [trouble, setTrouble] = useState<string | undefined>(undefined);

  const fetchKey = async (): Promise<string | undefined> => {
    if (!secret) return undefined;
    setBusy("Making");
    setTrouble(undefined);
    try {
      const { checkRunKey } = await import("./sealing.ts");
      // The host makes its key a moment after the window is planned, and after it was started anew, and no event of the run tells of it.
      const latest = await readRun(0);
      const known = latest?.run.secrets.find(({ name }) => name === secret.name) ?? secret;
      const { recipient, recipientSignature, hostKey } = known;
      if (recipient === null || recipientSignature === null || hostKey === null) {
        setTrouble(`${secret.host} has not made its key for this run yet. It does as soon as its agent is connected.`);
        return undefined;
      }
      const check = await checkRunKey({ runId: run.runId, recipient, signature: recipientSignature, hostKey });
      if (check === "signed") return recipient;
      setTrouble(KEY_TROUBLE[check]);
      return undefined;
    } catch {
      setTrouble("The script that makes passphrases could not be fetched. Try again.");
      return undefined;
    } finally {
      setBusy(undefined);
    }
  };

  const seal = async (words: readonly string[], recipient: string, place: string): Promise<boolean> => {
    if (!secret) return false;
    setBusy("Sealing");
    setTrouble(undefined);
    try {
      const { sealWords } = await import("./sealing.ts");
      const ciphertext = await sealWords(words, recipient);
      const body = { secret: secret.name, recipient, ciphertext, place };
      const { seq } = await postJson<{ seq: number }>(`/api/runs/${run.runId}/secrets`, body);
      announce(`${secret.title} sealed`);
      showToast({ tone: "good", title: "Sealed", detail: `${secret.title}, kept: ${place}` });
      await readRun(seq);
      return true;
    } catch (error) {
      const { message, todo } = wordsOfError(error);
      const isKnown = error instanceof ApiProblem || error instanceof NotReached;
      setTrouble(isKnown ? [message, todo].filter(Boolean).join(" ") : "It could not be sealed. Nothing was sent.");
      return false;
    } finally {
      setBusy(undefined);
    }
  };

  return { busy, trouble, fetchKey, seal };
}
