"use client";

import { useSearchParams } from "next/navigation";
import { lazy, useSyncExternalStore } from "react";
import { useRun } from "../data/RunProvider.tsx";
import { DelegationCard } from "../delegation/DelegationCard.tsx";
import { PollCard } from "../poll/PollCard.tsx";
import { Page } from "../shell/Page.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { Part } from "../ui/Part.tsx";
import { WindowTabs } from "../window/WindowTabs.tsx";
import { BreakGlassCard } from "./BreakGlassCard.tsx";
import { DecideHead } from "./DecideHead.tsx";
import { gateToShow, peopleGates } from "./deciding.ts";
import { EvidenceCard } from "./EvidenceCard.tsx";
import { GateLinks } from "./GateLinks.tsx";
import { SigningBar } from "./SigningBar.tsx";
import { SigningCard } from "./SigningCard.tsx";
import { SigningProvider } from "./SigningProvider.tsx";
import { StakesCard } from "./StakesCard.tsx";
import { WillDoCard } from "./WillDoCard.tsx";

const ChangedCard = lazy(() => import("./ChangedCard.tsx"));

const never = () => () => undefined;

/** One question, its evidence, and two answers. One column on a phone, with the answers above the thumb. */
export function DecidePage() {
  const { run } = useRun();
  const asked = useSearchParams().get("gate");
  const gate = gateToShow(run, asked);
  // What this browser remembers can't be known where the server renders.
  const isBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  if (!gate) {
    return (
      <>
        <WindowTabs current="decide" className="px-page pt-2" />
        <Page width="decide">
          <EmptyState title="Nobody decides anything here">This runbook has no gate that people open.</EmptyState>
        </Page>
      </>
    );
  }
  return (
    <SigningProvider key={gate.gateId} gate={gate}>
      <WindowTabs current="decide" className="bg-surface px-page phone:hidden" />
      <div className="reading">
        <DecideHead gate={gate} />
        <Page width="decide" className="phone:pb-56">
          <div className="grid items-start gap-4 tablet:grid-cols-[minmax(0,1fr)_24rem] tablet:gap-6 phone:gap-2">
            <div className="grid min-w-0 gap-4 phone:gap-2">
              <StakesCard gate={gate} />
              {isBrowser && (
                <Part>
                  <ChangedCard gate={gate} />
                </Part>
              )}
              {gate.criteria.some((criterion) => criterion.waived === null && criterion.verdict !== "pass") ? (
                <>
                  <EvidenceCard gate={gate} />
                  <WillDoCard gate={gate} />
                </>
              ) : (
                <>
                  <WillDoCard gate={gate} />
                  <EvidenceCard gate={gate} />
                </>
              )}
            </div>
            <aside aria-label="Decide" className="grid min-w-0 gap-4 tablet:sticky tablet:top-4 phone:gap-2">
              <SigningCard gate={gate} />
              <DelegationCard gate={gate} />
              <PollCard gate={gate} />
              <BreakGlassCard gate={gate} />
              {peopleGates(run).length > 1 && <GateLinks current={gate} />}
            </aside>
          </div>
        </Page>
        <SigningBar gate={gate} />
      </div>
    </SigningProvider>
  );
}
