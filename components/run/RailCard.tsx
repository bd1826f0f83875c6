"use client";

import { Phone } from "lucide-react";
import Link from "next/link";
import { lazy, useState } from "react";
import { signedWith } from "../../domain/decision/signedWith.ts";
import { formatDuration } from "../../domain/format/duration.ts";
import { formatTime, formatTimeSeconds } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { peopleGates } from "../decide/deciding.ts";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent, CardSection } from "../ui/Card.tsx";
import { Fold } from "../ui/Fold.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { CheckMark, DecisionMark, GateMark } from "../ui/Mark.tsx";
import { useNow } from "../ui/Now.tsx";
import { Part } from "../ui/Part.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { Words } from "../ui/Words.tsx";
import { windowPath } from "../window/windowPages.ts";
import { CopyStatus } from "./CopyStatus.tsx";
import { contactLinks } from "./contactLinks.ts";
import { LOSS_INK, lossWords } from "./lossWords.ts";
import { OrderButtons } from "./OrderButtons.tsx";
import { PlanList } from "./PlanList.tsx";
import { markOfGate } from "./phaseRows.ts";
import { backAtMs } from "./rollbackRest.ts";

const NoteDialog = lazy(() => import("./NoteDialog.tsx"));

/** The right rail: what a rollback would mean now with the two orders, decisions, announcements, whom to ring, the note. */
export function RailCard() {
  return (
    <Card aria-label="Rollback">
      <CardContent first>
        <RollbackNow />
        <div className="mt-3 narrow:hidden">
          <OrderButtons size="large" keys />
        </div>
      </CardContent>
      <Decisions />
      <Announcements />
      <Contacts />
      <HandOver />
    </Card>
  );
}

/** What a rollback would be now: its end, what it loses, its steps. */
function RollbackNow() {
  const { run } = useRun();
  const now = useNow();
  const { rollback } = run;
  const isBack = run.rolledBack !== null;
  const isOver = run.stage === "ended";
  const loss = lossWords(rollback);
  const atMs = isBack ? backAtMs(run, now) : now + rollback.expectedMs;
  return (
    <>
      <p className="inline-flex items-center gap-2 font-semibold text-back text-label">
        <Glyph name="bentArrow" />
        {isBack ? (isOver ? "Rolled back" : "Rolling back") : isOver ? "Rollback" : "If we roll back now"}
      </p>
      {rollback.possible || isBack ? (
        <>
          {run.stage !== "ended" && (
            <p className="mt-1 font-semibold text-strip">Done by about {formatTime(atMs, run.zone)}</p>
          )}
          <p className={LOSS_INK[loss.kind]}>
            {isOver && loss.kind === "nothing" ? "Nothing was lost." : loss.sentence}
          </p>
          <Fold summary={`${rollback.steps.length} steps, ${formatDuration(rollback.expectedMs)}`} className="mt-2">
            <div className="mt-1">
              <PlanList run={run} />
            </div>
          </Fold>
        </>
      ) : (
        <p className="mt-1 text-ink2">
          {run.stage === "ended" ? "The run has ended." : "Nothing has begun that a rollback would undo."}
        </p>
      )}
    </>
  );
}

function Decisions() {
  const { run } = useRun();
  const gates = peopleGates(run);
  // On the way back, and at the end, nobody will be asked for what lay ahead.
  const isGoingForward = run.rolledBack === null && run.endedAt === null;
  const next =
    gates.find((gate) => gate.stage === "asking") ??
    (isGoingForward ? gates.find((gate) => gate.stage === "ahead") : undefined);
  const signed = gates.flatMap((gate) => gate.decisions.map((made) => ({ gate, made })));
  return (
    <CardSection title="Signed decisions" aside={<Link href={windowPath(run.windowId, "decide")}>Read</Link>}>
      <Rows label="Signed decisions" className="-mx-4">
        {signed.map(({ gate, made }) => (
          <Row
            key={`${gate.gateId} ${made.userId} ${made.signedAt}`}
            density="step"
            mark={<DecisionMark state={made.life === "takenBack" ? "void" : made.life} />}
            aside={<span className="text-ink3">{formatTimeSeconds(made.signedAt, run.zone)}</span>}
            note={
              <>
                {gate.title}, <Words words={made.words} show={3} />
                {(made.software || made.signedWith === "ssh") && `, ${signedWith(made.signedWith, made.software)}`}
              </>
            }
          >
            <b>{made.verdict}</b> {made.by}
          </Row>
        ))}
        {next && (
          <Row
            density="step"
            mark={<GateMark state={markOfGate(next)} />}
            aside={<span className="text-ink3">{next.stage === "asking" ? "asks now" : ""}</span>}
            note={next.needs}
          >
            {next.stage === "asking" ? next.title : `Next: ${next.title}`}
          </Row>
        )}
      </Rows>
    </CardSection>
  );
}

function Announcements() {
  const { run } = useRun();
  const sent = run.announcements.filter((line) => line.stage === "sent").slice(-2);
  const next = run.announcements
    .filter((line) => line.stage === "now" || (line.stage === "next" && (line.at === null || line.at > run.now)))
    .slice(0, 2);
  return (
    <CardSection
      title="Announcements"
      aside={<Link href={windowPath(run.windowId, "announcements")}>All {run.announcements.length}</Link>}
    >
      <Rows label="Announcements" className="-mx-4">
        {[...sent, ...next].map((line) => (
          <Row
            key={line.id}
            density="step"
            mark={<CheckMark state={line.stage === "sent" ? "pass" : "pending"} />}
            aside={<span className="text-ink3">{line.at === null ? "" : formatTime(line.at, run.zone)}</span>}
          >
            {line.title}
          </Row>
        ))}
      </Rows>
      <div className="mt-2">
        <CopyStatus />
      </div>
    </CardSection>
  );
}

function Contacts() {
  const { run } = useRun();
  const contacts = run.contacts.filter((contact) => contact.text !== "");
  if (contacts.length === 0) return null;
  return (
    <CardSection title="Whom to ring">
      <ul data-prose="" className="flex flex-col gap-1 text-label">
        {contacts.map((contact) => (
          <li key={`${contact.role} ${contact.text}`} className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-2">
            <Phone aria-hidden="true" className="mt-0.5 text-ink3" />
            <span>
              <span className="text-ink3">{contact.role}: </span>
              {contactLinks(contact.text).map((part) =>
                part.href === undefined ? (
                  part.text
                ) : (
                  <a key={part.text} href={part.href}>
                    {part.text}
                  </a>
                ),
              )}
            </span>
          </li>
        ))}
      </ul>
    </CardSection>
  );
}

function HandOver() {
  const { run, reader } = useRun();
  const [isOpen, setIsOpen] = useState(false);
  const may = reader.may.writeNote;
  return (
    <CardSection
      title="Hand-over note"
      aside={
        <Button
          size="small"
          variant="quiet"
          disabledReason={may?.allowed === false ? (may.because ?? undefined) : undefined}
          reasonPlace="elsewhere"
          onClick={() => setIsOpen(true)}
        >
          {run.note ? "Edit" : "Write"}
        </Button>
      }
    >
      {run.note ? (
        <p className="whitespace-pre-line text-ink2 text-label">
          {run.note.text} {run.note.by}, {formatTime(run.note.at, run.zone)}
        </p>
      ) : (
        <p className="text-ink3 text-label">Nothing written yet for whoever takes over.</p>
      )}
      {isOpen && (
        <Part>
          <NoteDialog onClose={() => setIsOpen(false)} />
        </Part>
      )}
    </CardSection>
  );
}
