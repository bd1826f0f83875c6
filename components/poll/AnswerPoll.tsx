"use client";

import { useState } from "react";
import type { PollView } from "../../protocol/http/gates.ts";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { TextInput } from "../ui/TextInput.tsx";

/** One person's word for one of their roles. What was typed stays until it was taken; the answer can be changed. */
export function AnswerPoll(props: { gateId: string; role: PollView["roles"][number] }) {
  const { gateId, role } = props;
  const { me } = useRun();
  const { give, busyWord } = useOrders();
  const [words, setWords] = useState("");
  const [trouble, setTrouble] = useState<string>();
  const mine = role.answers.find(({ userId }) => userId === me.userId);
  const orderOf = (answer: "GO" | "NO-GO") =>
    ({ order: "answerPoll", gateId, role: role.role, answer, words: words.trim() }) as const;
  const say = async (answer: "GO" | "NO-GO"): Promise<void> => {
    const outcome = await give(orderOf(answer));
    setTrouble(outcome.accepted ? undefined : outcome.detail);
    if (outcome.accepted) setWords("");
  };
  return (
    <div className="flex flex-col gap-2">
      <Field
        label={`In a word, for ${role.title}`}
        hint={mine === undefined ? undefined : `You said ${mine.answer}. Saying it again replaces that.`}
        error={trouble}
      >
        {(control) => (
          <TextInput {...control} value={words} maxLength={400} onChange={(event) => setWords(event.target.value)} />
        )}
      </Field>
      <div className="grid grid-cols-2 gap-2">
        {(["NO-GO", "GO"] as const).map((answer) => (
          <Button
            key={answer}
            wide
            busy={busyWord(orderOf(answer))}
            aria-label={`Say ${answer} for ${role.title}`}
            onClick={() => void say(answer)}
          >
            Say {answer}
          </Button>
        ))}
      </div>
    </div>
  );
}
