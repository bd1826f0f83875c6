import { expect, test } from "vitest";
import type { RunbookView } from "../../protocol/http/runbooks.ts";
import { CreateWindowBody } from "../../protocol/http/windows.ts";
import { readDraft } from "./draft.ts";
import type { WindowForm } from "./windowForm.ts";
import { carryParameters, emptyForm, fromServerErrors, readForm, wrongParameter } from "./windowForm.ts";

const parameter = (name: string, rest: Partial<RunbookView["parameters"][number]> = {}) => ({
  name,
  title: name,
  type: "string" as const,
  default: "",
  choices: null,
  pattern: null,
  description: "What it is.",
  ...rest,
});
const RUNBOOK: RunbookView = {
  digest: "a".repeat(64),
  slug: "sample",
  title: "Sample",
  version: "1",
  summary: "A sample.",
  createdAt: 0,
  text: "",
  hosts: [{ role: "db", title: "The host" }],
  parameters: [
    parameter("mount", { type: "path", default: "/mnt/pgdata" }),
    parameter("contact", { default: null }),
    parameter("step", { type: "size", default: "1GiB" }),
    parameter("port", { type: "integer", default: 5432 }),
  ],
  steps: [],
  triggers: [],
};
const NOW = Date.parse("2026-11-21T00:00:00Z");
const HOST = "7d3d2f50-5d5c-4d5f-8d54-0b8f8f0f8f0f";
const FILLED: WindowForm = {
  ...emptyForm("America/Los_Angeles", RUNBOOK.digest),
  title: " Encrypt orders-db at rest ",
  serviceId: HOST,
  startDate: "2026-12-03",
  startTime: "02:00",
  endDate: "2026-12-03",
  endTime: "05:00",
  hosts: { db: HOST, leftOver: HOST },
  parameters: { mount: "/mnt/x", contact: "Ada", step: "1GiB", port: "5433", leftOver: "x" },
};

test("a filled form is what the server takes, with only the hosts and parameters of the chosen runbook", () => {
  const read = readForm(FILLED, RUNBOOK, NOW);
  expect(read.ok && CreateWindowBody.parse(read.body)).toMatchObject({
    title: "Encrypt orders-db at rest",
    startsAt: Date.parse("2026-12-03T10:00:00Z"),
    endsAt: Date.parse("2026-12-03T13:00:00Z"),
    hosts: { db: HOST },
    parameters: { mount: "/mnt/x", contact: "Ada", step: "1GiB", port: "5433" },
  });
});

test("every field that is wrong is named with what is expected, all at once", () => {
  const read = readForm({ ...emptyForm("UTC", RUNBOOK.digest), parameters: { port: "x" } }, RUNBOOK, NOW);
  expect(read).toEqual({
    ok: false,
    errors: {
      title: "Give the window a title.",
      serviceId: "Choose a service.",
      startDate: "Choose a day.",
      endDate: "Choose a day.",
      "hosts.db": "Choose a host.",
      "parameters.contact": "A value is needed.",
      "parameters.step": "This is not a size such as 20 GiB.",
      "parameters.port": "This is not a whole number.",
    },
  });
});

test("an end before the start, beyond seven days or in the past is told beside the end", () => {
  const end = (changes: Partial<WindowForm>) => {
    const read = readForm({ ...FILLED, ...changes }, RUNBOOK, NOW);
    return read.ok ? undefined : read.errors.endTime;
  };
  expect(end({ endTime: "02:00" })).toBe("The end must be after the start.");
  expect(end({ endDate: "2026-12-10", endTime: "02:01" })).toBe("A window lasts seven days at most.");
  expect(end({ startDate: "2026-11-03", endDate: "2026-11-03" })).toBe("The window would be over already.");
  expect(end({ startDate: "2026-03-08", startTime: "02:30" })).toBeUndefined();
});

test("an empty value is told only where the runbook has no default, and a default is never wrong", () => {
  expect(wrongParameter(parameter("x", { default: null }), "")).toBe("A value is needed.");
  expect(wrongParameter(parameter("x", { type: "path", default: "" }), "")).toBeUndefined();
  expect(wrongParameter(parameter("x", { type: "choice", choices: ["a", "b"], default: "a" }), "c")).toBe(
    "One of a, b is needed.",
  );
});

test("what the server finds wrong stands beside the field that was typed in", () => {
  expect(fromServerErrors({ endsAt: "Late.", "parameters.port": "Taken." })).toEqual({
    endTime: "Late.",
    "parameters.port": "Taken.",
  });
});

test("choosing another runbook keeps what was typed and takes its defaults for the rest", () => {
  const after = {
    ...RUNBOOK,
    parameters: [parameter("mount", { default: "/mnt/new" }), parameter("port", { default: 1 })],
  };
  expect(carryParameters({ mount: "/mnt/pgdata", port: "6000" }, RUNBOOK, after)).toEqual({
    mount: "/mnt/new",
    port: "6000",
  });
});

test("a draft that was left by another version of this page is read as far as it fits", () => {
  const kept = { title: "T", type: "nonsense", hosts: { db: HOST, x: 3 }, parameters: [1], startDate: 7 };
  expect(readDraft(kept)).toEqual({ ...emptyForm("", ""), title: "T", hosts: { db: HOST } });
});
