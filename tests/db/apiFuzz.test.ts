import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiDocument } from "../../protocol/http/api/document.ts";
import type { Operation } from "../../protocol/http/api/operation.ts";
import { OPERATIONS } from "../../protocol/http/api/operations.ts";
import { Problem } from "../../protocol/http/problem.ts";
import { ensureBuilt } from "../../scripts/ensureBuilt.ts";
import { makeToken } from "../../server/identity/tokens.ts";
import { valueLike } from "../fuzz/support/hostile.ts";
import type { Ask, Said } from "../support/apiHouse.ts";
import { asker, useApi } from "../support/apiHouse.ts";
import { useTestDatabase } from "../support/database.ts";
import { enrolHost } from "../support/fakeAgent.ts";
import type { Schema } from "../support/fromSchema.ts";
import { fromSchema } from "../support/fromSchema.ts";
import { makeSampleRun } from "../support/runRows.ts";
import { compileSample } from "../support/sampleRun.ts";
import { freePort, startServerProcess } from "../support/serverProcess.ts";

const isNight = process.env.SLACKWATER_NIGHTLY !== undefined;
/** Calls in one test. At night they go to the server as it is started, with Next before the routes; else to the routes in a process of their own. */
const CALLS = isNight ? 5_000 : 300;
const KEYED = isNight ? 800 : 60;
const TIMEOUT_MS = isNight ? 1_800_000 : 60_000;

const database = useTestDatabase(5);
const api = useApi(database, { ada: { role: "admin" } });
const folder = mkdtempSync(join(tmpdir(), "slackwater-fuzz-"));
const endings: (() => Promise<unknown>)[] = [];
let script: Ask;
let known: Readonly<Record<string, readonly unknown[]>> = {};

beforeAll(async () => {
  if (isNight && !ensureBuilt()) throw new Error("the pages could not be built");
  const { pool, prisma } = database.db;
  const server = await startServerProcess(
    {
      PORT: String(await freePort()),
      APP_URL: api.url,
      DATABASE_URL: database.appUrl,
      DATABASE_OWNER_URL: database.ownerUrl,
      STATE_DIRECTORY: join(folder, "state"),
    },
    isNight ? [] : ["--no-web"],
  );
  endings.push(() => server.stop());
  const { url } = isNight ? server : await api.startProcess();
  const user = await prisma.user.findFirstOrThrow({ where: { name: "ada" } });
  const ada = { userId: user.id, name: "ada", email: user.email, role: "admin", groups: [] } as const;
  const made = await makeToken(prisma, ada, { name: "fuzz", scope: "admin", days: 1 }, Date.now());
  if (typeof made === "string") throw new Error(made);
  script = asker(url, { authorization: `Bearer ${made.token}` });
  const host = await enrolHost(pool);
  const runs = [];
  for (let one = 0; one < 6; one += 1) runs.push(await makeSampleRun(pool, host));
  const service = await prisma.service.findFirstOrThrow();
  const { text, digests } = compileSample();
  known = {
    runId: runs.map(({ runId }) => runId),
    // One may be revoked; the runs and windows are on the other.
    hostId: [(await enrolHost(pool, "spare")).hostId],
    digest: [digests.whole],
    runbookDigest: [digests.whole],
    serviceId: [service.id],
    step: ["copy"],
    stepId: ["copy", "stop", "counted"],
    itemIds: [["disk"]],
    parameters: [{}],
    hosts: [{ db: host.hostId }],
    zone: ["Europe/Berlin", "UTC"],
    startsAt: [Date.now()],
    endsAt: [Date.now() + 3_600_000],
    announcementId: ["notice", "begun"],
    since: ["0", "1"],
    afterSeq: [0, 1, 1_000],
    text: [text, "slackwater: 1\n"],
  };
}, TIMEOUT_MS);
afterAll(async () => {
  for (const end of endings.reverse()) await end();
  rmSync(folder, { recursive: true, force: true });
});

test("an address of nobody's is refused in the form of all refusals, and not by a page", async () => {
  for (const [method, path] of [
    ["GET", "/api/nothing"],
    ["POST", "/api/runs"],
    ["DELETE", "/api/windows/7/orders"],
    ["PUT", "/api/v2/summary"],
  ] as const) {
    const said = await script(method, path, method === "GET" ? undefined : {});
    expect([path, said.status, said.headers.get("content-type")]).toEqual([path, 404, expect.stringContaining("json")]);
    expect(Problem.parse(said.json()).todo).toContain("/api/openapi.json");
  }
});

interface Call {
  readonly operation: Operation;
  readonly path: string;
  readonly body: unknown;
}

interface Described {
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: Schema } } };
}

