import { RadioGroup } from "../ui/RadioGroup.tsx";

const OPTIONS = [
  { value: "yes", label: "Yes" },
  { value: "no", label: "No" },
] as const;

/** A question that is answered by yes or no; neither is chosen beforehand. */
export function YesNo(props: {
  label: string;
  value: string;
  onChange: (value: "yes" | "no") => void;
  error?: string | undefined;
  required?: boolean;
}) {
  return (
    <RadioGroup
      label={
        <>
          {props.label}
          {!(props.required ?? true) && <span className="font-normal text-ink3 text-label"> optional</span>}
        </>
      }
      options={OPTIONS}
      value={OPTIONS.find(({ value }) => value === props.value)?.value}
      onChange={props.onChange}
      error={props.error}
    />
  );
}
