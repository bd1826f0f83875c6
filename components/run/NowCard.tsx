"use client";

import { useState } from "react";
import { useConnection } from "../data/live/LiveProvider.tsx";
import { useLiveRun, useRun } from "../data/RunProvider.tsx";
import { Age, TimeLeft } from "../ui/Age.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { CodeBlock } from "../ui/CodeBlock.tsx";
import { Fold } from "../ui/Fold.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { CheckMark } from "../ui/Mark.tsx";
import { Note } from "../ui/Note.tsx";
import { useNow } from "../ui/Now.tsx";
import { KindBadge, StateBadge } from "../ui/StateBadge.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import { EncryptionBadge } from "../window/EncryptionBadge.tsx";
import { Answers } from "./Answers.tsx";
import { BesideList } from "./BesideList.tsx";
import type { Answer } from "./cards/answers.ts";
import type { NowCard as NowCardModel } from "./cards/model.ts";
import { ManualForm } from "./ManualForm.tsx";
import { NowHeadline } from "./NowHeadline.tsx";
import { NowProgress } from "./NowProgress.tsx";
import { nowCard } from "./nowCard.ts";
import type { NowStep } from "./nowStep.ts";
import { RollbackProgress } from "./RollbackProgress.tsx";
import { ThrottleLine } from "./ThrottleLine.tsx";

/** The card of the current step, in every state of a run: one state, what happened, where the data is, what to do. */
export function NowCard() {
  const run = useLiveRun();
  const { reader, me } = useRun();
  const { connection, tryNow } = useConnection();
  const now = useNow();
  const [chosenId, setChosenId] = useState<string>();
  const card = nowCard(run, { userId: me.userId, may: reader.may }, now, chosenId);
  const isLost = connection.state === "lost";
  // While all is well the strip says the state, and the card begins with what is done.
  const isPlain = !isLost && card.word === "Running" && card.say === undefined;
  const isCancel = (answer: Answer): boolean => answer.does === "reason" && answer.order.order === "cancelTask";
  return (
    <Card id="now" tabIndex={-1} aria-label="Current step" rehearsal={run.kind === "rehearsal"}>
      <CardContent first>
        <div key={card.key} className="cross-over">
          <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
            <span className="flex flex-wrap items-center gap-2">
              {isPlain ? <h1>{card.title}</h1> : <StateBadge word={isLost ? "Not connected" : card.word} />}
              {run.kind === "rehearsal" && <KindBadge kind="rehearsal" />}
              <EncryptionBadge encrypted={run.encrypted} />
            </span>
            <span className="text-ink3 text-label">
              <Aside card={card} isLost={isLost} />
            </span>
          </div>
          {!isPlain && <h1 className="mt-2">{card.title}</h1>}
          {isLost && (
            <Note tone="unknown" title="This page lost the server." className="mt-3">
              <span aria-hidden="true">
                What follows is what was known <Age sinceMs={connection.lastKnownMs} ago />
                {connection.nextTryMs !== undefined && (
                  <>
                    ; trying again <TimeLeft words="in" untilMs={connection.nextTryMs} />
                  </>
                )}
                . To hold it on the host: <code className="whitespace-nowrap">slackwater-agent hold</code>
              </span>
            </Note>
          )}
          <HostsAway />
          <NowHeadline card={card} />
          {card.step?.section === "rollback" && <RollbackProgress />}
          {card.showsProgress && card.step && <NowProgress step={card.step} isStale={isLost} />}
          {card.step && !isLost && <ThrottleLine step={card.step} />}
          {card.sentence !== undefined && <p className="mt-2 max-w-prose text-ink2">{card.sentence}</p>}
          {card.say && <Trouble className="mt-3" what={card.say.what} data={card.say.data} do={card.say.todo} />}
          {card.step?.failure?.detail && (
            <Fold summary="What the program said" className="mt-2">
              <CodeBlock label="What the program said" className="mt-2">
                {card.step.failure.detail}
              </CodeBlock>
            </Fold>
          )}
          {card.asksFields && card.step?.manual && (
            <ManualForm key={card.key} step={card.step} manual={card.step.manual} />
          )}
          {isLost ? (
            <div className="mt-4">
              <Button size="large" onClick={tryNow}>
                Try now
              </Button>
            </div>
          ) : (
            <Answers answers={card.answers.filter((answer) => !isCancel(answer))} />
          )}
          <BesideList shownId={card.step?.id} onChoose={setChosenId} />
        </div>
      </CardContent>
      {card.step && <StepFoot step={card.step} answers={isLost ? [] : card.answers.filter(isCancel)} />}
    </Card>
  );
}

/** At the right of the state: which step on which host, or since when it stands. */
function Aside(props: { card: NowCardModel; isLost: boolean }) {
  const { run } = useRun();
  const { step } = props.card;
  if (run.hold && !props.isLost) {
    return (
      <>
        held for <Age sinceMs={run.hold.since} />
      </>
    );
  }
  if (step?.stage === "waiting" && step.beganAt !== null) {
    return (
      <>
        waits for <Age sinceMs={step.beganAt} />
      </>
    );
  }
  const parts: string[] = [];
  if (step?.place) parts.push(`step ${step.place.nth}`);
  if (step?.host) parts.push(`host ${step.host}`);
  if (step && step.attempt > 1) parts.push(`attempt ${step.attempt}`);
  return <>{parts.join(", ")}</>;
}

/** Hosts that this run uses and that are not connected now. Their work goes on; this page hears of it later. */
function HostsAway() {
  const { run } = useRun();
  const away = run.stage === "ended" ? [] : run.hosts.filter((host) => !host.connected);
  return away.map((host) => (
    <Note
      key={host.hostId}
      tone="unknown"
      className="mt-3"
      title={
        <span className="inline-flex items-center gap-2">
          <Glyph name="question" />
          {host.name} is not connected
        </span>
      }
    >
      {host.lastSeenAt === null ? (
        "It has never been heard of."
      ) : (
        <>
          Last heard of <Age sinceMs={host.lastSeenAt} ago className="font-semibold text-ink" />. What runs there goes
          on; it is told when the host is back.
        </>
      )}
    </Note>
  ));
}

/** Below a line: what was verified, the exact command, and the ending of the task, which nobody presses by the way. */
function StepFoot(props: { step: NowStep; answers: readonly Answer[] }) {
  const { step, answers } = props;
  if (step.judgements.length === 0 && step.command === null && answers.length === 0) return null;
  return (
    <div className="border-line border-t px-4 py-2">
      {step.judgements.length > 0 && (
        <ul aria-label="Verifications" className="mb-1 flex flex-col gap-0.5 text-label">
          {step.judgements.map((judged) => (
            <li key={judged.title} className="flex items-start gap-2">
              <CheckMark state={judged.verdict} />
              <span>
                {judged.title}
                {judged.verdict !== "pass" && <span className="text-ink3"> {valuesText(judged.values)}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-3">
        {step.command !== null && (
          <Fold summary="Exact command" className="min-w-0 flex-1">
            <CodeBlock label="Exact command" className="mt-2">
              {`${step.action ?? "task"} ${step.command}`}
            </CodeBlock>
          </Fold>
        )}
        <Answers answers={answers} size="small" />
      </div>
    </div>
  );
}

/** The values that a verification was judged on, as `name value` pairs. */
function valuesText(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
