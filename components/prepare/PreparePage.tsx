"use client";

import { useRun } from "../data/RunProvider.tsx";
import { PollCard } from "../poll/PollCard.tsx";
import { gateToPoll } from "../poll/pollWords.ts";
import { Page } from "../shell/Page.tsx";
import { WindowHead } from "../window/WindowHead.tsx";
import { AbandonCard } from "./AbandonCard.tsx";
import { ChecklistCard } from "./ChecklistCard.tsx";
import { CriteriaCard } from "./CriteriaCard.tsx";
import { EstimateCard } from "./EstimateCard.tsx";
import { PrepareActions } from "./PrepareActions.tsx";
import { RefusedNote } from "./RefusedNote.tsx";
import { SecretsCard } from "./SecretsCard.tsx";

/** What has to be true before anybody is asked: the checklist with measured values, the estimate, the criteria. */
export function PreparePage() {
  return (
    <>
      <WindowHead page="prepare" aside={<PrepareActions />} />
      <Page className="pt-4">
        <RefusedNote />
        <div className="grid items-start gap-4 wide:grid-cols-[minmax(0,1fr)_25rem]">
          <ChecklistCard />
          <aside aria-label="Estimate and criteria" className="grid min-w-0 gap-4">
            <EstimateCard />
            <CriteriaCard />
            <SecretsCard />
            <RoomCard />
            <AbandonCard />
          </aside>
        </div>
      </Page>
    </>
  );
}

/** The room can be asked while the window is prepared, hours before anybody signs. */
function RoomCard() {
  const { run } = useRun();
  const gate = run.startedAt === null ? gateToPoll(run) : undefined;
  return gate === undefined ? null : <PollCard gate={gate} />;
}
