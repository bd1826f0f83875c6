"use client";

import { formatTimeSeconds } from "../../domain/format/time.ts";
import type { GateView, PollView } from "../../protocol/http/gates.ts";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent, CardSection } from "../ui/Card.tsx";
import { Fold } from "../ui/Fold.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { TONE_TEXT } from "../ui/tone.ts";
import { AnswerPoll } from "./AnswerPoll.tsx";
import { AskPoll } from "./AskPoll.tsx";
import { pollSummary, rolesOfReader } from "./pollWords.ts";

/** What everybody in the room says about a gate before anybody signs; the question for whoever may ask it. Nothing for others. */
export function PollCard(props: { gate: GateView }) {
  const { gate } = props;
  const { reader } = useRun();
  const { poll } = gate;
  const isUndecided = gate.stage === "asking" || gate.stage === "ahead" || gate.stage === "refused";
  const mayAsk = isUndecided && reader.may.askPoll?.allowed === true;
  if (poll === null) {
    return mayAsk ? (
      <Card bleed aria-label="Poll the room">
        <CardContent first>
          <Fold summary="Poll the room">
            <BindsNothing gate={gate} />
            <AskPoll key={gate.gateId} gate={gate} />
          </Fold>
        </CardContent>
      </Card>
    ) : null;
  }
  return (
    <Card bleed id="poll" title="Poll of the room">
      <CardContent>
        <BindsNothing gate={gate} />
        <Answers poll={poll} />
      </CardContent>
      {poll.closedAt === null && <Mine gate={gate} poll={poll} />}
      {mayAsk && <Again gate={gate} poll={poll} />}
    </Card>
  );
}

function BindsNothing(props: { gate: GateView }) {
  return (
    <p className="mt-2 text-ink2 first:mt-0">
      Everybody says GO or NO-GO for their part. It is said, not signed: it binds nothing, and only signatures open “
      {props.gate.title}”.
    </p>
  );
}

function Answers(props: { poll: PollView }) {
  const { poll } = props;
  const { run } = useRun();
  return (
    <>
      <p className="mt-2 text-ink3 text-label">
        {poll.by} asked at {formatTimeSeconds(poll.askedAt, run.zone)}
        {poll.closedAt !== null && `, closed at ${formatTimeSeconds(poll.closedAt, run.zone)}`}
      </p>
      {poll.question !== "" && <p className="font-medium">{poll.question}</p>}
      <p role="status" className="text-ink2">
        {pollSummary(poll)}
      </p>
      <ul aria-label="What was answered" className="mt-2 flex flex-col gap-2">
        {poll.roles.map((role) => (
          <li key={role.role} className="grid grid-cols-[1rem_minmax(0,1fr)_auto] gap-x-2">
            <Glyph name={MARKS[role.says ?? "silent"].glyph} className={TONE_TEXT[MARKS[role.says ?? "silent"].tone]} />
            <span className="min-w-0">{role.title}</span>
            <span className={role.says === null && poll.closedAt === null ? "font-medium text-ask" : "font-medium"}>
              {role.says ?? (poll.closedAt === null ? "not answered" : "did not answer")}
            </span>
            {role.answers.length === 0 && (
              <span className="col-span-2 col-start-2 text-ink3 text-label">
                {role.people.length === 0 ? "Nobody is in it." : role.people.map(({ name }) => name).join(", ")}
              </span>
            )}
            {role.answers.map((said) => (
              <span key={said.userId} className="wrap-anywhere col-span-2 col-start-2 text-ink2 text-label">
                <b>{said.answer}</b> {said.by}, {formatTimeSeconds(said.at, run.zone)}
                {said.words !== "" && `: ${said.words}`}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
}

/** The word stands beside it, so that the glyph itself says nothing to who can't see it. */
const MARKS = {
  GO: { glyph: "diamondFilled", tone: "good" },
  "NO-GO": { glyph: "diamondCrossed", tone: "stop" },
  silent: { glyph: "diamond", tone: "ask" },
} as const;

function Mine(props: { gate: GateView; poll: PollView }) {
  const { gate, poll } = props;
  const { me, reader } = useRun();
  const roles = rolesOfReader(poll, me.userId);
  if (roles.length === 0 || reader.may.answerPoll?.allowed !== true) return null;
  return (
    <CardSection title="Your answer">
      <div className="flex flex-col gap-4">
        {roles.map((role) => (
          <AnswerPoll key={`${poll.seq} ${role.role}`} gateId={gate.gateId} role={role} />
        ))}
      </div>
    </CardSection>
  );
}

function Again(props: { gate: GateView; poll: PollView }) {
  const { gate, poll } = props;
  const { give, busyWord } = useOrders();
  const close = { order: "closePoll", gateId: gate.gateId } as const;
  return (
    <div className="flex flex-col gap-2 border-line border-t px-4 py-2.5">
      <Fold summary="Ask the room anew">
        <AskPoll key={poll.seq} gate={gate} />
      </Fold>
      {poll.closedAt === null && (
        <div>
          <Button size="small" busy={busyWord(close)} onClick={() => void give(close)}>
            Close the poll
          </Button>
        </div>
      )}
    </div>
  );
}
