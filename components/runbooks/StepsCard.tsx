import { formatDuration } from "../../domain/format/duration.ts";
import type { RunbookView } from "../../protocol/http/runbooks.ts";
import { Card } from "../ui/Card.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { Row, Rows } from "../ui/Rows.tsx";

/** The steps of a runbook with their planned durations; one that grows with a size has none before it is measured. */
export function StepsCard(props: { steps: RunbookView["steps"]; className?: string }) {
  const { steps } = props;
  const known = steps.reduce((sum, step) => sum + (step.plannedMs ?? 0), 0);
  const open = steps.filter((step) => step.plannedMs === null).length;
  return (
    <Card
      title="Planned steps"
      aside={`${formatDuration(known)}${open === 0 ? "" : `, and ${open} by size`}`}
      {...(props.className !== undefined && { className: props.className })}
    >
      <Rows ordered className="pb-3">
        {steps.map((step) => (
          <Row
            key={step.id}
            density="step"
            mark={
              step.number === null ? (
                <Glyph name="diamond" className="text-ink3" />
              ) : (
                <span className="text-right text-ink3 text-label">{step.number}</span>
              )
            }
            aside={
              <span className="whitespace-nowrap text-ink3 text-label">
                {step.plannedMs === null ? "by size" : step.plannedMs === 0 ? "" : formatDuration(step.plannedMs)}
              </span>
            }
          >
            {step.title}
            {step.number === null && <span className="sr-only"> (gate)</span>}
          </Row>
        ))}
      </Rows>
    </Card>
  );
}
