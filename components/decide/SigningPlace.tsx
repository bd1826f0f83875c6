"use client";

import type { GateView } from "../../protocol/http/gates.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Field } from "../ui/Field.tsx";
import { Select } from "../ui/Select.tsx";
import { placesOf } from "./deciding.ts";
import { useSigning } from "./SigningProvider.tsx";

/**
 * For whoever was named by somebody who is away: whether they sign for themselves or in that place. Nothing for others. Low enough for the
 * bar on a phone.
 */
export function SigningPlace(props: { gate: GateView }) {
  const { gate } = props;
  const { me } = useRun();
  const { place, setPlace } = useSigning();
  const places = placesOf(gate, me.userId);
  if (places.length === 0 || (gate.stage !== "asking" && gate.stage !== "open")) return null;
  return (
    <Field label="You sign, and count once" required className="mb-3">
      {(control) => (
        <Select
          {...control}
          value={place ?? ""}
          options={[
            { value: "", label: "for yourself" },
            ...places.map(({ from }) => ({ value: from.userId, label: `in place of ${from.name}` })),
          ]}
          onChange={(event) => setPlace(event.target.value === "" ? undefined : event.target.value)}
        />
      )}
    </Field>
  );
}
