import clsx from "clsx";

/** Our mark: the waterline, and the still minutes below it. */
export function Logo(props: { className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      aria-hidden="true"
      className={clsx("size-5 flex-none", props.className)}
    >
      <circle cx="8" cy="8" r="6.5" />
      <path d="M1.8 8h12.4M4.3 10.7h7.4M6.5 13h3" />
    </svg>
  );
}
