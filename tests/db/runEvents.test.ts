import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import type { RunId } from "../../domain/ids.ts";
import type { EventsAnswer, SentEvent } from "../../protocol/http/runEvents.ts";
import type { MadeToken } from "../../protocol/http/tokens.ts";
import { prepareJobs } from "../../server/engine/prepareJobs.ts";
import { house } from "../../server/identity/door.ts";
import { followersNow } from "../../server/runs/followNotices.ts";
import { followRun } from "../../server/runs/followRun.ts";
import { useApi } from "../support/apiHouse.ts";
import { useTestDatabase } from "../support/database.ts";
import { driveRun } from "../support/drivenRun.ts";
import { enrolHost } from "../support/fakeAgent.ts";
import { startHouse } from "../support/house.ts";
import type { ReadStream } from "../support/readStream.ts";
import { openStream } from "../support/readStream.ts";
import { makeSampleRun } from "../support/runRows.ts";
import { waitUntil } from "../support/waitUntil.ts";

const database = useTestDatabase(6);
const api = useApi(database, { olga: { role: "operator" }, vera: { role: "viewer" } });
// Here many people sign in from one address within a minute.
beforeEach(() => database.db.pool.query("delete from rate_limit"));

const OPERATOR = { userId: "olga", role: "operator" };

async function tokenOf(name: string): Promise<MadeToken> {
  const person = await api.as(name);
  return (await person("POST", "/api/tokens", { name: "follows", scope: "read", days: 1 })).json();
}

/** A run in preparation, with an engine that takes orders. */
async function preparedRun() {
  await prepareJobs(database.ownerUrl, "slackwater_app");
  const engine = await startHouse(database.appUrl);
  const { pool } = database.db;
  const { runId } = await makeSampleRun(pool, await enrolHost(pool, `host-${randomUUID().slice(0, 8)}`));
  const drive = driveRun(pool, runId);
  let count = 0;
  const note = async () => {
    count += 1;
    const answer = await drive.order({ order: "writeNote", text: `Note ${count}` }, OPERATOR);
    if (!answer.accepted) throw new Error(JSON.stringify(answer));
  };
  return { runId, drive, note, close: () => engine.close() };
}

const eventsOf = (stream: ReadStream): SentEvent[] =>
  stream.messages.flatMap(({ event, data }) => (event === undefined && data !== undefined ? [JSON.parse(data)] : []));
const numbersOf = (stream: ReadStream): number[] => eventsOf(stream).map(({ seq }) => seq);
const upTo = (seq: number, from = 1) => Array.from({ length: seq - from + 1 }, (_, at) => from + at);

test("a script that was away has exactly what it missed, then live events, each once, and the end when the run is over", async () => {
  const { runId, drive, note, close } = await preparedRun();
  const { token } = await tokenOf("vera");
  const at = `${api.url}/api/runs/${runId}/events`;
  const headers = { authorization: `Bearer ${token}` };
  await note();
  const first = await openStream(at, headers);
  expect(first.status).toBe(200);
  await note();
  const head = async () => (await drive.read()).head.seq;
  await waitUntil("the live event", async () => numbersOf(first).at(-1) === (await head()));
  expect(numbersOf(first)).toEqual(upTo(await head()));
  first.cut();
  const had = numbersOf(first).at(-1) ?? 0;
  for (let more = 0; more < 3; more += 1) await note();
  const second = await openStream(at, { ...headers, "last-event-id": String(had) });
  const third = await openStream(`${at}?since=${had + 1}`, headers);
  await note();
  expect((await drive.order({ order: "abandon", reason: "Not tonight." }, OPERATOR)).accepted).toBe(true);
  await waitUntil("both ends", () => second.ended() && third.ended());
  expect(numbersOf(second)).toEqual(upTo(await head(), had + 1));
  expect(numbersOf(third)).toEqual(upTo(await head(), had + 2));
  const over = { id: String(await head()), event: "over", data: `{"headSeq":${await head()},"outcome":"abandoned"}` };
  expect(second.messages.at(-1)).toEqual(over);
  expect(eventsOf(second).map(({ event }) => event)).toEqual((await drive.log()).slice(had).map(({ event }) => event));
  // Coming again after the end is answered so that an EventSource stays away.
  const again = await openStream(at, { ...headers, "last-event-id": String(await head()) });
  expect(again.status).toBe(204);
  await waitUntil("nobody follows", () => followersNow() === 0);
  await close();
});

