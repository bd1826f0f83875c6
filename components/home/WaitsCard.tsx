import { formatDayShort, formatTime } from "../../domain/format/time.ts";
import type { WaitView } from "../../protocol/http/home.ts";
import { Card } from "../ui/Card.tsx";
import type { GlyphName } from "../ui/Glyph.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import { LinkButton } from "../ui/LinkButton.tsx";
import { Row, Rows } from "../ui/Rows.tsx";

const KIND = {
  decide: { word: "GO or NO-GO", glyph: "diamond" },
  silence: { word: "A silence to sign", glyph: "key" },
  poll: { word: "The room is asked", glyph: "diamond" },
  sealAgain: { word: "A passphrase is missing", glyph: "key" },
  held: { word: "Held", glyph: "bars" },
  manual: { word: "A step for you", glyph: "person" },
  start: { word: "Ready to start", glyph: "play" },
  rollbackReason: { word: "A reason is missing", glyph: "bentArrow" },
  askApproval: { word: "Prepared", glyph: "check" },
  prepare: { word: "Preparation", glyph: "clock" },
  complete: { word: "Sign-off", glyph: "key" },
} as const satisfies Record<WaitView["kind"], { word: string; glyph: GlyphName }>;

/** What waits for the reader: the most pressing thing large, with the only filled button of the page; the rest as rows. */
export function WaitsCard(props: { waits: readonly WaitView[]; now: number }) {
  const [first, ...rest] = props.waits;
  if (first === undefined) return null;
  const { word, glyph } = KIND[first.kind];
  const until = untilWords(first, props.now);
  return (
    <Card aria-label="Waits for you">
      <div className="flex items-center justify-between gap-x-4 gap-y-3 border-l-3 border-l-ask py-4 pr-5 pl-5 phone:flex-col phone:items-stretch phone:px-4">
        <div className="min-w-0">
          <p className="flex items-center gap-2 font-medium text-ask text-label">
            <Glyph name={glyph} />
            {word}
            {until !== undefined && `, ${first.kind === "decide" ? "decide by" : "until"} ${until}`}
          </p>
          <h2 className="mt-0.5 text-figure">{first.title}</h2>
          <p className="text-ink2">{first.detail}</p>
        </div>
        <LinkButton href={hrefOf(first)} variant="primary" size="large" className="flex-none">
          {first.action}
        </LinkButton>
      </div>
      {rest.length > 0 && (
        <Rows>
          {rest.map((wait) => (
            <Row
              key={`${wait.windowId} ${wait.kind} ${wait.title}`}
              className="px-5 phone:px-4"
              mark={<Glyph name={KIND[wait.kind].glyph} className="text-ink3" />}
              aside={<span className="text-ink3 text-label">{untilText(wait, props.now)}</span>}
              note={wait.detail}
            >
              <a href={hrefOf(wait)} className="font-medium text-ink">
                {wait.title}
              </a>
            </Row>
          ))}
        </Rows>
      )}
    </Card>
  );
}

function hrefOf(wait: WaitView): string {
  return `/windows/${wait.windowId}/${wait.page}`;
}

function untilText(wait: WaitView, now: number): string {
  const until = untilWords(wait, now);
  return until === undefined ? "" : `until ${until}`;
}

/** The time today, day and time on another day; both where the window is. */
function untilWords({ untilAt, zone }: WaitView, now: number): string | undefined {
  if (untilAt === null) return undefined;
  const day = formatDayShort(untilAt, zone);
  return day === formatDayShort(now, zone) ? formatTime(untilAt, zone) : `${day}, ${formatTime(untilAt, zone)}`;
}
