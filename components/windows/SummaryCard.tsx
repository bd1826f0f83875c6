"use client";

import type { ReactNode } from "react";
import type { UseFormReturn } from "react-hook-form";
import { useWatch } from "react-hook-form";
import { formatDuration } from "../../domain/format/duration.ts";
import { formatWindow } from "../../domain/format/time.ts";
import type { RunbookView } from "../../protocol/http/runbooks.ts";
import { Card, CardContent } from "../ui/Card.tsx";
import type { WindowForm } from "./windowForm.ts";
import { readTimes } from "./windowForm.ts";
import { clockChange } from "./zonedTime.ts";

/** What will be planned, as it stands: when, how long, against what the steps need; and the one button. */
export function SummaryCard(props: {
  form: UseFormReturn<WindowForm>;
  runbook: RunbookView | undefined;
  trouble: string | undefined;
  children: ReactNode;
}) {
  const { runbook, form } = props;
  const values = useWatch({ control: form.control });
  const { start, end } = readTimes({ ...form.getValues(), ...values });
  const lasts = start.ok && end.ok && end.atMs > start.atMs ? end.atMs - start.atMs : undefined;
  const zone = form.getValues("zone");
  const change = start.ok && end.ok && lasts !== undefined ? clockChange(start.atMs, end.atMs, zone) : undefined;
  const steps = runbook?.steps ?? [];
  const plannedMs = steps.reduce((sum, step) => sum + (step.plannedMs ?? 0), 0);
  const bySize = steps.filter((step) => step.plannedMs === null).length;
  return (
    <Card title="This window">
      <CardContent className="flex flex-col gap-2">
        {start.ok && end.ok && lasts !== undefined ? (
          <p>
            <b>{formatWindow(start.atMs, end.atMs, zone)}</b>
            <span className="block text-ink2">It lasts {formatDuration(lasts)}.</span>
            {change !== undefined && <span className="block font-medium text-ask">{change}</span>}
          </p>
        ) : (
          <p className="text-ink2">Its time is not chosen yet.</p>
        )}
        {steps.length > 0 && (
          <p className="text-ink2">
            The steps are planned at {formatDuration(plannedMs)}
            {bySize > 0 && `, and ${bySize} more by the size of the data, which is measured while it is prepared`}.
          </p>
        )}
        {lasts !== undefined && plannedMs > lasts && (
          <p className="font-medium text-ask">The planned steps don't fit in.</p>
        )}
        <div role="alert" className="font-medium text-stop empty:hidden">
          {props.trouble}
        </div>
        {props.children}
      </CardContent>
    </Card>
  );
}
