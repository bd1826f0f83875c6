import { expect, test } from "vitest";
import { ACTIONS } from "../../domain/action/catalog.ts";
import { loadAction, loadEveryAction } from "./packs.ts";
import { ACTION_REGISTRY } from "./registry.ts";

test("the agent can carry out every action of the catalogue, and nothing that is not in it", async () => {
  const carriedOut = (await loadEveryAction()).map(({ spec }) => spec.name);
  expect(carriedOut.sort()).toEqual(ACTIONS.map(({ name }) => name).sort());
});

test("a runner finds each of them by its name, and nothing else", async () => {
  for (const [name, { spec }] of ACTION_REGISTRY) expect((await loadAction(name))?.spec).toBe(spec);
  for (const name of ["luks.nothing", "nothing.create", "luks", "", "constructor.name"]) {
    expect(await loadAction(name)).toBeUndefined();
  }
});
