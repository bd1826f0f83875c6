/** A value as it was typed, read in its type; or what is wrong with it, to be said beside its field. */
export type TypedValue =
  | { readonly ok: true; readonly value: boolean | number | string | undefined }
  | { readonly ok: false; readonly message: string };

/** Reads what was typed or chosen in a field of a form: yes or no, a number with a point or a comma, or text. */
export function readTyped(type: "yesNo" | "number" | "text", typed: string, isRequired: boolean): TypedValue {
  const text = typed.trim();
  if (text === "") {
    if (!isRequired) return { ok: true, value: undefined };
    return { ok: false, message: type === "yesNo" ? "Choose yes or no." : "This is needed." };
  }
  switch (type) {
    case "yesNo":
      return { ok: true, value: text === "yes" };
    case "number":
      // Digits grouped by spaces or dots are ambiguous between countries: only one mark, for the decimals, is taken.
      return /^[+-]?\d+([.,]\d+)?$/.test(text)
        ? { ok: true, value: Number(text.replace(",", ".")) }
        : { ok: false, message: "Write a number, such as 12 or 0.5." };
    case "text":
      return text.length <= 2000
        ? { ok: true, value: text }
        : { ok: false, message: `2,000 characters at most; these are ${text.length}.` };
    default:
      return type satisfies never;
  }
}
