import { z } from "zod";
import { Digest, HostId, RunId, TaskId } from "../../../domain/ids.ts";
import { IanaZone } from "../../../domain/time.ts";
import { CreateEnrolmentBody } from "../hosts.ts";
import { OrderBody } from "../orders.ts";
import { Problem } from "../problem.ts";
import { CreateRunbookBody } from "../runbooks.ts";
import { EventsAnswer, EventsHeaders, EventsQuery } from "../runEvents.ts";
import { Supposition } from "../runs.ts";
import { CreateServiceBody } from "../services.ts";
import { CreateWindowBody } from "../windows.ts";
import {
  AnnouncementAnswer,
  CreatedWindowAnswer,
  EnrolmentAnswer,
  HealthAnswer,
  HealthOfServerAnswer,
  HomeAnswer,
  HostAnswer,
  IncidentAnswer,
  MeAnswer,
  OrderTakenAnswer,
  OutputAnswer,
  ReportAnswer,
  RunAnswer,
  RunbookAnswer,
  RunbookLineAnswer,
  ServiceAnswer,
  StatusAnswer,
  StoredRunbookAnswer,
  WhatIfAnswer,
  WindowLineAnswer,
  WrongRunbookAnswer,
} from "./answers.ts";
import type { Operation } from "./operation.ts";

const run = { runId: RunId };
const read = (about: string, body: Operation["answers"][number]["body"] & {}) => [{ status: 200, about, body }];
const made = (about: string, body: z.ZodType) => [{ status: 201, about, body }];

