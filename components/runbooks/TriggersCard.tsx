import { Download } from "lucide-react";
import { formatDuration } from "../../domain/format/duration.ts";
import type { RunbookView } from "../../protocol/http/runbooks.ts";
import { buttonLook } from "../ui/buttonLook.ts";
import { Card, CardContent } from "../ui/Card.tsx";
import { Row, Rows } from "../ui/Rows.tsx";

type Trigger = RunbookView["triggers"][number];

const DOES = {
  notify: "tells people",
  hold: "holds",
  rollback: "rolls back",
} as const satisfies Record<Trigger["action"], string>;

/** What a runbook watches and what then happens; and the same as alerting rules, for a Prometheus beside Slackwater. */
export function TriggersCard(props: { digest: string; triggers: readonly Trigger[] }) {
  const address = `/api/runbooks/${props.digest}/rules`;
  return (
    <Card title="Triggers" aside={`${props.triggers.length}`}>
      <Rows>
        {props.triggers.map(({ id, title, action, forMs }) => (
          <Row
            key={id}
            density="check"
            aside={
              <span className="whitespace-nowrap text-ink3 text-label">
                {forMs === 0 ? "" : `after ${formatDuration(forMs)} `}
                {DOES[action]}
              </span>
            }
          >
            {title}
          </Row>
        ))}
      </Rows>
      <CardContent className="flex flex-wrap gap-2 print:hidden">
        <a className={buttonLook({ size: "small" })} href={address} download>
          <Download aria-hidden="true" />
          Prometheus rules
        </a>
        <a className={buttonLook({ size: "small" })} href={`${address}?tests`} download>
          <Download aria-hidden="true" />
          Tests of the rules
        </a>
      </CardContent>
    </Card>
  );
}
