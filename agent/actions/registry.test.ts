import { expect, test } from "vitest";
import { ACTIONS } from "../../domain/action/catalog.ts";
import { ACTION_REGISTRY } from "./registry.ts";

test("the agent can carry out every action of the catalogue, and nothing that is not in it", () => {
  expect([...ACTION_REGISTRY.keys()].sort()).toEqual(ACTIONS.map(({ name }) => name).sort());
});
