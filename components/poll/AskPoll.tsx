"use client";

import { useState } from "react";
import type { GateView, PolledRole } from "../../protocol/http/gates.ts";
import type { OrderInput } from "../data/orderWords.ts";
import { useOrders } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Checkbox } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { TextInput } from "../ui/TextInput.tsx";

/** Asks the room: which roles, and the question where the gate's title does not say it. Roles that somebody is in are chosen beforehand. */
export function AskPoll(props: { gate: GateView }) {
  const { gate } = props;
  const { give, busyWord } = useOrders();
  const [of, setOf] = useState<readonly string[]>(() => askedBefore(gate));
  const [question, setQuestion] = useState("");
  const [trouble, setTrouble] = useState<string>();
  const order: OrderInput = { order: "askPoll", gateId: gate.gateId, of: [...of], question: question.trim() };
  const ask = async (): Promise<void> => {
    if (of.length === 0) {
      setTrouble("Choose at least one role.");
      return;
    }
    const outcome = await give(order);
    setTrouble(outcome.accepted ? undefined : outcome.detail);
  };
  return (
    <form
      noValidate
      className="mt-3 flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 font-medium">Who is asked</legend>
        {gate.pollRoles.map((role) => (
          <Checkbox
            key={role.role}
            label={role.title}
            note={peopleText(role)}
            checked={of.includes(role.role)}
            onChange={(event) =>
              setOf(event.target.checked ? [...of, role.role] : of.filter((each) => each !== role.role))
            }
          />
        ))}
      </fieldset>
      <Field label="Question" hint={`Left empty, the question is “${gate.title}”.`} error={trouble}>
        {(control) => (
          <TextInput
            {...control}
            value={question}
            maxLength={400}
            onChange={(event) => setQuestion(event.target.value)}
          />
        )}
      </Field>
      <div>
        <Button type="submit" busy={busyWord(order)}>
          Ask the room
        </Button>
      </div>
    </form>
  );
}

function askedBefore({ poll, pollRoles }: GateView): readonly string[] {
  if (poll !== null) return poll.roles.map(({ role }) => role);
  return pollRoles.filter(({ people }) => people.length > 0).map(({ role }) => role);
}

function peopleText({ people }: PolledRole): string {
  return people.length === 0 ? "Nobody is in it, so nobody can answer." : people.map(({ name }) => name).join(", ");
}
