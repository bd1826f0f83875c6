/** The kinds of value that people give: an answer, a figure, a text. */
export type FieldType = "yesNo" | "number" | "text";
export type FieldValue = boolean | number | string;

/** Whether a value is of the kind that the runbook asks for. An empty text is no answer. */
export function isFieldValue(type: FieldType, value: FieldValue): boolean {
  switch (type) {
    case "yesNo":
      return typeof value === "boolean";
    case "number":
      return (
        typeof value === "number" && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
      );
    case "text":
      return typeof value === "string" && value.trim() !== "";
    default:
      return type satisfies never;
  }
}
