"use client";

import { formatCounted } from "../../domain/format/count.ts";
import type { ReportView } from "../../protocol/http/runs.ts";
import { Card, CardContent } from "../ui/Card.tsx";
import { Fold } from "../ui/Fold.tsx";
import { useReport } from "./useReport.ts";

type Control = ReportView["controls"][number];

const TONE = {
  shown: "text-good",
  rolledBack: "text-ask",
  none: "text-ask",
} as const satisfies Record<Control["standing"], string>;

/** Which control of the runbook is shown by what in the log, and which by nothing; not there where the runbook names none. */
export function ControlsCard() {
  const { data } = useReport();
  if (!data || data.controls.length === 0) return null;
  return (
    <Card title="Evidence by control" aside={formatCounted(data.controls.length, "control")}>
      <CardContent className="grid gap-3">
        <Controls controls={data.controls} />
      </CardContent>
    </Card>
  );
}

/** Each control with what shows it, folded; its standing is told in words, not by a colour alone. */
export function Controls(props: { controls: readonly Control[] }) {
  return props.controls.map((control) => <ControlEntry key={control.control} control={control} />);
}

function ControlEntry(props: { control: Control }) {
  const { control, standing, text, steps } = props.control;
  return (
    <section aria-label={control}>
      <p>
        <b>{control}</b> <span className={TONE[standing]}>{text}</span>
      </p>
      <Fold summary={`What the log holds of it, ${formatCounted(steps.length, "step")}`}>
        <dl className="mt-1 grid gap-1 text-label">
          {steps.map((step) => (
            <div key={step.id}>
              <dt className="font-semibold">{step.title}</dt>
              <dd className="wrap-anywhere text-ink2">{step.text}</dd>
            </div>
          ))}
        </dl>
      </Fold>
    </section>
  );
}