/** Everything that scripts may ask for. A route that is in neither list of this folder fails a test. */
export const OPERATIONS: readonly Operation[] = [
  {
    ...{ method: "get", path: "/api/me", id: "readMe", scope: "read" },
    summary: "Whose token this is, and what they may do",
    answers: read("The person", MeAnswer),
  },
  {
    ...{ method: "get", path: "/api/home", id: "readHome", scope: "read" },
    summary: "What waits for the person, what is on, what comes next",
    answers: read("As the home page shows it", HomeAnswer),
  },
  {
    ...{ method: "get", path: "/api/services", id: "listServices", scope: "read" },
    summary: "Every service",
    answers: read("By name", z.array(ServiceAnswer)),
  },
  {
    ...{ method: "post", path: "/api/services", id: "addService", scope: "order", takesKey: true },
    summary: "Add a service",
    about: "For operators.",
    body: CreateServiceBody,
    answers: made("The service", ServiceAnswer),
  },
  {
    ...{ method: "get", path: "/api/runbooks", id: "listRunbooks", scope: "read" },
    summary: "The newest version of each runbook",
    answers: read("By title", z.array(RunbookLineAnswer)),
  },
  {
    ...{ method: "post", path: "/api/runbooks", id: "storeRunbook", scope: "order", takesKey: true },
    summary: "Store a version of a runbook",
    about:
      "For operators and approvers. A text that is wrong is answered with every problem, by line and column, and is not stored.",
    body: CreateRunbookBody,
    answers: [
      ...made("It is stored under this digest; the same text again has the same one", StoredRunbookAnswer),
      { status: 422, about: "What is wrong with the text, or with the request", body: WrongRunbookAnswer },
    ],
  },
  {
    ...{ method: "get", path: "/api/runbooks/{digest}", id: "readRunbook", scope: "read" },
    summary: "One version of a runbook",
    parameters: { digest: Digest },
    answers: read("Its text, and what a window of it needs", RunbookAnswer),
  },
  {
    ...{ method: "get", path: "/api/runbooks/{digest}/rules", id: "readRules", scope: "read" },
    summary: "A runbook's triggers as alerting rules of Prometheus",
    parameters: { digest: Digest },
    query: z.strictObject({ tests: z.enum([""]).exactOptional().describe("The tests of the rules for promtool.") }),
    answers: read("A rule file, or with `tests` its tests", "application/yaml"),
  },
  {
    ...{ method: "get", path: "/api/windows", id: "listWindows", scope: "read" },
    summary: "Every window with its newest run, open ones first",
    answers: read("At most 500", z.array(WindowLineAnswer)),
  },
  {
    ...{ method: "post", path: "/api/windows", id: "planWindow", scope: "order", takesKey: true },
    summary: "Plan a window",
    about: "For operators and approvers. Who plans it is its requester, and never decides on it.",
    body: CreateWindowBody,
    answers: made("The window, and its run in preparation", CreatedWindowAnswer),
  },
  {
    ...{ method: "get", path: "/api/runs/{runId}", id: "readRun", scope: "read" },
    summary: "A run as it stands",
    parameters: run,
    answers: read("What the pages of its window show, and what the person may order", RunAnswer),
  },
  {
    ...{ method: "post", path: "/api/runs/{runId}/orders", id: "giveOrder", scope: "order", takesKey: true },
    summary: "Give an order to a run",
    about:
      "Written down, dealt with by the engine, answered from the log. What may be ordered when, the run decides: a refusal names its reason in `because`. No token decides, takes back, lets others decide, answers the room, silences, waives, seals or signs off.",
    parameters: run,
    body: OrderBody,
    answers: read("It was taken", OrderTakenAnswer),
  },
  {
    ...{ method: "get", path: "/api/runs/{runId}/events", id: "followRun", scope: "read" },
    summary: "The events of a run, and those to come",
    about:
      "With Accept: text/event-stream a stream: what came after the number, each event once and in order, then live ones; a comment each 15 s of silence; `event: over` when the run is over, `event: refused` when the token no longer opens it. Without it, at most 500 events as JSON.",
    parameters: run,
    query: EventsQuery,
    headers: EventsHeaders,
    answers: [
      ...read("Those there are", EventsAnswer),
      { status: 204, about: "Asked for a stream: the run is over, and nothing came after the number" },
      { status: 429, about: "As many follow runs as one server takes", body: Problem },
    ],
  },
  {
    ...{ method: "get", path: "/api/runs/{runId}/output", id: "readOutput", scope: "read" },
    summary: "What a task wrote",
    parameters: run,
    query: z.strictObject({
      task: TaskId,
      from: z.int().default(0).describe("First byte; negative: the last so many bytes."),
      raw: z.enum(["1"]).exactOptional().describe("All of its bytes, as they are."),
    }),
    answers: read("At most 256 KiB of it, as text that is safe to show", OutputAnswer),
  },
  {
    ...{ method: "get", path: "/api/runs/{runId}/report", id: "readReport", scope: "read" },
    summary: "The report of a run",
    parameters: run,
    query: z.strictObject({ format: z.enum(["markdown"]).exactOptional().describe("Its Markdown alone, as a file.") }),
    answers: read("Planned against actual, decisions, facts", ReportAnswer),
  },
  {
    ...{ method: "get", path: "/api/runs/{runId}/export", id: "exportRun", scope: "read" },
    summary: "The run as a file for slackwater verify",
    parameters: run,
    answers: read("Its log, its runbook, the keys of those who decided", "application/octet-stream"),
  },
  {
    ...{ method: "get", path: "/api/runs/{runId}/what-if", id: "askWhatIf", scope: "read" },
    summary: "The forecast if a step took longer",
    parameters: run,
    query: Supposition,
    answers: read("As expected, and as supposed", WhatIfAnswer),
  },
  {
    ...{
      method: "get",
      path: "/api/runs/{runId}/announcements/{announcementId}",
      id: "readAnnouncement",
      scope: "read",
    },
    summary: "An announcement as it would read now",
    parameters: { ...run, announcementId: z.string().min(1).max(63) },
    query: z.strictObject({ zone: IanaZone.exactOptional().describe("Time zone of its reader.") }),
    answers: read("Rendered with the facts of now", AnnouncementAnswer),
  },
  {
    ...{ method: "get", path: "/api/hosts", id: "listHosts", scope: "read" },
    summary: "Every enrolled host",
    answers: read("By name", z.array(HostAnswer)),
  },
  {
    ...{ method: "get", path: "/api/hosts/incidents", id: "listIncidents", scope: "read" },
    summary: "What happened with hosts that nobody may overlook",
    answers: read("Of the last 30 days", z.array(IncidentAnswer)),
  },
  {
    ...{ method: "get", path: "/api/hosts/{hostId}/health", id: "readHealth", scope: "read" },
    summary: "Stored health of a host",
    parameters: { hostId: HostId },
    query: z.strictObject({ since: z.int().min(0).default(0).describe("Milliseconds since 1970-01-01T00:00Z.") }),
    answers: read("A sample in ten seconds, oldest first, at most 2,000", HealthAnswer),
  },
  {
    ...{ method: "post", path: "/api/hosts/enrolments", id: "makeEnrolment", scope: "admin" },
    summary: "Make a token that enrols one host",
    about: "For admins. It holds a secret, so that it takes no Idempotency-Key.",
    body: CreateEnrolmentBody,
    answers: made("The command for the host's owner", EnrolmentAnswer),
  },
  {
    ...{ method: "delete", path: "/api/hosts/{hostId}", id: "revokeHost", scope: "admin" },
    summary: "Revoke a host",
    about: "For admins. Its key is not accepted any more.",
    parameters: { hostId: HostId },
    answers: [{ status: 204, about: "It is revoked" }],
  },
  {
    ...{ method: "get", path: "/api/status", id: "readStatus", scope: "none" },
    summary: "What the public status page shows",
    answers: read("Services and windows as users see them", StatusAnswer),
  },
  {
    ...{ method: "get", path: "/api/health", id: "readServerHealth", scope: "none" },
    summary: "Whether the pages can be served",
    answers: [
      ...read("The database answers", HealthOfServerAnswer),
      { status: 503, about: "It does not", body: HealthOfServerAnswer },
    ],
  },
  {
    ...{ method: "get", path: "/api/openapi.json", id: "readApi", scope: "none" },
    summary: "This document",
    answers: read("OpenAPI 3.1", "application/json"),
  },
];

