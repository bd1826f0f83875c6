import { RunId } from "../../../../../domain/ids.ts";
import { EventsHeaders, EventsQuery } from "../../../../../protocol/http/runEvents.ts";
import { house } from "../../../../../server/identity/door.ts";
import { followersNow, MOST_FOLLOWERS } from "../../../../../server/runs/followNotices.ts";
import { eventsAfter, followRun } from "../../../../../server/runs/followRun.ts";
import { answering, NotServed, notFound, requireHeaders, requireParameter, requireQuery } from "../../../answers.ts";
import { requireCaller } from "../../../caller.ts";
import { eventStream } from "./eventStream.ts";

/** After so long without an event a stream says that it is still there (ms): proxies end what is silent for a minute. */
const QUIET_MS = 15_000;

/**
 * The events of a run after `?since=` or the header `Last-Event-ID`: for `Accept: text/event-stream` as a stream that goes on until the
 * run is over, else those there are, at most 500.
 */
export function GET(request: Request, { params }: { params: Promise<{ runId: string }> }) {
  return answering(async () => {
    await requireCaller(request, "read");
    const runId = requireParameter((await params).runId, RunId);
    const { since } = requireQuery(request, EventsQuery);
    const { "last-event-id": lastSeen = since } = requireHeaders(request, EventsHeaders);
    const answer = await eventsAfter(house(), runId, lastSeen);
    if (answer === undefined) throw notFound("run");
    if (answer === "notYet") throw notYet(lastSeen);
    if (!/\btext\/event-stream\b/i.test(request.headers.get("accept") ?? "")) return Response.json(answer);
    // To an EventSource that comes again after the end, this says not to.
    if (answer.events.length === 0 && answer.outcome !== null) return new Response(null, { status: 204 });
    if (followersNow() >= MOST_FOLLOWERS) throw tooMany();
    const left = new AbortController();
    request.signal.addEventListener("abort", () => left.abort());
    let checkedAt = performance.now();
    return eventStream(
      followRun(house(), runId, lastSeen, { quietMs: QUIET_MS, signal: left.signal }),
      left,
      async () => {
        if (performance.now() - checkedAt < QUIET_MS) return undefined;
        checkedAt = performance.now();
        return refusalNow(request);
      },
    );
  });
}

/** What the same request would be refused with now: a session or a token can end while its stream goes on. */
async function refusalNow(request: Request) {
  try {
    await requireCaller(request, "read");
    return undefined;
  } catch (error) {
    if (error instanceof NotServed) return error.problem;
    throw error;
  }
}

const notYet = (seq: number): NotServed =>
  new NotServed({
    code: "bodyInvalid",
    message: `The log has no event ${seq} yet.`,
    todo: "Send the number of the last event that you had from this run, or 0.",
  });

const tooMany = (): NotServed =>
  new NotServed({
    code: "tooMany",
    message: "As many follow runs here as one server takes.",
    todo: "Try again later, or ask without Accept: text/event-stream.",
  });
