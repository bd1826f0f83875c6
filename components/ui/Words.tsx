import clsx from "clsx";

/**
 * A digest or a key as words that can be compared over the telephone: six where it is signed, three in a list.
 * @param layout `grid` sets them three by two, for reading aloud one by one
 */
export function Words(props: {
  words: readonly string[];
  show?: 3 | 6;
  layout?: "inline" | "grid";
  className?: string;
}) {
  const shown = props.words.slice(0, props.show ?? 6);
  // A word can come twice; the words up to it cannot.
  const keyed = shown.map((word, place) => ({ word, key: shown.slice(0, place + 1).join(" ") }));
  return (
    <span
      className={clsx(
        "font-mono text-mono",
        props.layout === "grid" && "grid grid-cols-[repeat(3,auto)] justify-start gap-x-4 gap-y-0.5",
        props.className,
      )}
    >
      {props.layout === "grid" ? keyed.map(({ word, key }) => <span key={key}>{word} </span>) : shown.join(" ")}
    </span>
  );
}
