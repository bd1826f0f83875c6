import type { HostIncidentView } from "../../protocol/http/hosts.ts";
import { Age } from "../ui/Age.tsx";
import { Card } from "../ui/Card.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { incidentWords } from "./hostWords.ts";

/** What happened with hosts that nobody may overlook. Not there while nothing did. */
export function IncidentsCard(props: { incidents: readonly HostIncidentView[] }) {
  if (props.incidents.length === 0) return null;
  return (
    <Card title="To look at" aside="last 30 days" tone="ask">
      <Rows>
        {props.incidents.map((incident) => (
          <Row
            key={incident.id}
            mark={<Glyph name="warning" className="text-ask" />}
            aside={<Age sinceMs={incident.at} ago className="text-ink3 text-label" />}
            note={`${incidentWords(incident.kind)}. ${incident.detail}`}
          >
            {incident.host}
          </Row>
        ))}
      </Rows>
    </Card>
  );
}
