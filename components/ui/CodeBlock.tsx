import clsx from "clsx";
import { keyboardScrollable } from "./scrollable.ts";

/**
 * A command, a file or a piece of configuration, exactly as it is; the only thing that may scroll sideways, and so it
 * can be reached and scrolled with the keyboard.
 */
export function CodeBlock(props: { children: string; label: string; className?: string }) {
  return (
    <section
      {...keyboardScrollable}
      aria-label={props.label}
      className={clsx("overflow-x-auto rounded-control border border-line bg-sunken px-3 py-2", props.className)}
    >
      <pre className="whitespace-pre text-ink2 text-mono">{props.children}</pre>
    </section>
  );
}
