import { z } from "zod";
import { Role } from "../../../domain/run/actor.ts";
import { HealthSample } from "../../agent.ts";
import { WindowType } from "../windows.ts";

/**
 * What scripts may count on in the answers of the API: these fields stay, with these meanings. The views that pages read have more, which
 * changes with the pages; so every object here is open. Times are milliseconds since the epoch.
 */

const at = z.int().min(0).describe("Milliseconds since 1970-01-01T00:00Z.");
const zone = z.string().describe("IANA time zone, such as Europe/Berlin.");
const service = z.looseObject({ slug: z.string(), name: z.string() });
const stateWord = z.string().describe("One of the words of the pages: Preparing, Ready, Running, Held, Completed, …");

export const MeAnswer = z.looseObject({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: Role,
  groups: z.array(z.string()),
});

export const ServiceAnswer = z.looseObject({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
});

export const WindowLineAnswer = z.looseObject({
  windowId: z.uuid(),
  runId: z.uuid().describe("The newest run of the window."),
  title: z.string(),
  service,
  type: WindowType,
  kind: z.enum(["live", "rehearsal"]),
  startsAt: at,
  endsAt: at,
  zone,
  hosts: z.array(z.string()),
  stateWord,
});

export const CreatedWindowAnswer = z.strictObject({ windowId: z.uuid(), runId: z.uuid() });

export const HomeAnswer = z.looseObject({
  now: at,
  waits: z.array(z.looseObject({ kind: z.string(), windowId: z.string(), title: z.string(), detail: z.string() })),
  on: z.array(z.looseObject({ windowId: z.string(), title: z.string(), stateWord })),
  next: z.array(WindowLineAnswer),
});

export const HostAnswer = z.looseObject({
  hostId: z.uuid(),
  name: z.string(),
  agentVersion: z.string(),
  enrolledAt: at,
  lastSeenAt: at.nullable(),
  connected: z.boolean(),
  actions: z.array(z.string()),
});

export const HealthAnswer = z.array(z.looseObject(HealthSample.shape));

export const IncidentAnswer = z.looseObject({
  id: z.uuid(),
  hostId: z.uuid(),
  host: z.string(),
  at,
  kind: z.string(),
  detail: z.string(),
});

export const EnrolmentAnswer = z.looseObject({
  token: z.string().describe("Works once, for half an hour; shown this once."),
  expiresAt: at,
  command: z.string().describe("What the owner of the host types there."),
  serverWords: z.array(z.string()),
});

export const RunbookLineAnswer = z.looseObject({
  digest: z.string().describe("SHA-256 of the text, hexadecimal: what a window pins."),
  slug: z.string(),
  title: z.string(),
  version: z.string(),
  createdAt: at,
});

export const RunbookAnswer = RunbookLineAnswer.extend({
  text: z.string(),
  hosts: z.array(z.looseObject({ role: z.string(), title: z.string() })),
  parameters: z.array(z.looseObject({ name: z.string(), type: z.string() })),
});

const RunbookProblem = z.looseObject({
  severity: z.enum(["error", "warning"]),
  code: z.string(),
  message: z.string(),
  line: z.int(),
  column: z.int(),
});

export const StoredRunbookAnswer = z.strictObject({
  ok: z.literal(true),
  digest: z.string(),
  warnings: z.array(RunbookProblem),
});

export const WrongRunbookAnswer = z.strictObject({ ok: z.literal(false), problems: z.array(RunbookProblem) });

export const RunAnswer = z.looseObject({
  run: z.looseObject({
    seq: z.int().min(1).describe("Number of the newest event: what an order names as afterSeq."),
    now: at,
    runId: z.uuid(),
    windowId: z.uuid(),
    kind: z.enum(["live", "rehearsal"]),
    stage: z.enum(["preparing", "deciding", "ready", "running", "held", "rollingBack", "ended"]),
    stateWord,
    outcome: z.enum(["completed", "rolledBack", "abandoned"]).nullable(),
    title: z.string(),
    service,
    startsAt: at,
    endsAt: at,
    zone,
    startedAt: at.nullable(),
    endedAt: at.nullable(),
    dataSentence: z.string().describe("Where the data is, in one sentence."),
    currentStepId: z.string().nullable(),
    hold: z.looseObject({ cause: z.string(), detail: z.string(), since: at }).nullable(),
    steps: z.array(z.looseObject({ id: z.string(), title: z.string(), kind: z.string(), stage: z.string() })),
  }),
  reader: z.looseObject({
    may: z
      .record(z.string(), z.looseObject({ allowed: z.boolean(), because: z.string().nullable() }))
      .describe("Each order, and whether its person may give it now. A token's scope may allow less."),
  }),
});

export const OrderTakenAnswer = z.strictObject({
  accepted: z.literal(true),
  seq: z.int().min(0).describe("The events that the order caused stand in the log up to this number."),
});

export const AnnouncementAnswer = z.looseObject({
  id: z.string(),
  title: z.string(),
  subject: z.string(),
  text: z.string(),
  markdown: z.string(),
  html: z.string(),
  missing: z.array(z.string()),
});

export const OutputAnswer = z.strictObject({
  offset: z.int().min(0),
  endOffset: z.int().min(0).describe("Ask again from here."),
  totalBytes: z.int().min(0),
  text: z.string(),
});

export const ReportAnswer = z.looseObject({
  markdown: z.string(),
  events: z.int(),
  chainHead: z.string().describe("Hash of the newest event."),
});

export const WhatIfAnswer = z.looseObject({
  now: at,
  expected: z.looseObject({ finishP50At: at.nullable(), finishP90At: at.nullable() }),
  supposed: z.looseObject({ finishP50At: at.nullable(), finishP90At: at.nullable() }),
});

export const StatusAnswer = z.looseObject({
  now: at,
  services: z.array(service.extend({ state: z.enum(["operational", "maintenance", "planned"]), sentence: z.string() })),
});

export const HealthOfServerAnswer = z.strictObject({ status: z.string() });
