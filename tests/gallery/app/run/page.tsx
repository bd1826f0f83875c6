"use client";

import { HealthChart } from "../../../../components/charts/HealthChart.tsx";
import { RateChart } from "../../../../components/charts/RateChart.tsx";
import { TriggerBar } from "../../../../components/charts/TriggerBar.tsx";
import { AppShell } from "../../../../components/shell/AppShell.tsx";
import { Timeline } from "../../../../components/timeline/Timeline.tsx";
import { Countdown, Elapsed } from "../../../../components/ui/Age.tsx";
import { Avatars } from "../../../../components/ui/Avatar.tsx";
import { Button } from "../../../../components/ui/Button.tsx";
import { Card, CardContent, CardSection } from "../../../../components/ui/Card.tsx";
import { Clock } from "../../../../components/ui/Clock.tsx";
import { Figure } from "../../../../components/ui/Figure.tsx";
import { Glyph } from "../../../../components/ui/Glyph.tsx";
import { GateMark, StepMark } from "../../../../components/ui/Mark.tsx";
import { Progress } from "../../../../components/ui/Progress.tsx";
import { Row, Rows } from "../../../../components/ui/Rows.tsx";
import { KindBadge, StateHeadline } from "../../../../components/ui/StateBadge.tsx";
import { StillClock } from "../../StillClock.tsx";
import { at, NOW, TIMELINE, wave, ZONE } from "../../samples.ts";

const health = {
  fromMs: at(2, 34),
  toMs: NOW,
  stepStarts: [
    { atMs: at(2, 35), number: 3 },
    { atMs: at(2, 41), number: 5 },
  ],
};
const cell = { display: "flex", alignItems: "center", padding: "0 24px", borderLeft: "1px solid var(--line)" } as const;