/** Calls of one operation, made from what the published document says of it; some of them spoilt. */
function callsOf(operation: Operation): fc.Arbitrary<Call> {
  const paths = apiDocument().paths as Record<string, Record<string, Described>>;
  const told = paths[operation.path]?.[operation.method];
  if (!told) throw new Error(`the document has no ${operation.id}`);
  const place = (where: "path" | "query") => {
    const ours = told.parameters.filter((parameter) => parameter.in === where);
    const properties = Object.fromEntries(ours.map(({ name, schema }) => [name, schema]));
    const required = ours.filter((parameter) => parameter.required).map(({ name }) => name);
    return fromSchema({ type: "object", properties, required }, known) as fc.Arbitrary<Record<string, unknown>>;
  };
  const schema = told.requestBody?.content["application/json"].schema;
  const good = schema ? fromSchema(schema, known) : fc.constant(undefined);
  const body = schema
    ? good.chain((one) =>
        fc.oneof({ weight: 3, arbitrary: fc.constant(one) }, { weight: 1, arbitrary: valueLike([one]) }),
      )
    : good;
  return fc.tuple(place("path"), place("query"), body).map(([inPath, inQuery, sent]) => {
    const path = operation.path.replace(
      /\{(\w+)\}/g,
      (_, name: string) => encodeURIComponent(wellFormed(inPath[name])) || "%20",
    );
    const query = new URLSearchParams(Object.entries(inQuery).map(([name, value]) => [name, wellFormed(value)]));
    return { operation, path: query.size === 0 ? path : `${path}?${query}`, body: sent };
  });
}

const wellFormed = (value: unknown): string => String(value).toWellFormed();
const textOf = (body: unknown): string | undefined =>
  body === undefined ? undefined : (JSON.stringify(body) ?? "null");
const send = ({ operation, path, body }: Call, headers = {}): Promise<Said> =>
  script(operation.method.toUpperCase(), path, textOf(body), headers);

/** No failure of the server's; and what it answers is one of the answers that the document names, and of that shape. */
function expectTold({ operation, path, body }: Call, said: Said): void {
  const what = {
    id: operation.id,
    path,
    body: textOf(body)?.slice(0, 400),
    status: said.status,
    text: said.text.slice(0, 400),
  };
  if (said.status >= 500) throw new Error(`the server failed: ${JSON.stringify(what)}`);
  const told = operation.answers.find(({ status }) => status === said.status);
  const isJson = said.headers.get("content-type")?.includes("json") ?? false;
  const fits = [
    told?.body === undefined ? told !== undefined && said.text === "" : false,
    typeof told?.body === "string",
    told?.body instanceof Object && isJson && told.body.safeParse(said.json()).success,
    said.status >= 400 && isJson && Problem.safeParse(said.json()).success,
  ];
  // What is saved as a file is no JSON where that was asked for.
  if (!fits.includes(true) && !said.headers.has("content-disposition")) {
    throw new Error(`the document does not say so: ${JSON.stringify(what)}`);
  }
}

test("whatever a script sends, the server does not fail, and answers as its document says", {
  timeout: TIMEOUT_MS,
}, async () => {
  const statuses = new Map<string, number>();
  const call = fc.constantFrom(...OPERATIONS).chain(callsOf);
  await fc.assert(
    fc.asyncProperty(call, async (one) => {
      const said = await send(one);
      expectTold(one, said);
      statuses.set(`${one.operation.id} ${said.status}`, (statuses.get(`${one.operation.id} ${said.status}`) ?? 0) + 1);
    }),
    { numRuns: CALLS },
  );
  // Not all of it may be refused at the door: then nothing behind it would have been tried.
  const served = new Set([...statuses.keys()].filter((key) => / 20[014]$/.test(key)).map((key) => key.split(" ")[0]));
  if (process.env.API_FUZZ_SAYS) console.log(Object.fromEntries([...statuses].sort()));
  expect([...served].length).toBeGreaterThanOrEqual(12);
});

/** Everything that an order could have made. */
async function effects(): Promise<number> {
  const { rows } = await database.db.pool.query<{ count: number }>(
    `select ((select count(*) from run_input where kind = 'order') + (select count(*) from service)
       + (select count(*) from "window") + (select count(*) from runbook))::int as count`,
  );
  return rows[0]?.count ?? 0;
}

test("an order that is repeated with its key takes effect once, and has the answer that it had", {
  timeout: TIMEOUT_MS,
}, async () => {
  const call = fc.constantFrom(...OPERATIONS.filter(({ takesKey }) => takesKey)).chain(callsOf);
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(call, fc.uuid(), async (one, uuid) => {
      const before = await effects();
      // A smaller example is tried with the same one: it is another order.
      const key = { "idempotency-key": `${uuid}-${crypto.randomUUID()}` };
      const [first, second] = await Promise.all([send(one, key), send(one, key)]);
      const third = await send(one, key);
      expectTold(one, first);
      for (const { status, text } of [second, third]) expect([status, text]).toEqual([first.status, first.text]);
      const made = (await effects()) - before;
      expect(made).toBeLessThanOrEqual(1);
      taken += made;
    }),
    { numRuns: KEYED },
  );
  expect(taken).toBeGreaterThan(KEYED / 20);
});
