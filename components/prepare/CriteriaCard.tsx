"use client";

import clsx from "clsx";
import type { CriterionView } from "../../protocol/http/evidence.ts";
import { useRun } from "../data/RunProvider.tsx";
import { CriterionRow } from "../decide/CriterionRow.tsx";
import { isInTheWay } from "../decide/deciding.ts";
import { Card } from "../ui/Card.tsx";
import { Fold } from "../ui/Fold.tsx";
import { criteriaByKind } from "./preparation.ts";

/** The criteria of the GO: how many pass, and each that stands in the way, with its waiver where the runbook allows one. */
export function CriteriaCard() {
  const { run } = useRun();
  const { go, nogo } = criteriaByKind(run.criteria);
  const inTheWay = run.criteria.filter(isInTheWay);
  const failing = inTheWay.filter((criterion) => criterion.verdict === "fail");
  const unknown = inTheWay.filter((criterion) => criterion.verdict !== "fail");
  const met = run.criteria.filter((criterion) => !isInTheWay(criterion));
  // A handful is named at once; before anything was measured, all of them are unknown and the counts say enough.
  const isFew = unknown.length <= 4;
  return (
    <Card title="Criteria" aside={`runbook ${run.runbook.version}`}>
      <dl className="px-4">
        <Line name="GO, all must pass" criteria={go} />
        <Line name="NO-GO, one is enough" criteria={nogo} />
      </dl>
      <List label="Failing" criteria={failing} brief={false} />
      {isFew && <List label="Unknown" criteria={unknown} brief />}
      <div className="px-4 pb-2">
        {!isFew && <FoldedList label={`${unknown.length} that are not known yet`} criteria={unknown} />}
        {met.length > 0 && <FoldedList label={`${met.length} that are met`} criteria={met} />}
      </div>
    </Card>
  );
}

function List(props: { label: string; criteria: readonly CriterionView[]; brief: boolean }) {
  if (props.criteria.length === 0) return null;
  return (
    <ul aria-label={props.label} className="border-line border-t">
      {props.criteria.map((criterion) => (
        <CriterionRow key={criterion.id} criterion={criterion} brief={props.brief} />
      ))}
    </ul>
  );
}

function FoldedList(props: { label: string; criteria: readonly CriterionView[] }) {
  return (
    <Fold summary={props.label}>
      <ul aria-label={props.label} className="-mx-4 mt-1">
        {props.criteria.map((criterion) => (
          <CriterionRow key={criterion.id} criterion={criterion} brief={isInTheWay(criterion)} />
        ))}
      </ul>
    </Fold>
  );
}

function Line(props: { name: string; criteria: readonly CriterionView[] }) {
  const { criteria } = props;
  const isNogo = criteria[0]?.kind === "nogo";
  const unknown = criteria.filter((each) => each.verdict === "unknown" && each.waived === null).length;
  const failing = criteria.filter((each) => each.verdict === "fail" && each.waived === null).length;
  const passing = criteria.length - unknown - failing;
  const isGood = unknown === 0 && failing === 0;
  return (
    <div className="flex min-h-8 items-center justify-between gap-3 not-first:border-line not-first:border-t">
      <dt>{props.name}</dt>
      <dd className="flex gap-2 font-medium">
        {criteria.length === 0 ? (
          <span className="text-ink3">none</span>
        ) : (
          <>
            <span className={clsx(isGood ? "text-good" : "text-ink2")}>
              {isNogo ? `${failing} of ${criteria.length}` : `${passing} of ${criteria.length} pass`}
            </span>
            {!isNogo && failing > 0 && <span className="text-stop">{failing} fail</span>}
            {unknown > 0 && <span className="text-ask">{unknown} unknown</span>}
          </>
        )}
      </dd>
    </div>
  );
}
