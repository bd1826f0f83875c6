import type { GateView } from "./gates.ts";

/** A glass that was broken and still counts, or counted: for everybody to see, on every page of the window and in its report. */
export interface BrokenGlass {
  readonly gate: string;
  readonly by: string;
  readonly reason: string;
  readonly at: number;
}

/** Every broken glass of a run, oldest first. One that was taken back, or fell with what it was signed over, counts for nothing. */
export function brokenGlass(run: { readonly gates: readonly GateView[] }): readonly BrokenGlass[] {
  return run.gates
    .flatMap((gate) =>
      gate.decisions
        .filter(({ verdict, life }) => verdict === "BREAK-GLASS" && life !== "void" && life !== "takenBack")
        .map(({ by, reason, signedAt }) => ({ gate: gate.title, by, reason: reason ?? "", at: signedAt })),
    )
    .sort((a, b) => a.at - b.at);
}