test("a reader that takes nothing holds up neither the run nor another reader, and has all of it when it reads on", async () => {
  const { runId, drive, note, close } = await preparedRun();
  const headers = { authorization: `Bearer ${(await tokenOf("vera")).token}` };
  const at = `${api.url}/api/runs/${runId}/events`;
  const slow = await openStream(at, headers);
  slow.pause();
  const quick = await openStream(at, headers);
  for (let more = 0; more < 30; more += 1) await note();
  const head = (await drive.read()).head.seq;
  await waitUntil("the quick one", () => numbersOf(quick).at(-1) === head);
  expect(numbersOf(quick)).toEqual(upTo(head));
  slow.resume();
  await waitUntil("the slow one", () => numbersOf(slow).at(-1) === head);
  expect(numbersOf(slow)).toEqual(upTo(head));
  slow.cut();
  quick.cut();
  await waitUntil("nobody follows", () => followersNow() === 0);
  await close();
});

test("who follows is asked as at any other door, and the numbers that were had are read with care", async () => {
  const { runId, note, drive, close } = await preparedRun();
  await note();
  const head = (await drive.read()).head.seq;
  const { token } = await tokenOf("vera");
  const at = `/api/runs/${runId}/events`;
  expect((await fetch(`${api.url}${at}`, { headers: { accept: "text/event-stream" } })).status).toBe(401);
  const script = api.script(token);
  const stream = { accept: "text/event-stream" };
  for (const [path, headers, status, said] of [
    [`${at}?since=soon`, stream, 422, "the number of an event"],
    [`${at}?since=-1`, stream, 422, "0, for all"],
    [`${at}?since=1.5`, stream, 422, "the number of an event"],
    [`${at}?since=99999999999`, stream, 422, "the number of an event"],
    [`${at}?until=3`, stream, 422, "not right"],
    [`${at}?since=${head + 1}`, stream, 422, `no event ${head + 1} yet`],
    [at, { ...stream, "last-event-id": "x" }, 422, "last-event-id"],
    [`/api/runs/${randomUUID()}/events`, stream, 404, "no such run"],
    ["/api/runs/nonsense/events", stream, 404, "nothing under this address"],
  ] as const) {
    const refused = await script("GET", path, undefined, headers);
    expect([path, refused.status, refused.text]).toEqual([path, status, expect.stringContaining(said)]);
  }
  const plain = (await script("GET", `${at}?since=1`)).json<EventsAnswer>();
  expect(plain).toMatchObject({ headSeq: head, outcome: null });
  expect(plain.events.map(({ seq }) => seq)).toEqual(upTo(head, 2));
  expect(followersNow()).toBe(0);
  await close();
});

test("while nothing happens the stream says that it is there, and an event after that comes at once", async () => {
  const { runId, note, drive, close } = await preparedRun();
  const head = (await drive.read()).head.seq;
  const left = new AbortController();
  const following = followRun(house(), runId as RunId, head, { quietMs: 20, signal: left.signal });
  expect((await following.next()).value).toEqual({ kind: "quiet" });
  expect((await following.next()).value).toEqual({ kind: "quiet" });
  await note();
  for (;;) {
    const { value } = await following.next();
    if (value?.kind === "quiet") continue;
    expect(value).toMatchObject({ kind: "events", events: [{ seq: head + 1, type: "noteWritten" }] });
    break;
  }
  left.abort();
  expect((await following.next()).done).toBe(true);
  expect(followersNow()).toBe(0);
  await close();
});
