"use client";

import type { CriterionView } from "../../protocol/http/evidence.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import { TextOrderDialog } from "../window/TextOrderDialog.tsx";

/** What a person gives a reason for: taking their own decision back, or waiving a criterion. */
export type Reasoned =
  | { readonly does: "takeBack"; readonly gate: GateView }
  | { readonly does: "waive"; readonly criterion: CriterionView };

/** Asks for the reason of what a person changes about a decision, which stands in the record. */
export default function ReasonedDialog(props: { about: Reasoned; onClose: () => void }) {
  const { about, onClose } = props;
  const shared = { label: "Reason", whenEmpty: "Write the reason.", onClose };
  switch (about.does) {
    case "takeBack":
      // Possible until the first step behind the gate starts.
      return (
        <TextOrderDialog
          {...shared}
          title={`Take your decision at “${about.gate.title}” back?`}
          description="The gate asks again. Your signature stays in the record, marked as taken back."
          safe="Let it stand"
          act="Take it back"
          order={(reason) => ({ order: "takeBack", gateId: about.gate.gateId, reason })}
        />
      );
    case "waive":
      return (
        <TextOrderDialog
          {...shared}
          title={`Waive “${about.criterion.title}”?`}
          description="It holds for this run only, and stands with your name and reason in the statement that is signed."
          safe="Keep it as it is"
          act="Waive it for this run"
          order={(reason) => ({ order: "waive", criterionId: about.criterion.id, reason })}
        />
      );
    default:
      return about satisfies never;
  }
}
