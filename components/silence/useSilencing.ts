"use client";

import { useState } from "react";
import { ApiProblem, wordsOfError } from "../data/apiClient.ts";
import { refusalDetail } from "../data/orderWords.ts";
import { useReadRun, useRun } from "../data/RunProvider.tsx";
import { announce } from "../ui/announce.ts";
import { showToast } from "../ui/toast.ts";
import type { SilenceWish } from "./signSilence.ts";

/** Signing a silence, and what became of it. */
export interface Silencing {
  readonly isSigning: boolean;
  /** Why the last try did not end in a signature. */
  readonly trouble: string | undefined;
  /** True once it is signed. */
  readonly sign: (wish: SilenceWish) => Promise<boolean>;
}

/** Signs silences with the reader's passkey, and says what became of each. */
export function useSilencing(): Silencing {
  const { run } = useRun();
  const readRun = useReadRun();
  const [isSigning, setSigning] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const fail = (words: string): false => {
    setTrouble(words);
    announce(words, "assertive");
    return false;
  };
  const sign = async (wish: SilenceWish): Promise<boolean> => {
    if (isSigning) return false;
    setSigning(true);
    setTrouble(undefined);
    try {
      const { signSilence } = await import("./signSilence.ts");
      const outcome = await signSilence(run.runId, wish);
      await readRun(outcome.signed ? outcome.seq : 0);
      if (!outcome.signed) {
        return fail(
          outcome.because === "changed"
            ? `Nothing was signed. ${outcome.detail}`
            : "Nothing was signed: the passkey's window was closed.",
        );
      }
      announce("Silence signed");
      showToast({ tone: "good", title: "Silence signed" });
      return true;
    } catch (error) {
      const latest = await readRun(0);
      return fail(
        error instanceof ApiProblem
          ? refusalDetail(error.problem, run.seq, latest?.run.log ?? run.log)
          : `${wordsOfError(error).message} Whether it was signed stands under Triggers.`,
      );
    } finally {
      setSigning(false);
    }
  };
  return { isSigning, trouble, sign };
}