/** Routes that no token opens, by path and method, with the reason. */
export const NOT_FOR_SCRIPTS: Readonly<Record<string, string>> = {
  "POST /api/runs/{runId}/statement": "A person reads what they sign.",
  "POST /api/runs/{runId}/decision": "A decision is signed by a person with a passkey or an SSH key.",
  "POST /api/runs/{runId}/silence": "A silence is signed by a person with a passkey.",
  "POST /api/runs/{runId}/secrets": "A passphrase is a person's to hold.",
  "GET /api/passkeys": "Keys are a person's to make.",
  "POST /api/passkeys": "Keys are a person's to make.",
  "GET /api/passkeys/trust": "Owners of hosts compare keys with people.",
  "GET /api/passkeys/confirmations": "A second person signs for a key.",
  "POST /api/passkeys/confirmations": "A second person signs for a key.",
  "POST /api/passkeys/confirmations/signed": "A second person signs for a key.",
  "GET /api/ssh-keys": "Keys are a person's to make.",
  "POST /api/ssh-keys": "Keys are a person's to make.",
  "DELETE /api/ssh-keys/{id}": "Keys are a person's to remove.",
  "GET /api/tokens": "A token shows no others.",
  "POST /api/tokens": "A token makes no others.",
  "DELETE /api/tokens/{id}": "A token revokes none.",
  "POST /api/agents/enrol": "A host's own door: its one-time token.",
  "POST /api/agents/leave": "A host's own door: its signature.",
  "POST /api/agents/rotate": "A host's own door: its signatures.",
  "DELETE /api/{nowhere}": "An address of nobody's.",
  "GET /api/{nowhere}": "An address of nobody's.",
  "PATCH /api/{nowhere}": "An address of nobody's.",
  "POST /api/{nowhere}": "An address of nobody's.",
  "PUT /api/{nowhere}": "An address of nobody's.",
  "GET /api/auth/{all}": "Sign-in of people.",
  "POST /api/auth/{all}": "Sign-in of people.",
};
