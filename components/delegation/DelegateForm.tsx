"use client";

import { useState } from "react";
import { zoneName } from "../../domain/format/time.ts";
import type { GateView } from "../../protocol/http/gates.ts";
import { useOrders, useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Note } from "../ui/Note.tsx";
import { Select } from "../ui/Select.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import { readZonedTime, toFields } from "../windows/zonedTime.ts";

/** Whom to name, until when, and why. What was typed stays when it is refused. */
export function DelegateForm(props: { gate: GateView; groups: readonly string[] }) {
  const { gate, groups } = props;
  const { run, me } = useRun();
  const { give, busyWord } = useOrders();
  const [to, setTo] = useState("");
  const [end, setEnd] = useState(() => toFields(run.endsAt, run.zone));
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<{ to?: string; until?: string; reason?: string; all?: string }>({});
  const candidates = gate.deciders.filter(
    (decider) =>
      decider.userId !== me.userId &&
      !decider.isRequester &&
      (groups.length === 0 || decider.groups.some((group) => groups.includes(group))),
  );
  const act = async (): Promise<void> => {
    const until = readZonedTime(end.date, end.time, run.zone, "first");
    const missing = {
      ...(to === "" ? { to: "Choose who decides in your place." } : {}),
      ...(until.ok ? {} : { until: until.words }),
      ...(reason.trim() === "" ? { reason: "Write why you are away." } : {}),
    };
    setWrong(missing);
    if (!until.ok || Object.keys(missing).length > 0) return;
    const outcome = await give({ order: "delegate", to, until: until.atMs, reason: reason.trim() });
    if (!outcome.accepted) setWrong({ all: outcome.detail });
  };
  if (candidates.length === 0) {
    return (
      <p className="mt-2 text-ink2">Nobody else decides at this gate for your group, so nobody can stand in for you.</p>
    );
  }
  const busy = busyWord({ order: "delegate", to, until: 0, reason: "" });
  return (
    <form
      noValidate
      className="mt-2 flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void act();
      }}
    >
      <p className="text-ink2">
        They sign with their own key, and the statement says in whose place. The two of you count once at a gate.
      </p>
      <Field label="Who decides in your place" required error={wrong.to}>
        {(control) => (
          <Select
            {...control}
            value={to}
            placeholder="Choose a person"
            options={candidates.map(({ userId, name }) => ({ value: userId, label: name }))}
            onChange={(event) => setTo(event.target.value)}
          />
        )}
      </Field>
      <Note tone="ask">
        <p>
          A host counts what they sign only if its owner pinned their own key on it: yours there does not help. Ask the
          owner of {run.hosts.map(({ name }) => name).join(", ")} before you leave.
        </p>
      </Note>
      <div className="grid grid-cols-2 gap-3">
        <Field label="Until" required error={wrong.until}>
          {(control) => (
            <TextInput
              {...control}
              type="date"
              value={end.date}
              onChange={(event) => setEnd({ ...end, date: event.target.value })}
            />
          )}
        </Field>
        <Field label="at" required>
          {(control) => (
            <TextInput
              {...control}
              inputMode="numeric"
              autoComplete="off"
              maxLength={5}
              value={end.time}
              onChange={(event) => setEnd({ ...end, time: event.target.value })}
            />
          )}
        </Field>
      </div>
      <p className="text-ink3 text-label">
        On the clocks of {zoneName(run.zone)}, a day after the window at the latest.
      </p>
      <Field label="Reason" required error={wrong.reason ?? wrong.all}>
        {(control) => (
          <TextInput
            {...control}
            value={reason}
            maxLength={2000}
            placeholder="I'm on a plane until 06:00"
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <div>
        <Button type="submit" busy={busy}>
          Let them decide in my place
        </Button>
      </div>
    </form>
  );
}
