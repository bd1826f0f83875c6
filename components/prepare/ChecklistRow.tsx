"use client";

import clsx from "clsx";
import type { ChecklistItemView } from "../../protocol/http/evidence.ts";
import type { OrderInput } from "../data/orderWords.ts";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Age } from "../ui/Age.tsx";
import { Button } from "../ui/Button.tsx";
import type { CheckMarkState } from "../ui/Mark.tsx";
import { CheckMark, StepMark } from "../ui/Mark.tsx";
import { Trouble } from "../ui/Trouble.tsx";
import { CHECKLIST_COLUMNS } from "./checklistColumns.ts";
import { whyNotAnswer } from "./preparation.ts";

const MARKS = {
  done: "pass",
  open: "pending",
  failed: "fail",
  stale: "stale",
  waitsForPerson: "person",
} as const satisfies Record<Exclude<ChecklistItemView["state"], "running">, CheckMarkState>;

/**
 * One item: its state, what was measured and needed, how old that is, whose it is, and what can be done about it.
 * @param onAsk its question is to be asked; the dialog is the card's, because a row moves when its item is done or grows stale, and
 * would take with it what somebody is typing
 */
export function ChecklistRow(props: { item: ChecklistItemView; onAsk: (itemId: string) => void }) {
  const { item } = props;
  const isDone = item.state === "done";
  return (
    <li
      className={clsx(
        CHECKLIST_COLUMNS,
        "grid grid-cols-[1rem_minmax(0,1fr)_auto] items-start gap-x-2 gap-y-0.5 border-line border-t px-4 py-2 tablet:items-center",
      )}
    >
      <span className="pt-0.5 tablet:pt-0">
        {item.state === "running" ? <StepMark state="running" /> : <CheckMark state={MARKS[item.state]} />}
      </span>
      <span className={clsx("min-w-0", !isDone && "font-semibold")}>{item.title}</span>
      <span className="wrap-anywhere min-w-0 phone:col-start-2 phone:row-start-2">
        <span className="sr-only">Measured: </span>
        <Measured item={item} />
      </span>
      <span className="min-w-0 text-ink2 phone:col-start-2 phone:row-start-3">
        {item.needed !== null && (
          <>
            <span className="sr-only">Needed: </span>
            <span className="tablet:hidden">needs: </span>
            {item.needed}
          </>
        )}
      </span>
      <span className="whitespace-nowrap text-ink3 text-label phone:col-start-3 phone:row-start-2 phone:text-right">
        {item.at !== null && <ItemAge item={item} at={item.at} />}
      </span>
      <span className="min-w-0 truncate text-ink2 text-label phone:col-start-3 phone:row-start-1 phone:text-right">
        <span className="sr-only">Owner: </span>
        {item.owner}
      </span>
      <span className="justify-self-end phone:col-span-2 phone:col-start-2 phone:justify-self-start">
        <ItemAction item={item} onAsk={props.onAsk} />
      </span>
      {item.failure && (
        <div className="col-span-full col-start-2 py-1">
          <Trouble what={item.failure.what} data={item.failure.data} do={item.failure.todo} />
        </div>
      )}
      {item.notes !== null && item.failure === null && item.state === "failed" && (
        <p className="col-span-full col-start-2 text-ink2 text-label">{item.notes}</p>
      )}
    </li>
  );
}

/** What was measured stays, however old it is; what failed is red, what was never measured says so. */
function Measured(props: { item: ChecklistItemView }) {
  const { item } = props;
  if (item.state === "running" && item.measured === null) return <span className="text-move">being measured</span>;
  if (item.measured === null) {
    return <span className="text-ink3">{item.kind === "measure" ? "not measured" : "not answered"}</span>;
  }
  return (
    <span
      className={clsx(
        "font-semibold",
        item.state === "failed" && "text-stop",
        item.state === "stale" && "text-ink2",
        item.state === "running" && "text-ink2",
      )}
    >
      {item.measured}
    </span>
  );
}

function ItemAge(props: { item: ChecklistItemView; at: number }) {
  const isStale = props.item.state === "stale";
  return (
    <span className={clsx(isStale && "font-semibold text-ask")}>
      {isStale && "stale "}
      <Age sinceMs={props.at} />
    </span>
  );
}

/** What can be done about an item: measure it, answer it, say that it was sent, seal it. */
function ItemAction(props: { item: ChecklistItemView; onAsk: (itemId: string) => void }) {
  const { item } = props;
  const { run, reader, me } = useRun();
  const { give, busyWord } = useOrders();
  if (run.startedAt !== null) return null;
  if (item.measurable) {
    const order: OrderInput = { order: "measure", itemIds: [item.id] };
    if (item.state === "running") return null;
    const may = reader.may.measure;
    return (
      <Button
        size="small"
        variant={item.state === "done" ? "quiet" : "neutral"}
        busy={busyWord(order)}
        disabledReason={may?.allowed === false ? (may.because ?? "Others measure.") : undefined}
        reasonPlace="elsewhere"
        aria-label={`${item.state === "done" ? "Measure again" : "Measure"}: ${item.title}`}
        onClick={() => void give(order)}
      >
        {item.state === "done" ? "Again" : "Measure"}
      </Button>
    );
  }
  if (item.kind === "measure") return null;
  const because = whyNotAnswer(item, run, me, reader.may);
  const isDone = item.state === "done";
  const label = isDone
    ? "Change"
    : item.kind === "seal"
      ? "Make and seal"
      : item.kind === "announce"
        ? "It was sent"
        : "Answer";
  return (
    <Button
      size="small"
      variant={isDone ? "quiet" : "neutral"}
      disabledReason={because}
      reasonPlace="elsewhere"
      aria-label={`${label}: ${item.title}`}
      title={because}
      onClick={() => props.onAsk(item.id)}
    >
      {label}
    </Button>
  );
}
