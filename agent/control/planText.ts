import { callLines } from "./callLines.ts";
import type { PlannedTask } from "./planOnHost.ts";

const SECTIONS = { checklist: "Preparation", forward: "Steps", rollback: "Rollback" } as const;

/** A plan for a terminal: each task with the commands it would run, in order. */
export function planText(tasks: readonly PlannedTask[]): string {
  const lines: string[] = [];
  let section: PlannedTask["section"] | undefined;
  for (const task of tasks) {
    if (task.section !== section) lines.push(...(section === undefined ? [] : [""]), SECTIONS[task.section]);
    section = task.section;
    lines.push(`  ${task.title}`, `    ${task.id}: ${task.action}, ${task.class}`, ...wouldLines(task.would));
  }
  const refused = tasks.filter(({ would }) => would.kind === "refuse").length;
  const waiting = tasks.filter(({ would }) => would.kind === "waits").length;
  lines.push(
    "",
    `${tasks.length} tasks on this host, ${refused} refused, ${waiting} with arguments that the run measures. Nothing was run.`,
  );
  return lines.join("\n");
}

function wouldLines(would: PlannedTask["would"]): readonly string[] {
  switch (would.kind) {
    case "run":
      return would.calls.flatMap(callLines).map((line) => `      ${line}`);
    case "waits":
      return [`      not known yet: ${would.because}`];
    case "refuse":
      return [`      REFUSED: ${would.because}`];
    default:
      return would satisfies never;
  }
}
