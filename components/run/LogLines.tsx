"use client";

import clsx from "clsx";
import { memo, useLayoutEffect, useRef, useState } from "react";
import { formatCounted } from "../../domain/format/count.ts";
import type { LogLine } from "../data/outputLog.ts";
import { Button } from "../ui/Button.tsx";
import { keyboardScrollable } from "../ui/scrollable.ts";

/** Lines beyond what is drawn stay in memory: the newest are what anyone reads, and search reaches all. */
const MOST_DRAWN = 1_000;
const NEAR_TAIL_PX = 24;

/** Lines of a log. At the tail it follows; away from it, a button says how many are new. */
export function LogLines(props: {
  lines: readonly LogLine[];
  rest: string | undefined;
  search: string;
  empty: string;
  trouble: string | undefined;
}) {
  const { lines, rest } = props;
  const frameRef = useRef<HTMLElement>(null);
  const isAtTailRef = useRef(true);
  const [seenNumber, setSeenNumber] = useState<number | undefined>(undefined);
  const newest = lines.at(-1)?.number ?? 0;

  useLayoutEffect(() => {
    const frame = frameRef.current;
    if (frame && isAtTailRef.current) frame.scrollTop = frame.scrollHeight;
  });

  const toTail = (): void => {
    isAtTailRef.current = true;
    setSeenNumber(undefined);
    const frame = frameRef.current;
    if (frame) frame.scrollTop = frame.scrollHeight;
  };
  const fresh = seenNumber === undefined ? 0 : lines.filter((line) => line.number > seenNumber).length;
  const drawn = lines.slice(-MOST_DRAWN);
  const hidden = lines.length - drawn.length;
  return (
    <div className="relative border-line border-t">
      <section
        {...keyboardScrollable}
        ref={frameRef}
        aria-label="Lines of the log"
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          const isAtTail = scrollHeight - scrollTop - clientHeight < NEAR_TAIL_PX;
          if (isAtTail === isAtTailRef.current) return;
          isAtTailRef.current = isAtTail;
          setSeenNumber(isAtTail ? undefined : newest);
        }}
        className="-outline-offset-2 h-44 overflow-auto overscroll-contain py-1.5 narrow:h-72"
      >
        {hidden > 0 && (
          <p className="px-4 text-ink3 text-label">
            {formatCounted(hidden, "earlier line")} not drawn. Search reaches them; the file has all.
          </p>
        )}
        {drawn.length === 0 && rest === undefined ? (
          <p className="px-4 text-ink3">{props.empty}</p>
        ) : (
          <div className="text-mono font-mono">
            {drawn.map((line) => (
              <Line key={line.number} text={line.text} level={line.level} search={props.search} />
            ))}
            {rest !== undefined && <p className="whitespace-pre-wrap break-all px-4 text-ink2">{rest}</p>}
          </div>
        )}
        {props.trouble !== undefined && (
          <p role="status" className="px-4 text-ink2 text-label">
            The log could not be read further: {props.trouble}
          </p>
        )}
      </section>
      {fresh > 0 && (
        <div className="absolute right-4 bottom-2">
          <Button size="small" onClick={toTail}>
            {fresh} new
          </Button>
        </div>
      )}
    </div>
  );
}

/** One line. A busy log grows five times a second: what stands is not drawn again with what comes. */
const Line = memo(function Line({ text, level, search }: Pick<LogLine, "text" | "level"> & { search: string }) {
  return (
    <p
      className={clsx(
        "whitespace-pre-wrap break-all px-4",
        level === "error" && "text-stop",
        level === "warning" && "text-ask",
      )}
    >
      <Marked text={text} search={search} />
    </p>
  );
});

/** The text of a line with what was searched marked in it. */
function Marked(props: { text: string; search: string }) {
  const { text } = props;
  const wanted = props.search.trim().toLocaleLowerCase("en-GB");
  if (wanted === "") return text === "" ? "\u00a0" : text;
  const at = text.toLocaleLowerCase("en-GB").indexOf(wanted);
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded-badge bg-ask-wash text-ink">{text.slice(at, at + wanted.length)}</mark>
      {text.slice(at + wanted.length)}
    </>
  );
}
