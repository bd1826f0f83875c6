"use client";

import { Button } from "../../../components/ui/Button.tsx";
import { Card, CardContent } from "../../../components/ui/Card.tsx";
import { EmptyState } from "../../../components/ui/EmptyState.tsx";
import { CheckMark, DecisionMark, GateMark, StepMark } from "../../../components/ui/Mark.tsx";
import { Progress } from "../../../components/ui/Progress.tsx";
import { KindBadge, StateBadge } from "../../../components/ui/StateBadge.tsx";
import { STATE_WORDS } from "../../../components/ui/stateWords.ts";
import { Trouble } from "../../../components/ui/Trouble.tsx";
import { Wells } from "../../../components/ui/Wells.tsx";
import { flow, grid } from "./arrange.ts";

/** How states are said: words, marks, trouble, a rehearsal, nothing yet, loading. */
export function States() {
  return (
    <>
      <Card title="State words">
        <CardContent style={flow}>
          {STATE_WORDS.map((word) => (
            <StateBadge key={word} word={word} />
          ))}
          <KindBadge kind="live" />
          <KindBadge kind="rehearsal" />
        </CardContent>
        <CardContent style={{ ...grid("96px"), gap: 8 }}>
          {(["planned", "running", "held", "done", "failed", "skipped", "undone", "unknown"] as const).map((state) => (
            <StepMark key={state} state={state} withWord />
          ))}
          {(["ahead", "waiting", "open", "nogo"] as const).map((state) => (
            <GateMark key={state} state={state} withWord />
          ))}
          {(["valid", "suspended", "void", "spent"] as const).map((state) => (
            <DecisionMark key={state} state={state} withWord />
          ))}
          {(["pass", "fail", "stale", "person", "waived", "pending"] as const).map((state) => (
            <CheckMark key={state} state={state} withWord />
          ))}
        </CardContent>
      </Card>
      <Card title="Held, failed" aside="failed 03:09:41, held 0:52">
        <CardContent>
          <Progress label="Copy" share={0.74} tone="stop" valueText="74 percent, 35.6 of 48.0 gigabytes" />
          <Trouble
            className="gallery-gap"
            what="rsync ended with 11: no space left on /srv/pg-crypt."
            data="Whole on the old volume. The copy is incomplete and unused."
            do="Grow the volume, then retry. It goes on at 74 %."
          />
        </CardContent>
      </Card>
      <Card title="Rehearsal" rehearsal>
        <CardContent>
          <Progress label="Unknown" share={undefined} valueText="not known" />
          <p>A kind, not a state.</p>
          <Progress label="Stale" share={0.61} tone="unknown" valueText="61 percent, 14 s ago" />
        </CardContent>
      </Card>
      <Card aria-label="Nothing yet">
        <EmptyState title="No step runs yet" action={<Button>Read the plan</Button>}>
          The window opens at 02:00. Here you will see the current step, how far it is and when it ends.
        </EmptyState>
      </Card>
      <Card aria-label="Loading" aria-busy="true">
        <Wells label="the run" />
      </Card>
    </>
  );
}
