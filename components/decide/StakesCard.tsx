"use client";

import { formatDuration } from "../../domain/format/duration.ts";
import { formatTime } from "../../domain/format/time.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import { useRun } from "../data/RunProvider.tsx";
import { lossWords } from "../run/lossWords.ts";
import { Card } from "../ui/Card.tsx";
import { Glyph } from "../ui/Glyph.tsx";

/** What a GO costs, and what can't be undone; what can't be undone leads, in red. */
export function StakesCard(props: { gate: GateView }) {
  const { gate } = props;
  const { run } = useRun();
  // Runbooks also write "Nothing …" there: then it is the promise that all can be undone, and no warning.
  const isFinal = gate.cannotBeUndone !== null && !/^nothing\b/i.test(gate.cannotBeUndone);
  const after = gate.afterGo !== null && (
    <div className="min-w-0 p-4">
      <h2>After GO</h2>
      <p className="mt-1 text-ink2">{gate.afterGo}</p>
    </div>
  );
  const undo = (
    <div className="min-w-0 p-4">
      {isFinal ? (
        <>
          <h2 className="flex items-center gap-2 text-stop">
            <Glyph name="warning" />
            This can't be undone
          </h2>
          <p className="mt-1 text-ink2">{gate.cannotBeUndone}</p>
        </>
      ) : (
        <>
          <h2 className="flex items-center gap-2 text-good">
            <Glyph name="bentArrow" />
            Everything can be undone
          </h2>
          {gate.cannotBeUndone !== null && (
            <p className="mt-1 text-ink2">{gate.cannotBeUndone.replace(/^nothing\b[.:,;]?\s*/i, "")}</p>
          )}
          <UndoWords />
        </>
      )}
      {isFinal && run.rollback.possible && <UndoWords />}
    </div>
  );
  return (
    <Card bleed aria-label="What this decides" {...(isFinal && { tone: "stop" })}>
      <div className="grid tablet:grid-cols-2 tablet:divide-x tablet:divide-line phone:divide-y phone:divide-line">
        {isFinal ? (
          <>
            {undo}
            {after}
          </>
        ) : (
          <>
            {after}
            {undo}
          </>
        )}
      </div>
    </Card>
  );
}

/** How long going back takes and what it loses, as far as that is known now. */
function UndoWords() {
  const { run } = useRun();
  const { rollback, forecast } = run;
  const pnr =
    forecast.pointOfNoReturnAt === null
      ? ""
      : ` Until ${formatTime(forecast.pointOfNoReturnAt, run.zone)} a rollback still fits into the window.`;
  if (!rollback.possible) {
    return <p className="mt-1 text-ink2">Nothing has begun yet. The rollback is part of what you sign.{pnr}</p>;
  }
  return (
    <p className="mt-1 text-ink2">
      A rollback now takes about {formatDuration(rollback.expectedMs)}. {lossWords(rollback).sentence}
      {pnr}
    </p>
  );
}
