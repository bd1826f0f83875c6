"use client";

import clsx from "clsx";
import { lazy, Suspense, useState } from "react";
import type { CriterionView, FactView } from "../../protocol/http/runs.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Age } from "../ui/Age.tsx";
import { Button } from "../ui/Button.tsx";
import type { CheckMarkState } from "../ui/Mark.tsx";
import { CheckMark } from "../ui/Mark.tsx";
import { MeasuredBy } from "../ui/MeasuredBy.tsx";
import { useNow } from "../ui/Now.tsx";
import { isInTheWay } from "./deciding.ts";

const WaiveDialog = lazy(() => import("./WaiveDialog.tsx"));

/** One criterion with the values it was judged on; what stands in the way says what is lacking, and can be waived where that is allowed. */
export function CriterionRow(props: { criterion: CriterionView; gateId: string }) {
  const { criterion } = props;
  const { run, reader, me } = useRun();
  const [isWaiving, setIsWaiving] = useState(false);
  const now = useNow();
  const may = reader.may.waive;
  const canWaive = isInTheWay(criterion) && criterion.waivable;
  const isRequester =
    reader.isRequester ||
    run.gates.some((gate) => gate.deciders.some((decider) => decider.userId === me.userId && decider.isRequester));
  const [only] = criterion.values;
  const isSingle = criterion.values.length === 1 && only !== undefined;
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-start gap-x-2 gap-y-0.5 px-4 py-2 not-first:border-line not-first:border-t">
      <span className="pt-0.5">
        <CheckMark state={markOf(criterion, now)} />
      </span>
      <span className="min-w-0">{criterion.title}</span>
      <span
        className={clsx(
          "max-w-48 text-right font-semibold",
          criterion.verdict === "fail" && !criterion.waived && "text-stop",
        )}
      >
        {isSingle && <FactValue fact={only} zone={run.zone} />}
      </span>
      <div className="col-span-2 col-start-2 flex flex-col gap-0.5 text-ink3 text-label">
        {isSingle ? (
          <FactSource fact={only} now={now} />
        ) : (
          <Values values={criterion.values} zone={run.zone} now={now} />
        )}
        {criterion.lacking.length > 0 && (
          <p className="text-ask">Not known: {criterion.lacking.join(", ")}. Measure it first.</p>
        )}
        {criterion.waived && (
          <p className="text-ask">
            Waived by {criterion.waived.by}: {criterion.waived.reason}
          </p>
        )}
        {isInTheWay(criterion) && criterion.notes !== null && <p>{criterion.notes}</p>}
        {isInTheWay(criterion) && <code className="break-words">{criterion.expression}</code>}
        {canWaive && (
          <p className="pt-1">
            <Button
              size="small"
              disabledReason={
                may?.allowed === false
                  ? (may.because ?? "Others waive this.")
                  : isRequester
                    ? "You requested this, so others waive."
                    : undefined
              }
              onClick={() => setIsWaiving(true)}
            >
              Waive, with a reason
            </Button>
          </p>
        )}
      </div>
      {isWaiving && (
        <Suspense>
          <WaiveDialog criterion={criterion} onClose={() => setIsWaiving(false)} />
        </Suspense>
      )}
    </li>
  );
}

/** The mark of a criterion: an old value is amber even where it still passes, and a NO-GO criterion that holds is red. */
function markOf(criterion: CriterionView, now: number): CheckMarkState {
  if (criterion.waived) return "waived";
  if (criterion.verdict === "fail") return "fail";
  const isStale = criterion.values.some((fact) => fact.staleAt !== null && fact.staleAt <= now);
  if (criterion.verdict === "unknown") return isStale ? "stale" : "unknown";
  return isStale ? "stale" : "pass";
}

function FactValue(props: { fact: FactView; zone: string }) {
  const { fact } = props;
  return (
    <MeasuredBy
      label={fact.title}
      measurement={{
        source: fact.source,
        atMs: fact.measuredAt,
        zone: props.zone,
        ...(fact.staleAt !== null && { freshForMs: fact.staleAt - fact.measuredAt }),
      }}
    >
      {fact.text}
    </MeasuredBy>
  );
}

function FactSource(props: { fact: FactView; now: number }) {
  const { fact, now } = props;
  const isStale = fact.staleAt !== null && fact.staleAt <= now;
  return (
    <p>
      {fact.title}, {fact.source},{" "}
      <Age sinceMs={fact.measuredAt} ago className={isStale ? "font-semibold text-ask" : ""} />
      {isStale && ", stale"}
    </p>
  );
}

/** Several values, each with its own source and age. */
function Values(props: { values: readonly FactView[]; zone: string; now: number }) {
  if (props.values.length === 0) return null;
  return (
    <ul className="flex flex-col gap-0.5">
      {props.values.map((fact) => (
        <li key={fact.name} className="flex flex-wrap justify-between gap-x-3">
          <span className="min-w-0">
            <FactSource fact={fact} now={props.now} />
          </span>
          <b className="text-ink">
            <FactValue fact={fact} zone={props.zone} />
          </b>
        </li>
      ))}
    </ul>
  );
}
