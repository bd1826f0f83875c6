import { keyboardScrollable } from "../ui/scrollable.ts";

/** A text with the numbers of its lines, as problems name them. */
export function NumberedText(props: { text: string; label: string }) {
  const lines = props.text.split("\n").length;
  return (
    <section
      {...keyboardScrollable}
      aria-label={props.label}
      className="grid max-h-[40rem] grid-cols-[auto_minmax(max-content,1fr)] overflow-auto bg-sunken py-2"
    >
      <LineNumbers count={lines} />
      <pre className="px-3 text-mono">{props.text}</pre>
    </section>
  );
}

/** The numbers beside a text, one below the other. */
export function LineNumbers(props: { count: number }) {
  const numbers = Array.from({ length: props.count }, (_, at) => at + 1).join("\n");
  return (
    <pre
      aria-hidden="true"
      className="sticky left-0 z-10 select-none border-line border-r bg-sunken px-3 text-right text-ink3 text-mono"
    >
      {numbers}
    </pre>
  );
}
