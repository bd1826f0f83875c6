import type { FieldPath } from "react-hook-form";
import { readParameter } from "../../domain/runbook/readParameters.ts";
import type { RunbookView } from "../../protocol/http/runbooks.ts";
import type { CreateWindowBody, WindowType } from "../../protocol/http/windows.ts";
import { defaultText } from "../runbooks/parameterWords.ts";
import type { Which, ZonedTime } from "./zonedTime.ts";
import { readZonedTime } from "./zonedTime.ts";

/** The form of a new window as it is typed: text everywhere, so that nothing typed is ever lost. */
export interface WindowForm {
  runbookDigest: string;
  title: string;
  serviceId: string;
  type: WindowType;
  zone: string;
  startDate: string;
  startTime: string;
  startWhich: Which;
  endDate: string;
  endTime: string;
  endWhich: Which;
  /** Host id by role. */
  hosts: Record<string, string>;
  parameters: Record<string, string>;
}

/** Field path, as the form names it, to what is wrong. */
export type FormErrors = Readonly<Record<string, string>>;

const DAY_MS = 86_400_000;

/** An empty form. */
export function emptyForm(zone: string, runbookDigest: string): WindowForm {
  return {
    runbookDigest,
    title: "",
    serviceId: "",
    type: "routine",
    zone,
    startDate: "",
    startTime: "",
    startWhich: "first",
    endDate: "",
    endTime: "",
    endWhich: "first",
    hosts: {},
    parameters: {},
  };
}

/** What of the form makes moments. */
export type TypedTimes = Pick<
  WindowForm,
  "zone" | "startDate" | "startTime" | "startWhich" | "endDate" | "endTime" | "endWhich"
>;

/** The start and the end as moments, or what is wrong with each. */
export function readTimes(form: TypedTimes): { readonly start: ZonedTime; readonly end: ZonedTime } {
  return {
    start: readZonedTime(form.startDate, form.startTime, form.zone, form.startWhich),
    end: readZonedTime(form.endDate, form.endTime, form.zone, form.endWhich),
  };
}

/** Reads the whole form: the body that the server takes, or every field that is wrong. The server checks it all again. */
export function readForm(
  form: WindowForm,
  runbook: RunbookView | undefined,
  nowMs: number,
): { readonly ok: true; readonly body: Body } | { readonly ok: false; readonly errors: FormErrors } {
  const errors: Record<string, string> = {};
  if (form.runbookDigest === "") errors.runbookDigest = "Choose a runbook.";
  else if (runbook === undefined) errors.runbookDigest = "This runbook could not be read. Choose it again.";
  if (form.title.trim() === "") errors.title = "Give the window a title.";
  if (form.serviceId === "") errors.serviceId = "Choose a service.";
  const { start, end } = readTimes(form);
  if (!start.ok)
    errors[start.field === "zone" ? "zone" : start.field === "date" ? "startDate" : "startTime"] = start.words;
  if (!end.ok && end.field !== "zone") errors[end.field === "date" ? "endDate" : "endTime"] = end.words;
  if (start.ok && end.ok) {
    const wrong = wrongSpan(start.atMs, end.atMs, nowMs);
    if (wrong !== undefined) errors.endTime = wrong;
  }
  for (const { role } of runbook?.hosts ?? []) {
    if ((form.hosts[role] ?? "") === "") errors[`hosts.${role}`] = "Choose a host.";
  }
  for (const parameter of runbook?.parameters ?? []) {
    const wrong = wrongParameter(parameter, form.parameters[parameter.name] ?? "");
    if (wrong !== undefined) errors[`parameters.${parameter.name}`] = wrong;
  }
  if (Object.keys(errors).length > 0 || !runbook || !start.ok || !end.ok) return { ok: false, errors };
  return {
    ok: true,
    body: {
      title: form.title.trim(),
      serviceId: form.serviceId,
      type: form.type,
      startsAt: start.atMs,
      endsAt: end.atMs,
      zone: form.zone,
      runbookDigest: runbook.digest,
      parameters: Object.fromEntries(runbook.parameters.map(({ name }) => [name, form.parameters[name] ?? ""])),
      hosts: Object.fromEntries(runbook.hosts.map(({ role }) => [role, form.hosts[role] ?? ""])),
    },
  };
}

/** `CreateWindowBody` before its ids and instants are branded: what is sent. */
export type Body = Omit<CreateWindowBody, "startsAt" | "endsAt"> & {
  readonly startsAt: number;
  readonly endsAt: number;
};

function wrongSpan(startMs: number, endMs: number, nowMs: number): string | undefined {
  if (endMs <= startMs) return "The end must be after the start.";
  if (endMs - startMs > 7 * DAY_MS) return "A window lasts seven days at most.";
  return endMs <= nowMs ? "The window would be over already." : undefined;
}

/** What is wrong with a parameter as typed; undefined when nothing is. */
export function wrongParameter(parameter: RunbookView["parameters"][number], typed: string): string | undefined {
  if (typed === "" && parameter.default === null) return "A value is needed.";
  // As good as not typed: the runbook's own default is taken as it is.
  if (typed === defaultText(parameter)) return undefined;
  const { type, description, choices, pattern } = parameter;
  const read = readParameter(
    { type, description, ...(choices && { choices: [...choices] }), ...(pattern !== null && { pattern }) },
    typed,
  );
  return read.ok ? undefined : read.message;
}

/** True for a name under which the form has a field. */
export function isFieldName(name: string): name is FieldPath<WindowForm> {
  return name in emptyForm("", "") || /^(hosts|parameters)\.[^.]+$/.test(name);
}

/** The server's names of fields in the form's: it knows moments, the form days and times. */
export function fromServerErrors(fields: FormErrors): FormErrors {
  const names: Readonly<Record<string, string>> = { startsAt: "startTime", endsAt: "endTime" };
  return Object.fromEntries(Object.entries(fields).map(([field, words]) => [names[field] ?? field, words]));
}

/**
 * The parameters of the form after another runbook was chosen: what was typed stays where the new one has a parameter of that name;
 * what was only a default becomes the new one's default.
 */
export function carryParameters(
  typed: Readonly<Record<string, string>>,
  before: RunbookView | undefined,
  after: RunbookView,
): Record<string, string> {
  return Object.fromEntries(
    after.parameters.map((parameter) => {
      const { name } = parameter;
      const old = before?.parameters.find((one) => one.name === name);
      const value = typed[name];
      const isTyped = value !== undefined && (old === undefined || value !== defaultText(old));
      return [name, isTyped ? value : defaultText(parameter)];
    }),
  );
}