export default function RunSketch() {
  return (
    <StillClock>
      <AppShell
        person={{ name: "Mara Lindqvist" }}
        current="windows"
        connection={{ state: "connected", delayMs: 200 }}
        crumbs={
          <span style={{ display: "flex", gap: 8, alignItems: "center", whiteSpace: "nowrap" }}>
            Orders / <b>Encrypt orders-db at rest</b> <KindBadge kind="live" />
          </span>
        }
        presence={
          <Avatars people={[{ name: "Mara Lindqvist", own: true }, { name: "Jonas Weber" }]}>
            Mara operates, 7 watching
          </Avatars>
        }
        skip={{ targetId: "now", label: "Skip to the current step" }}
        onSignOut={() => undefined}
      >
        <section
          aria-label="State"
          style={{
            display: "flex",
            flexWrap: "wrap",
            minHeight: 84,
            padding: "0 24px",
            background: "var(--surface)",
            borderBottom: "1px solid var(--line)",
          }}
        >
          <div style={{ flex: 1, alignSelf: "center" }}>
            <StateHeadline word="Running" /> Step 5 of 10, copying
            <p>The data is whole on the old volume, untouched since 02:38:10.</p>
          </div>
          <div style={cell}>
            <Figure
              size="strip"
              label="Writes stopped for"
              value={<Elapsed sinceMs={at(2, 36, 28)} />}
              note="told users: until 04:30"
            />
          </div>
          <div style={cell}>
            <Figure size="strip" label="Forecast finish" value="04:16" note="04:11 to 04:31, 98 % in window" />
          </div>
          <div style={cell}>
            <Figure
              size="strip"
              label="Point of no return in"
              value={<Countdown untilMs={at(4, 32)} />}
              note="at 04:32"
            />
          </div>
          <div style={cell}>
            <Figure
              size="strip"
              label="Window left"
              value={<Countdown untilMs={at(5, 0)} />}
              note="ends 05:00, 44 min spare"
            />
          </div>
          <div style={cell}>
            <Clock startMs={at(2, 0)} zone={ZONE} />
          </div>
        </section>
        <section
          aria-label="Timeline"
          style={{
            padding: "12px var(--page-edge) 8px",
            background: "var(--surface)",
            borderBottom: "1px solid var(--line)",
          }}
        >
          <Timeline data={TIMELINE} zone={ZONE} />
        </section>
        <div className="gallery-run">
          <Card title="Steps" aside="took / plan, min">
            <Rows ordered className="gallery-bottom">
              {TIMELINE.steps.map((item) => (
                <Row
                  key={item.id}
                  density="step"
                  chosen={item.id === "5"}
                  mark={item.kind === "gate" ? <GateMark state={item.state} /> : <StepMark state={item.state} />}
                  aside={
                    <span style={{ color: "var(--ink3)" }}>
                      {Math.round((item.plannedEnd - item.plannedStart) / 60_000)}
                    </span>
                  }
                >
                  {item.kind === "gate" ? item.title : `${item.number} ${item.title}`}
                </Row>
              ))}
            </Rows>
          </Card>
          <div style={{ display: "grid", gap: 16, minWidth: 0 }}>
            <Card id="now" aria-label="Current step">
              <CardContent first>
                <h1>Copy the data directory onto the encrypted volume</h1>
                <Progress
                  label="Copy"
                  share={0.61}
                  valueText="61 percent, 29.28 of 48.00 gigabytes, done between 03:16 and 03:24"
                  className="gallery-gap"
                />
                <div className="gallery-rate">
                  <Figure label="Rate" value="22.6" unit="MB/s" note="average 21.1" />
                  <Figure label="Files" value="1,842" note="of 3,017" />
                  <RateChart
                    zone={ZONE}
                    data={{
                      points: wave(at(2, 41), NOW, 2000, 17e6, 24e6),
                      fromMs: at(2, 41),
                      toMs: NOW,
                      thresholds: [{ value: 10e6, bad: "below", label: "hold < 10" }],
                      limits: [{ value: 24e6, label: "limit 24" }],
                    }}
                  />
                </div>
              </CardContent>
            </Card>
            <Card title="Health, pdx-db-1" aside="last 30 min">
              <CardContent className="gallery-health">
                <HealthChart
                  title="CPU"
                  unit="%"
                  spokenUnit="percent"
                  zone={ZONE}
                  data={{
                    ...health,
                    points: wave(health.fromMs, NOW, 5000, 20, 60),
                    top: 100,
                    thresholds: [{ value: 85, bad: "above", label: "notify 85" }],
                  }}
                />
                <HealthChart
                  title="Disk busy"
                  unit="%"
                  spokenUnit="percent"
                  zone={ZONE}
                  data={{
                    ...health,
                    points: wave(health.fromMs, NOW, 5000, 40, 98),
                    top: 100,
                    thresholds: [{ value: 90, bad: "above", label: "hold 90" }],
                  }}
                />
                <HealthChart
                  title="PostgreSQL latency p95"
                  unit="ms"
                  spokenUnit="milliseconds"
                  zone={ZONE}
                  data={{
                    ...health,
                    points: wave(health.fromMs, at(2, 38), 5000, 20, 60),
                    thresholds: [{ value: 250, bad: "above", label: "roll back 250" }],
                    gaps: [{ fromMs: at(2, 38), toMs: NOW, words: "paused: planned stop" }],
                  }}
                />
              </CardContent>
            </Card>
          </div>
          <Card aria-label="Rollback">
            <CardContent first>
              <p style={{ color: "var(--back)", fontWeight: 600 }}>
                <Glyph name="bentArrow" /> If we roll back now
              </p>
              <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 8, marginTop: 8 }}>
                <Button size="large" wide icon={<Glyph name="bars" />} keyHint="H">
                  Hold
                </Button>
                <Button size="large" wide variant="back" icon={<Glyph name="bentArrow" />} keyHint="B">
                  Roll back
                </Button>
              </div>
            </CardContent>
            <CardSection title="Triggers armed" aside="1 paused">
              <p>
                Disk busy <span style={{ float: "right" }}>71 %</span>
              </p>
              <TriggerBar share={0.71} threshold={0.9} />
            </CardSection>
          </Card>
        </div>
      </AppShell>
    </StillClock>
  );
}
