import { expect, test } from "vitest";
import type { Runbook } from "../runbook/schema.ts";
import { readParameters } from "./readParameters.ts";

const runbook = (parameters: Runbook["parameters"]) => ({ parameters }) as Runbook;

test("sizes become bytes and durations milliseconds, whatever unit a person wrote", () => {
  const declared = runbook({
    volume: { type: "size", description: "d" },
    soak: { type: "duration", default: "1h", description: "d" },
    keep: { type: "flag", default: true, description: "d" },
  });
  expect(readParameters(declared, { volume: "1.5G" })).toEqual({
    ok: true,
    parameters: { volume: 1_610_612_736, soak: 3_600_000, keep: true },
  });
});

test("every wrong parameter is named with what would be right, and nothing undeclared is taken", () => {
  const declared = runbook({
    mount: { type: "path", description: "d" },
    kind: { type: "choice", choices: ["plain", "docker"], description: "d" },
    port: { type: "integer", description: "d" },
    name: { type: "string", pattern: "[a-z]+", description: "d" },
    gone: { type: "string", description: "d" },
  });
  const read = readParameters(declared, { mount: "../etc", kind: "vm", port: "5432; rm", name: "A B", extra: 1 });
  expect(read).toEqual({
    ok: false,
    fields: {
      mount: "An absolute path without '..', such as /srv/data.",
      kind: "One of: plain, docker.",
      port: "A whole number.",
      name: "It must look like [a-z]+.",
      gone: "This is needed.",
      extra: "The runbook has no such parameter.",
    },
  });
});
