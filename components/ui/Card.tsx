import clsx from "clsx";
import type { ComponentPropsWithRef, ReactNode } from "react";
import { useId } from "react";
import type { Tone } from "./tone.ts";
import { TONE_EDGE } from "./tone.ts";

type CardProps = Omit<ComponentPropsWithRef<"section">, "title"> & {
  /** The card's name. A string or a node; the heading names the landmark. Leave it out and give `aria-label` instead. */
  title?: ReactNode;
  /** Small print at the right of the title: a count, an age, a link. */
  aside?: ReactNode;
  /** The level of the heading, so that order follows reading; 2 unless the card lies within another heading. */
  level?: 2 | 3;
  /** A rehearsal: dashed edge and faint hatch over the whole card. */
  rehearsal?: boolean;
  /** A 3 px edge at the left: what waits for the reader (`ask`), what cannot be undone (`stop`). */
  tone?: Tone;
  /** Edge to edge on a phone, for pages that are one column of text. */
  bleed?: boolean;
};

/** A card: one thing on a surface with a line around it, no shadow. Put CardContent or Rows inside. */
export function Card({ title, aside, level = 2, rehearsal, tone, bleed, className, children, ...rest }: CardProps) {
  const headingId = useId();
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <section
      {...rest}
      aria-labelledby={title === undefined ? rest["aria-labelledby"] : headingId}
      className={clsx(
        "min-w-0 overflow-clip rounded-card border bg-surface",
        rehearsal ? "rehearsal" : "border-line",
        tone && "border-l-3",
        tone && TONE_EDGE[tone],
        bleed && "phone:-mx-page phone:rounded-none phone:border-x-0",
        className,
      )}
    >
      {title !== undefined && (
        <div className="flex min-h-10 flex-wrap items-center justify-between gap-x-3 px-4 py-2">
          <Heading id={headingId} className="min-w-0">
            {title}
          </Heading>
          {aside !== undefined && <div className="text-ink3 text-label">{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

/** The padded inside of a card. `first` when no title stands above it, so that the top is padded too. */
export function CardContent({ first, className, ...rest }: ComponentPropsWithRef<"div"> & { first?: boolean }) {
  return <div {...rest} className={clsx("px-4 pb-4", first ? "pt-4" : "pt-0", className)} />;
}

/** A part of a card under a line: "Signed decisions" below the rollback. */
export function CardSection(props: {
  title: ReactNode;
  aside?: ReactNode;
  level?: 2 | 3;
  children: ReactNode;
  className?: string;
}) {
  const headingId = useId();
  const Heading = (props.level ?? 2) === 2 ? "h2" : "h3";
  return (
    <section aria-labelledby={headingId} className={clsx("border-line border-t px-4 pt-2 pb-2.5", props.className)}>
      <div className="mb-1 flex flex-wrap items-center justify-between gap-x-3">
        <Heading id={headingId}>{props.title}</Heading>
        {props.aside !== undefined && <div className="text-ink3 text-label">{props.aside}</div>}
      </div>
      {props.children}
    </section>
  );
}
