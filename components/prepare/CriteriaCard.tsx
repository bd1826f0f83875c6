"use client";

import clsx from "clsx";
import type { CriterionView } from "../../protocol/http/runs.ts";
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
  const [goGate] = run.gates;
  const inTheWay = run.criteria.filter(isInTheWay);
  const others = run.criteria.filter((criterion) => !isInTheWay(criterion));
  return (
    <Card title="Criteria" aside={`runbook ${run.runbook.version}`}>
      <dl className="px-4">
        <Line name="GO, all must pass" criteria={go} />
        <Line name="NO-GO, one is enough" criteria={nogo} />
      </dl>
      {inTheWay.length > 0 && (
        <ul aria-label="In the way" className="border-line border-t">
          {inTheWay.map((criterion) => (
            <CriterionRow key={criterion.id} criterion={criterion} gateId={goGate?.gateId ?? ""} />
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <Fold summary={`${others.length} that are met`} className="px-4 py-2">
          <ul aria-label="Met" className="-mx-4 mt-1">
            {others.map((criterion) => (
              <CriterionRow key={criterion.id} criterion={criterion} gateId={goGate?.gateId ?? ""} />
            ))}
          </ul>
        </Fold>
      )}
    </Card>
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
