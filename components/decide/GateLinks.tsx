"use client";

import Link from "next/link";
import type { GateView } from "../../protocol/http/gates.ts";
import { useRun } from "../data/RunProvider.tsx";
import { markOfGate } from "../run/phaseRows.ts";
import { Card } from "../ui/Card.tsx";
import { GateMark } from "../ui/Mark.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { windowPath } from "../window/windowPages.ts";
import { peopleGates } from "./deciding.ts";

const STAGES = { ahead: "ahead", asking: "asks now", open: "open", refused: "NO-GO", closed: "closed" } as const;

/** Every gate of this run that people decide. */
export function GateLinks(props: { current: GateView }) {
  const { run } = useRun();
  return (
    <Card title="Gates" bleed>
      <Rows ordered label="Gates">
        {peopleGates(run).map((gate) => (
          <Row
            key={gate.gateId}
            density="check"
            chosen={gate.gateId === props.current.gateId}
            mark={<GateMark state={markOfGate(gate)} />}
            aside={<span className="font-normal text-ink3">{STAGES[gate.stage]}</span>}
          >
            <Link
              href={`${windowPath(run.windowId, "decide")}?gate=${encodeURIComponent(gate.gateId)}`}
              aria-current={gate.gateId === props.current.gateId ? "true" : undefined}
            >
              {gate.title}
            </Link>
          </Row>
        ))}
      </Rows>
    </Card>
  );
}
