"use client";

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
            <AbandonCard />
          </aside>
        </div>
      </Page>
    </>
  );
}
