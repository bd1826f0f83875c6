import type { Ref } from "react";
import type { Problem } from "../../domain/runbook/problem.ts";
import { Glyph } from "../ui/Glyph.tsx";
import { LineNumbers } from "./NumberedText.tsx";

/** The height of a line of monospaced text: the marks beside the text stand by it. */
const LINE = "var(--text-mono-line)";
const LEAST_LINES = 24;

/** A text with the numbers of its lines, to be changed; lines with a problem are marked beside their number. */
export function RunbookEditor(props: {
  ref: Ref<HTMLTextAreaElement>;
  text: string;
  problems: readonly Problem[];
  onChange: (text: string) => void;
}) {
  const lines = Math.max(LEAST_LINES, props.text.split("\n").length + 1);
  const worst = new Map<number, Problem["severity"]>();
  for (const { line, severity } of props.problems) if (worst.get(line) !== "error") worst.set(line, severity);
  return (
    <div className="relative grid grid-cols-[auto_minmax(0,1fr)] bg-sunken py-2">
      <div className="relative">
        <LineNumbers count={lines} />
        {[...worst].map(([line, severity]) => (
          <span
            key={line}
            style={{ top: `calc(${line - 1} * ${LINE})`, height: LINE }}
            className={`absolute inset-x-0 z-10 flex items-center justify-between px-1 font-semibold text-mono ${severity === "error" ? "bg-stop-wash text-stop" : "bg-ask-wash text-ask"}`}
          >
            <Glyph name={severity === "error" ? "cross" : "warning"} size="badge" />
            <span className="pr-2 font-mono">{line}</span>
          </span>
        ))}
      </div>
      <textarea
        ref={props.ref}
        aria-label="Text of the runbook"
        value={props.text}
        rows={lines}
        wrap="off"
        spellCheck={false}
        autoCapitalize="none"
        autoCorrect="off"
        placeholder={"slackwater: 1\nid: my-runbook\ntitle: …"}
        onChange={(event) => props.onChange(event.target.value)}
        className="-outline-offset-2 w-full resize-none overflow-x-auto overflow-y-hidden whitespace-pre bg-transparent px-3 font-mono text-mono"
      />
    </div>
  );
}
