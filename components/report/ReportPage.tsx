"use client";

import { Download, Printer } from "lucide-react";
import { useRun } from "../data/RunProvider.tsx";
import { Page } from "../shell/Page.tsx";
import { Button } from "../ui/Button.tsx";
import { buttonLook } from "../ui/buttonLook.ts";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { LinkButton } from "../ui/LinkButton.tsx";
import { WindowHead } from "../window/WindowHead.tsx";
import { pageForNow, windowPath } from "../window/windowPages.ts";
import { AfterwardsCard } from "./AfterwardsCard.tsx";
import { CompletionCard } from "./CompletionCard.tsx";
import { ControlsCard } from "./ControlsCard.tsx";
import { FactsCard } from "./FactsCard.tsx";
import { RecordCard } from "./RecordCard.tsx";
import { ResultCard } from "./ResultCard.tsx";
import { SignedCard } from "./SignedCard.tsx";
import { StepsTable } from "./StepsTable.tsx";
import { StoryCard } from "./StoryCard.tsx";

/** What came of it: planned against actual, who decided, what was measured before and after, the sign-off, the record to keep. */
export function ReportPage() {
  const { run } = useRun();
  const isEmpty = run.startedAt === null && run.stage !== "ended";
  return (
    <>
      <WindowHead page="report" {...(!isEmpty && { aside: <Saving /> })} />
      <Page className="pt-4">
        {isEmpty ? (
          <Card>
            <EmptyState
              title="Nothing has been run yet"
              action={
                <LinkButton href={windowPath(run.windowId, pageForNow(run))} size="large">
                  Go on
                </LinkButton>
              }
            >
              Once the run has started, its steps are shown here as planned and as they were, with the decisions, the
              facts before and after, and the sign-off at the end.
            </EmptyState>
          </Card>
        ) : (
          <div className="grid items-start gap-4 wide:grid-cols-[minmax(0,1fr)_25rem] print:block">
            <div className="grid min-w-0 gap-4 print:block">
              <ResultCard />
              <StepsTable />
              <FactsCard />
              <ControlsCard />
              <StoryCard />
            </div>
            <aside aria-label="Sign-off and record" className="grid min-w-0 gap-4 print:block">
              <CompletionCard />
              <SignedCard />
              <AfterwardsCard />
              <RecordCard />
            </aside>
          </div>
        )}
      </Page>
    </>
  );
}

function Saving() {
  const { run } = useRun();
  return (
    <div className="flex flex-wrap gap-2 print:hidden">
      <a
        className={buttonLook({ size: "medium" })}
        href={`/api/runs/${run.runId}/report?format=markdown`}
        download={`report-${run.service.slug}.md`}
      >
        <Download aria-hidden="true" />
        Report, Markdown
      </a>
      <Button icon={<Printer aria-hidden="true" />} onClick={() => window.print()}>
        Print
      </Button>
    </div>
  );
}
