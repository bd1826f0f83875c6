import { expect, test } from "vitest";
import { GateId, HostRole, StepId, TaskId } from "./ids.ts";

test("no step, gate or role has the one name that every object answers to", () => {
  for (const id of [StepId, GateId, HostRole]) {
    expect(id.safeParse("constructor").success).toBe(false);
    for (const name of ["construct", "constructors", "a-constructor"]) expect(id.safeParse(name).success).toBe(true);
  }
  const run = "4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10";
  expect(TaskId.safeParse(`${run}.constructor.1`).success).toBe(false);
  expect(TaskId.safeParse(`${run}.constructors.1`).success).toBe(true);
});
