import clsx from "clsx";

/** A key as it is printed on a keyboard. On a filled button it takes the colour of the button's text. */
export function Kbd(props: { children: string; inherit?: boolean }) {
  return (
    <kbd
      className={clsx(
        "whitespace-nowrap rounded-badge border px-1 font-medium text-[0.6875rem] leading-4",
        props.inherit ? "border-current" : "border-line bg-surface text-ink3",
      )}
    >
      {props.children}
    </kbd>
  );
}
