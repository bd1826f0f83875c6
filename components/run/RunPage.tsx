"use client";

import { lazy, Suspense, useEffect, useMemo } from "react";
import { formatWindow } from "../../domain/format/time.ts";
import { useLiveRun, useRun } from "../data/RunProvider.tsx";
import { Timeline } from "../timeline/Timeline.tsx";
import { Card } from "../ui/Card.tsx";
import { Fold } from "../ui/Fold.tsx";
import { useNow } from "../ui/Now.tsx";
import { Part } from "../ui/Part.tsx";
import { WindowTabs } from "../window/WindowTabs.tsx";
import { HealthCards } from "./HealthCard.tsx";
import { NowCard } from "./NowCard.tsx";
import { currentPercent } from "./nowStep.ts";
import { OrderBar } from "./OrderBar.tsx";
import { RailCard } from "./RailCard.tsx";
import { RollbackDialogHost } from "./RollbackDialogHost.tsx";
import { RunCommands } from "./RunCommands.tsx";
import { StateStrip } from "./StateStrip.tsx";
import { StepsCard, StepsList } from "./StepsCard.tsx";
import { TriggersCard } from "./TriggersCard.tsx";
import { timelineOf } from "./timelineOf.ts";

const LogCard = lazy(() => import("./LogCard.tsx"));
/** After this, when the page has what it needs to be used (ms). */
const AHEAD_AFTER_MS = 10_000;

/**
 * The run, live. On a wide page three columns; below 1200 px one, with the orders in a bar at the bottom and the steps folded
 * into the timeline. In the order of reading: state, step, rail, steps, health, log. A part in a Suspense of its own becomes alive
 * by itself: on a slow telephone the orders take a press before the timeline does.
 */
export function RunPage() {
  const { run } = useRun();
  useEffect(() => {
    // First wanted some seconds into a copy; a server that dies then would leave a hole where the rate stands.
    const timer = setTimeout(() => void import("./CopyRate.tsx").catch(() => undefined), AHEAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <RollbackDialogHost>
      <RunCommands />
      <WindowTabs current="run" className="bg-surface px-page wide:hidden" />
      <StateStrip />
      <div className="grid items-start gap-4 px-page pb-4 wide:grid-cols-[16.5rem_minmax(0,1fr)_20.5rem] wide:grid-rows-[auto_auto_1fr] tablet:narrow:pb-36 phone:pt-4 phone:pb-52">
        <div className="min-w-0 wide:col-start-2 wide:row-start-2">
          <NowCard />
        </div>
        {/* On a phone what is asked comes first; elsewhere the timeline stands above all three columns. */}
        <div className="-mx-page min-w-0 tablet:order-first wide:col-span-3 wide:col-start-1 wide:row-start-1">
          <Suspense>
            <TimelineSection />
          </Suspense>
        </div>
        <aside aria-label="Orders and people" className="min-w-0 wide:col-start-3 wide:row-span-2 wide:row-start-2">
          <RailCard />
        </aside>
        <div className="grid min-w-0 gap-4 wide:col-start-1 wide:row-span-2 wide:row-start-2">
          <Suspense>
            <div className="narrow:hidden">
              <StepsCard />
            </div>
            <TriggersCard />
          </Suspense>
        </div>
        <div className="grid min-w-0 gap-4 wide:col-start-2 wide:row-start-3">
          <HealthCards />
          <Part fallback={<Card title="Log" className="h-56" />}>
            <LogCard />
          </Part>
          <p className="sr-only">{formatWindow(run.startsAt, run.endsAt, run.zone)}</p>
        </div>
      </div>
      <OrderBar />
    </RollbackDialogHost>
  );
}

function TimelineSection() {
  return (
    <section aria-label="Timeline" className="border-line border-b bg-surface px-page pt-3 pb-2">
      <RunTimeline />
      <Fold summary="Steps" className="wide:hidden">
        <div className="-mx-4 mt-1">
          <StepsList />
        </div>
      </Fold>
    </section>
  );
}

/** Drawn again each second and when the run's log has grown; progress alone moves nothing on it but its percent. */
function RunTimeline() {
  const { run } = useRun();
  const percent = currentPercent(useLiveRun());
  const now = useNow();
  const data = useMemo(() => timelineOf(run, now, percent), [run, now, percent]);
  return <Timeline data={data} zone={run.zone} />;
}
