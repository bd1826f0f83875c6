import clsx from "clsx";

/** Two letters for a name: "Jonas Weber" → "JW", "mara@example.com" → "MA". */
export function initialsOf(name: string): string {
  const words = name
    .split("@")[0]
    ?.split(/[\s._-]+/)
    .filter((word) => word !== "");
  const [first, second] = [words?.at(0) ?? "?", words !== undefined && words.length > 1 ? words.at(-1) : undefined];
  const letters = second === undefined ? [...first].slice(0, 2) : [[...first][0], [...second][0]];
  return letters.join("").toLocaleUpperCase("en-GB");
}

/** A person, as initials. Hidden from screen readers: the name stands beside it. `own` marks the reader. */
export function Avatar(props: { name: string; own?: boolean; className?: string }) {
  return (
    <span
      aria-hidden="true"
      title={props.name}
      className={clsx(
        "inline-flex size-6 flex-none select-none items-center justify-center rounded-full border bg-sunken font-semibold text-[0.625rem] leading-none",
        props.own ? "border-move text-move" : "border-line text-ink2",
        props.className,
      )}
    >
      {initialsOf(props.name)}
    </span>
  );
}

/** Who is present: their initials in a row, and a sentence that says it in words. */
export function Avatars(props: { people: readonly { name: string; own?: boolean }[]; children?: string }) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap text-ink2 text-label">
      <span className="flex pl-1">
        {props.people.map((person) => (
          <span key={person.name} className="-ml-1 rounded-full ring-2 ring-surface">
            <Avatar name={person.name} own={person.own ?? false} />
          </span>
        ))}
      </span>
      {/* On most screens the room belongs to the window's title: there the initials alone say who is here. */}
      <span className="max-[100rem]:sr-only">
        {props.children ?? props.people.map((person) => person.name).join(", ")}
      </span>
    </span>
  );
}
