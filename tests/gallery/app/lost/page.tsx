"use client";

import { AppShell } from "../../../../components/shell/AppShell.tsx";
import { Page } from "../../../../components/shell/Page.tsx";
import { Timeline } from "../../../../components/timeline/Timeline.tsx";
import type { TimelineData } from "../../../../components/timeline/timelineData.ts";
import { Card, CardContent } from "../../../../components/ui/Card.tsx";
import { Clock } from "../../../../components/ui/Clock.tsx";
import { Figure } from "../../../../components/ui/Figure.tsx";
import { StateHeadline } from "../../../../components/ui/StateBadge.tsx";
import { StillClock } from "../../StillClock.tsx";
import { at, NOW, TIMELINE, ZONE } from "../../samples.ts";

const PLANNED: TimelineData = {
  ...TIMELINE,
  now: at(1, 40),
  steps: TIMELINE.steps.map(
    ({ actualStart: _start, actualEnd: _end, forecastEndP50: _p50, forecastEndP90: _p90, ...item }) =>
      item.kind === "gate" ? { ...item, state: "ahead" } : { ...item, state: "planned" },
  ),
};
const OVER: TimelineData = {
  ...TIMELINE,
  now: at(5, 20),
  steps: TIMELINE.steps.map((item) => {
    const moments = { actualStart: item.plannedStart + 120_000, actualEnd: item.plannedEnd + 120_000 };
    return item.kind === "gate" ? { ...item, ...moments, state: "open" } : { ...item, ...moments, state: "done" };
  }),
};
const FAILED: TimelineData = {
  ...TIMELINE,
  steps: TIMELINE.steps.map((item) => {
    if (item.kind === "step" && item.id === "5") return { ...item, state: "failed" };
    if (item.kind === "step" && item.id === "9") return { ...item, state: "skipped" };
    return item.kind === "gate" && item.id === "b" ? { ...item, state: "nogo" } : item;
  }),
};
const HELD: TimelineData = {
  ...TIMELINE,
  steps: TIMELINE.steps.map((item) => {
    if (item.kind === "step" && item.id === "5") return { ...item, state: "held" };
    if (item.kind === "step" && item.id === "6") return { ...item, state: "unknown" };
    return item.kind === "gate" && item.id === "b" ? { ...item, state: "waiting" } : item;
  }),
};

export default function Lost() {
  return (
    <StillClock>
      <AppShell
        person={{ name: "Jonas Weber", role: "signs for Database" }}
        current="home"
        connection={{ state: "lost", lastKnownMs: NOW - 14_000, nextTryMs: NOW + 3000 }}
        goesOn="The copy goes on without it."
        onTryNow={() => undefined}
        onSignOut={() => undefined}
      >
        <Page>
          <h1>When the line is lost</h1>
          {[PLANNED, FAILED, HELD, OVER].map((data) => (
            <Card
              key={data.now + (data.steps[5]?.state ?? "")}
              className="gallery-gap"
              aria-label={`Timeline ${data.steps[5]?.state} ${data.now}`}
            >
              <CardContent first>
                <Timeline data={data} zone={ZONE} />
              </CardContent>
            </Card>
          ))}
          <div data-theme="dark" className="wall gallery-wall">
            <StateHeadline word="Not connected" size="wall" />
            <Clock startMs={at(2, 0)} size="wall" />
            <Timeline data={TIMELINE} zone={ZONE} lanes="actual" />
            <Figure size="wall" label="Forecast finish" value="04:16" note="04:11 to 04:31" />
          </div>
        </Page>
      </AppShell>
    </StillClock>
  );
}
