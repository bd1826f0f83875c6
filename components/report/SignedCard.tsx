"use client";

import { signedWith } from "../../domain/decision/signedWith.ts";
import { formatDayTime } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { DecisionMark } from "../ui/Mark.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { Words } from "../ui/Words.tsx";

/** Every decision that was signed, at every gate, with its words. */
export function SignedCard() {
  const { run } = useRun();
  const made = run.gates.flatMap((gate) => gate.decisions.map((decision) => ({ gate, decision })));
  return (
    <Card title="Decisions" aside={made.length}>
      {made.length === 0 ? (
        <EmptyState title="Nobody has signed anything" />
      ) : (
        <Rows label="Decisions">
          {made.map(({ gate, decision }) => (
            <Row
              key={`${gate.gateId} ${decision.userId} ${decision.signedAt}`}
              mark={<DecisionMark state={decision.life === "takenBack" ? "void" : decision.life} />}
              aside={
                <span className="text-ink3 text-label">
                  {decision.life === "takenBack" ? "taken back" : decision.life}
                </span>
              }
              note={
                <>
                  {gate.title}, {formatDayTime(decision.signedAt, run.zone)}, <Words words={decision.words} show={3} />,{" "}
                  {signedWith(decision.signedWith, decision.software)}
                  {decision.reason !== null && `. ${decision.reason}`}
                  {decision.because !== null && `. ${decision.because}`}
                </>
              }
            >
              <b>{decision.verdict}</b> {decision.by}
            </Row>
          ))}
        </Rows>
      )}
    </Card>
  );
}
