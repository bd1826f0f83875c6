"use client";

import type { UseFormReturn } from "react-hook-form";
import { useController } from "react-hook-form";
import { WindowType } from "../../protocol/http/windows.ts";
import { RadioGroup } from "../ui/RadioGroup.tsx";
import type { WindowForm } from "./windowForm.ts";

const WORDS = {
  routine: { label: "Routine", note: "Planned ahead and announced." },
  urgent: { label: "Urgent", note: "As soon as possible, announced on the same day." },
  emergency: { label: "Emergency", note: "Now; users are told while it goes on." },
} as const satisfies Record<WindowType, { label: string; note: string }>;

/** What kind of window it is. */
export function TypeField(props: { form: UseFormReturn<WindowForm> }) {
  const { field } = useController({ control: props.form.control, name: "type" });
  return (
    <RadioGroup
      label="Type"
      name="type"
      value={field.value}
      onChange={field.onChange}
      options={WindowType.options.map((value) => ({ value, ...WORDS[value] }))}
    />
  );
}
