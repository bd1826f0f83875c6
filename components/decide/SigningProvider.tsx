"use client";

import type { ReactNode } from "react";
import { createContext, lazy, use, useEffect, useState } from "react";
import type { DecisionView, GateView } from "../../protocol/http/gates.ts";
import { ApiProblem, wordsOfError } from "../data/apiClient.ts";
import { useConnection } from "../data/live/LiveProvider.tsx";
import { refusalDetail } from "../data/orderWords.ts";
import { useReadRun, useRun } from "../data/RunProvider.tsx";
import { announce } from "../ui/announce.ts";
import { Part } from "../ui/Part.tsx";
import { showToast } from "../ui/toast.ts";
import type { SigningReasons } from "./deciding.ts";
import { placesOf, signingReasons } from "./deciding.ts";

const ReasonedDialog = lazy(() => import("./ReasonedDialog.tsx"));
const loadSigning = () => import("./signStatement.ts");
const AHEAD_AFTER_MS = 1_500;

interface SigningValue {
  readonly reasons: SigningReasons;
  /** The verdict that is being signed now. */
  readonly signing: DecisionView["verdict"] | undefined;
  /** `reason` for BREAK-GLASS alone. */
  readonly sign: (verdict: DecisionView["verdict"], reason?: string) => void;
  /** Why the last try did not end in a signature; stays until the next one. */
  readonly trouble: string | undefined;
  readonly takeBack: () => void;
  /** In whose place this reader signs; undefined: in their own. */
  readonly place: string | undefined;
  readonly setPlace: (userId: string | undefined) => void;
}

const SigningContext = createContext<SigningValue | undefined>(undefined);

/** The signing of a gate: one state for the card and for the bar on a phone. */
export function useSigning(): SigningValue {
  const value = use(SigningContext);
  if (!value) throw new Error("Signing needs a SigningProvider above it");
  return value;
}

/** Signs with the reader's passkey, and says what became of it. */
export function SigningProvider(props: { gate: GateView; children: ReactNode }) {
  const { gate } = props;
  const { run, me } = useRun();
  const readRun = useReadRun();
  const { connection } = useConnection();
  const [signing, setSigning] = useState<DecisionView["verdict"] | undefined>(undefined);
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  const [isTakingBack, setIsTakingBack] = useState(false);
  const [chosen, setPlace] = useState<string | undefined>(undefined);
  // A place that was taken back meanwhile is nobody's to sign in.
  const place = placesOf(gate, me.userId).find(({ from }) => from.userId === chosen)?.from.userId;

  useEffect(() => {
    // Fetched ahead: between the press and the passkey's window nothing should have to be waited for.
    const timer = setTimeout(() => void loadSigning().catch(() => undefined), AHEAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);

  const said = signingReasons(gate, { userId: me.userId, role: me.role, hasPasskey: me.passkeys.length > 0 });
  const lost = connection.state === "lost" ? "This page is not connected." : undefined;
  const reasons = { go: lost ?? said.go, noGo: lost ?? said.noGo };

  const sign = async (verdict: DecisionView["verdict"], reason?: string): Promise<void> => {
    if (signing !== undefined) return;
    setSigning(verdict);
    setTrouble(undefined);
    try {
      const { signStatement } = await loadSigning();
      const outcome = await signStatement(run.runId, gate, verdict, {
        reason,
        inPlaceOf: verdict === "BREAK-GLASS" ? undefined : place,
      });
      if (outcome.signed) {
        announce(`${verdict} signed`);
        showToast({ tone: "good", title: `${verdict} signed`, detail: gate.title });
        await readRun(outcome.seq);
      } else if (outcome.because === "changed") {
        await readRun(0);
        fail(`Nothing was signed. ${outcome.detail} Read it again, then decide.`);
      } else fail("Nothing was signed: the passkey's window was closed.");
    } catch (error) {
      const latest = await readRun(0);
      fail(
        error instanceof ApiProblem
          ? refusalDetail(error.problem, run.seq, latest?.run.log ?? run.log)
          : `${wordsOfError(error).message} Whether it was signed stands under Decisions.`,
      );
    } finally {
      setSigning(undefined);
    }
  };
  const fail = (words: string): void => {
    setTrouble(words);
    announce(words, "assertive");
  };
  return (
    <SigningContext
      value={{
        reasons,
        signing,
        trouble,
        sign: (verdict, reason) => void sign(verdict, reason),
        takeBack: () => setIsTakingBack(true),
        place,
        setPlace,
      }}
    >
      {props.children}
      {isTakingBack && (
        <Part>
          <ReasonedDialog about={{ does: "takeBack", gate }} onClose={() => setIsTakingBack(false)} />
        </Part>
      )}
    </SigningContext>
  );
}
