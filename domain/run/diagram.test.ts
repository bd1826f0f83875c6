import { expect, test } from "vitest";
import { runStatesDocument, stateDiagram } from "./diagram.ts";
import { NEXT_STAGES } from "./stages.ts";

test("the page of run states shows just the moves that a run can make", async () => {
  // Not current? `npx vitest run --project unit domain/run/diagram.test.ts -u` writes it anew.
  await expect(runStatesDocument()).toMatchFileSnapshot("../../docs/run-states.md");
});

test("a diagram has every move of its table, its beginning and its end", () => {
  const lines = stateDiagram(NEXT_STAGES, "preparing").split("\n");
  expect(lines).toContain("  [*] --> preparing");
  expect(lines).toContain("  running --> held");
  expect(lines).toContain("  ended --> [*]");
  expect(lines).not.toContain("  ended --> running");
});
