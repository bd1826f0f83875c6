"use client";

import { useSyncExternalStore } from "react";
import type { UseFormReturn } from "react-hook-form";
import { useController, useFormState, useWatch } from "react-hook-form";
import { Card, CardContent } from "../ui/Card.tsx";
import { Field } from "../ui/Field.tsx";
import { RadioGroup } from "../ui/RadioGroup.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import type { WindowForm } from "./windowForm.ts";
import { readTimes } from "./windowForm.ts";
import type { ZonedTime } from "./zonedTime.ts";
import { knownZones } from "./zonedTime.ts";

/** The fields that make a moment. */
const TIMES = ["zone", "startDate", "startTime", "startWhich", "endDate", "endTime", "endWhich"] as const;

const never = () => () => undefined;
const NO_ZONES: readonly string[] = [];
let zones: readonly string[] | undefined;
const zonesOnce = (): readonly string[] => {
  zones ??= knownZones();
  return zones;
};

/** When: a start and an end on the clocks of one zone. A time that a change of the clocks skips or repeats says so beside it. */
export function WhenFields(props: { form: UseFormReturn<WindowForm> }) {
  const { form } = props;
  const { register, control, setValue, getValues } = form;
  const { errors } = useFormState({ control, name: TIMES });
  const known = useSyncExternalStore(never, zonesOnce, () => NO_ZONES);
  const [zone, startDate, startTime, startWhich, endDate, endTime, endWhich] = useWatch({ control, name: TIMES });
  const { start, end } = readTimes({ zone, startDate, startTime, startWhich, endDate, endTime, endWhich });
  return (
    <Card title="When">
      <CardContent className="grid gap-4">
        <Field label="Zone" hint="The clocks that these times are on." required error={errors.zone?.message}>
          {(wired) => (
            <TextInput {...wired} {...register("zone")} list="zones" autoComplete="off" className="max-w-80" />
          )}
        </Field>
        <datalist id="zones">
          {known.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <div className="grid grid-cols-2 gap-4 phone:grid-cols-1">
          <div className="grid grid-cols-2 content-start gap-3">
            <Field label="Starts on" required error={errors.startDate?.message}>
              {(wired) => (
                <TextInput
                  {...wired}
                  type="date"
                  {...register("startDate", {
                    onChange: () => {
                      if (getValues("endDate") === "") setValue("endDate", getValues("startDate"));
                    },
                  })}
                />
              )}
            </Field>
            <Field label="at" required error={skipped(start) ?? errors.startTime?.message}>
              {(wired) => <TimeInput {...wired} {...register("startTime")} />}
            </Field>
            <WhichOfTwo form={form} name="startWhich" time={start} />
          </div>
          <div className="grid grid-cols-2 content-start gap-3">
            <Field label="Ends on" required error={errors.endDate?.message}>
              {(wired) => <TextInput {...wired} type="date" {...register("endDate")} />}
            </Field>
            <Field label="at" required error={skipped(end) ?? errors.endTime?.message}>
              {(wired) => <TimeInput {...wired} {...register("endTime")} />}
            </Field>
            <WhichOfTwo form={form} name="endWhich" time={end} />
          </div>
        </div>
        <p className="text-ink3 text-label">Times are 24 h: 02:00, 17:30.</p>
      </CardContent>
    </Card>
  );
}

function TimeInput(props: Parameters<typeof TextInput>[0]) {
  return <TextInput {...props} inputMode="numeric" autoComplete="off" maxLength={5} placeholder="02:00" />;
}

/** A skipped time is told at once, and not only when the form is sent: no other time of that night would be guessed. */
function skipped(time: ZonedTime): string | undefined {
  return !time.ok && time.words.includes("does not exist") ? time.words : undefined;
}

function WhichOfTwo(props: { form: UseFormReturn<WindowForm>; name: "startWhich" | "endWhich"; time: ZonedTime }) {
  const { field } = useController({ control: props.form.control, name: props.name });
  if (!props.time.ok || props.time.twice === undefined) return null;
  const { twice } = props.time;
  return (
    <RadioGroup
      label="This time comes twice that night. Which?"
      name={props.name}
      value={field.value}
      onChange={field.onChange}
      className="col-span-2"
      options={[
        { value: "first", label: `The first, ${twice.first}` },
        { value: "second", label: `The second, ${twice.second}` },
      ]}
    />
  );
}
