"use client";

import clsx from "clsx";
import { lazy, useState } from "react";
import type { CriterionView } from "../../protocol/http/evidence.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import type { CheckMarkState } from "../ui/Mark.tsx";
import { CheckMark } from "../ui/Mark.tsx";
import { useNow } from "../ui/Now.tsx";
import { Part } from "../ui/Part.tsx";
import { isInTheWay } from "./deciding.ts";
import { EvidenceValue, EvidenceValues } from "./EvidenceValue.tsx";

const ReasonedDialog = lazy(() => import("./ReasonedDialog.tsx"));

/**
 * One criterion with the values it was judged on; what stands in the way says what is lacking, and can be waived where that is allowed.
 * @param brief only what is known of it in a line, for a list of many that nobody has measured yet
 */
export function CriterionRow(props: { criterion: CriterionView; brief?: boolean }) {
  const { criterion, brief = false } = props;
  const now = useNow();
  const stands = isInTheWay(criterion);
  const [only] = criterion.values;
  // Beside a NO-GO criterion a lone "yes" would be read as "yes, it holds": its values always stand with their own names.
  const single = criterion.values.length === 1 && criterion.kind !== "nogo" ? only : undefined;
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-start gap-x-2 gap-y-0.5 px-4 py-2 not-first:border-line not-first:border-t">
      <span className="pt-0.5">
        <CheckMark state={markOf(criterion, now)} />
      </span>
      <span className="min-w-0">{criterion.title}</span>
      <span
        className={clsx(
          "wrap-anywhere max-w-48 text-right font-semibold",
          criterion.verdict === "fail" && stands && "text-stop",
        )}
      >
        {single && <EvidenceValue fact={single} />}
      </span>
      <div className="col-span-2 col-start-2 flex flex-col gap-0.5 text-ink3 text-label">
        {!brief && <EvidenceValues values={criterion.values} single={single} title={criterion.title} />}
        {criterion.lacking.length > 0 && stands && (
          <p className="text-ask">Not known: {criterion.lacking.join(", ")}.</p>
        )}
        {criterion.waived && (
          <p className="text-ask">
            Waived by {criterion.waived.by}: {criterion.waived.reason}
          </p>
        )}
        {stands && !brief && criterion.notes !== null && <p className="text-ink2">{criterion.notes}</p>}
        {criterion.verdict === "fail" && stands && <code className="wrap-anywhere">{criterion.expression}</code>}
        {stands && criterion.waivable && <Waive criterion={criterion} />}
      </div>
    </li>
  );
}

/** Waives a criterion, where the runbook lets somebody; whoever can't is told why. */
function Waive(props: { criterion: CriterionView }) {
  const { run, reader, me } = useRun();
  const [isOpen, setIsOpen] = useState(false);
  const may = reader.may.waive;
  const isRequester =
    reader.isRequester ||
    run.gates.some((gate) => gate.deciders.some((decider) => decider.userId === me.userId && decider.isRequester));
  const because =
    may?.allowed === false
      ? (may.because ?? "Others waive this.")
      : isRequester
        ? "You requested this, so others waive."
        : undefined;
  return (
    <p className="pt-1">
      <Button size="small" disabledReason={because} onClick={() => setIsOpen(true)}>
        Waive, with a reason
      </Button>
      {isOpen && (
        <Part>
          <ReasonedDialog about={{ does: "waive", criterion: props.criterion }} onClose={() => setIsOpen(false)} />
        </Part>
      )}
    </p>
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
