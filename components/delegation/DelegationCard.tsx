"use client";

import type { GateView } from "../../protocol/http/gates.ts";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Fold } from "../ui/Fold.tsx";
import { useNow } from "../ui/Now.tsx";
import { DelegateForm } from "./DelegateForm.tsx";
import { untilText } from "./delegationWords.ts";

/** For whoever decides at a gate and will be away: name another of the same group, or take that back. Nothing for others. */
export function DelegationCard(props: { gate: GateView }) {
  const { gate } = props;
  const { run, me, reader } = useRun();
  const { give, busyWord } = useOrders();
  const now = useNow();
  const decider = gate.deciders.find(({ userId }) => userId === me.userId);
  const isSettled = gate.stage === "closed" || gate.decisions.some(({ life }) => life === "spent");
  if (!decider || decider.isRequester || isSettled || reader.may.delegate?.allowed !== true) return null;
  const given = gate.delegations.find(({ from }) => from.userId === me.userId);
  const takeBack = { order: "takeBackDelegation" } as const;
  if (given) {
    return (
      <Card bleed tone="ask" title="You are away">
        <CardContent>
          <p className="text-ink2">
            <b className="text-ink">{given.to.name}</b> decides in your place {untilText(given.until, now, run.zone)}:{" "}
            {given.reason}
          </p>
          <p className="mt-1 text-ink3 text-label">
            Taken back, what {given.to.name} signed in your place and nothing was begun on is void.
          </p>
          <p className="pt-2">
            <Button size="small" busy={busyWord(takeBack)} onClick={() => void give(takeBack)}>
              Take it back
            </Button>
          </p>
        </CardContent>
      </Card>
    );
  }
  return (
    <Card bleed aria-label="Somebody decides in your place">
      <CardContent first>
        <Fold summary="I am away: somebody decides in my place">
          <DelegateForm gate={gate} groups={decider.groups} />
        </Fold>
      </CardContent>
    </Card>
  );
}
