import clsx from "clsx";
import type { StatusView } from "../../protocol/http/status.ts";
import type { GlyphName } from "../ui/Glyph.tsx";
import { Glyph } from "../ui/Glyph.tsx";

type Service = StatusView["services"][number];

const LOOK = {
  operational: { glyph: "check", className: "text-good", word: "works" },
  planned: { glyph: "check", className: "text-good", word: "works, maintenance planned" },
  maintenance: { glyph: "bars", className: "text-ask", word: "maintenance" },
} as const satisfies Record<Service["state"], { glyph: GlyphName; className: string; word: string }>;

/** Each service with its state in a word. */
export function ServiceRows(props: { view: StatusView }) {
  const { services } = props.view;
  if (services.length === 0) return null;
  return (
    <section aria-label="Services">
      <ul className="overflow-clip rounded-card border border-line bg-surface">
        {services.map((service) => {
          const { glyph, className, word } = LOOK[service.state];
          return (
            <li
              key={service.slug}
              className="flex flex-wrap items-center justify-between gap-x-4 border-line px-6 py-3 not-last:border-b phone:px-4"
            >
              <span>{service.name}</span>
              <span className={clsx("inline-flex items-center gap-2 font-medium", className)}>
                <Glyph name={glyph} />
                {word}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
