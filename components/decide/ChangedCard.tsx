"use client";

import { useEffect, useRef, useState } from "react";
import { formatDayShort, formatTime } from "../../domain/format/time.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import { useRun } from "../data/RunProvider.tsx";
import { shownNowMs } from "../ui/clock.ts";
import { Glyph } from "../ui/Glyph.tsx";
import { CheckMark } from "../ui/Mark.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { DecideCard } from "./DecideCard.tsx";
import type { Looked } from "./looked.ts";
import { changesSince, keepLooked, lookOf, readLooked } from "./looked.ts";

/** What is not as it was when this reader last had this gate open, in this browser. Nothing at the first look. */
export default function ChangedCard(props: { gate: GateView }) {
  const { gate } = props;
  const { run, me } = useRun();
  const [before] = useState<Looked | undefined>(() => readLooked(run.runId, gate.gateId, me.userId));
  const gateRef = useRef(gate);
  useEffect(() => {
    gateRef.current = gate;
  });
  useEffect(() => {
    const keep = (): void => keepLooked(run.runId, gate.gateId, me.userId, lookOf(gateRef.current, shownNowMs()));
    // When the page is put away, and not while it is read: what changes under the reader's eyes is still news.
    const onHide = (): void => {
      if (document.visibilityState === "hidden") keep();
    };
    document.addEventListener("visibilitychange", onHide);
    return () => {
      document.removeEventListener("visibilitychange", onHide);
      keep();
    };
  }, [run.runId, gate.gateId, me.userId]);
  if (!before) return null;
  const { changes, sameRest } = changesSince(before, lookOf(gate, before.at));
  return (
    <DecideCard
      title="Changed since you looked"
      aside={`${formatDayShort(before.at, run.zone)}, ${formatTime(before.at, run.zone)}`}
    >
      <Rows label="Changed since you looked" className="-mx-4">
        {changes.map((change, place) => (
          <Row
            key={change.id}
            density="check"
            rule={place > 0}
            mark={<Glyph name="triangle" className="text-ask" />}
            aside={
              <b>
                {change.was} → {change.is}
              </b>
            }
          >
            {change.title}
          </Row>
        ))}
        <Row
          density="check"
          rule={changes.length > 0}
          mark={sameRest ? <CheckMark state="pass" /> : <Glyph name="triangle" className="text-ask" />}
          aside={sameRest ? "no change" : <b>changed</b>}
        >
          {changes.length === 0 && sameRest ? "Evidence, runbook, parameters, hosts" : "Runbook, parameters, hosts"}
        </Row>
      </Rows>
    </DecideCard>
  );
}
