"use client";

import type { GateView } from "../../protocol/http/gates.ts";
import { criteriaSummary } from "./deciding.ts";
import { SigningButtons } from "./SigningButtons.tsx";
import { SigningPlace } from "./SigningPlace.tsx";

/** On a phone: the two answers, fixed above the thumb, with how the evidence stands. */
export function SigningBar(props: { gate: GateView }) {
  const { gate } = props;
  const summary = criteriaSummary(gate.criteria);
  const goes = gate.decisions.filter(
    (made) => made.verdict === "GO" && (made.life === "valid" || made.life === "spent"),
  );
  return (
    <section
      aria-label="Sign"
      className="fixed inset-x-0 bottom-0 z-20 border-line border-t bg-surface px-page pt-3 pb-[max(1rem,env(safe-area-inset-bottom))] tablet:hidden"
    >
      <p className="mb-2 flex flex-wrap justify-between gap-x-3 text-label">
        <span className={summary.isGood ? "font-medium text-good" : "font-medium text-stop"}>{summary.text}</span>
        <span className="text-ink2">{goes.length} GO so far</span>
      </p>
      <SigningPlace gate={gate} />
      <SigningButtons />
    </section>
  );
}
