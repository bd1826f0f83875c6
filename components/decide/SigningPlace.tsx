"use client";

import type { GateView } from "../../protocol/http/gates.ts";
import { useRun } from "../data/RunProvider.tsx";
import { RadioGroup } from "../ui/RadioGroup.tsx";
import { placesOf } from "./deciding.ts";
import { useSigning } from "./SigningProvider.tsx";

const OWN = "own";

/** For whoever was named by somebody who is away: whether they sign for themselves or in that place. Nothing for others. */
export function SigningPlace(props: { gate: GateView }) {
  const { gate } = props;
  const { me } = useRun();
  const { place, setPlace } = useSigning();
  const places = placesOf(gate, me.userId);
  if (places.length === 0 || (gate.stage !== "asking" && gate.stage !== "open")) return null;
  return (
    <RadioGroup
      label="You sign"
      hint="One signature is one person's: you count once, whichever you choose."
      className="mb-3"
      value={place ?? OWN}
      onChange={(value) => setPlace(value === OWN ? undefined : value)}
      options={[
        { value: OWN, label: "for yourself" },
        ...places.map(({ from }) => ({ value: from.userId, label: `in place of ${from.name}` })),
      ]}
    />
  );
}
