"use client";

import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { createContext, use, useEffect, useMemo, useState } from "react";
import type { BrowserFrame } from "../../protocol/browser.ts";
import type { Me } from "../../protocol/http/identity.ts";
import { announce } from "../ui/announce.ts";
import { shownNowMs } from "../ui/clock.ts";
import { showToast } from "../ui/toast.ts";
import { ApiProblem, NotReached, postJson, wordsOfError } from "./apiClient.ts";
import { useRoom } from "./live/LiveProvider.tsx";
import type { OrderInput } from "./orderWords.ts";
import { ORDER_WORDS, orderKey, refusalDetail } from "./orderWords.ts";
import type { RunAnswer } from "./patchRun.ts";
import { withoutProgress } from "./patchRun.ts";
import { queryKeys } from "./queryKeys.ts";
import { rateHistory } from "./rateHistory.ts";
import type { RunFeed } from "./runFeed.ts";
import { createRunFeed, readRun } from "./runFeed.ts";

/** Somebody who has this run open. */
export interface Present {
  readonly userId: string;
  readonly name: string;
  readonly role: string;
}

/** What became of an order that a page gave. */
export type OrderOutcome = { readonly accepted: true } | { readonly accepted: false; readonly detail: string };

interface RunContextValue extends RunAnswer {
  readonly me: Me;
  readonly feed: RunFeed;
  readonly people: readonly Present[];
  /** Tasks of which a host said what can't be true, and whose figures were cut to their range. */
  readonly clamped: ReadonlySet<string>;
  readonly onTheWay: ReadonlySet<string>;
  readonly setOnTheWay: (change: (keys: ReadonlySet<string>) => ReadonlySet<string>) => void;
}

/** How often a run that goes on is read although its log has not grown (ms): its forecast moves with progress and with time. */
const FORECAST_EVERY_MS = 20_000;

const isGoingOn = (run: RunAnswer["run"]): boolean => run.startedAt !== null && run.endedAt === null;

const RunContext = createContext<RunContextValue | undefined>(undefined);
/** Apart, because it changes four times a second, and most of a page has nothing to do with it. */
const LiveRunContext = createContext<RunAnswer["run"] | undefined>(undefined);

function useRunContext(): RunContextValue {
  const value = use(RunContext);
  if (!value) throw new Error("A run's parts need a RunProvider above them");
  return value;
}

/**
 * Holds one run for everything on its pages: read over HTTP, renewed when the socket says that its log has grown, patched with live
 * progress in between, read again whenever the line comes back, and now and then for its forecast.
 * @param initial what the server rendered the page with
 */
export function RunProvider(props: { initial: RunAnswer; me: Me; children: ReactNode }) {
  const { initial, me } = props;
  const { runId } = initial.run;
  const client = useQueryClient();
  const [feed] = useState(() => createRunFeed(client, runId));
  const [people, setPeople] = useState<readonly Present[]>([]);
  const [clamped, setClamped] = useState<ReadonlySet<string>>(new Set());
  const [onTheWay, setOnTheWay] = useState<ReadonlySet<string>>(new Set());
  const query = queryOptions({
    queryKey: queryKeys.run(runId),
    queryFn: ({ signal }) => readRun(client, runId, signal),
    initialData: initial,
    initialDataUpdatedAt: () => shownNowMs(),
    retry: false,
  });
  const { data: live, error } = useQuery(query);
  const { data: still } = useQuery({ ...query, select: withoutProgress });

  const onFrame = (frame: BrowserFrame): void => {
    feed.hear(frame);
    if (frame.type === "present" && frame.runId === runId) setPeople(frame.people);
    if (frame.type === "progress") {
      rateHistory.note(frame.taskId, frame.at, frame.progress.ratePerSecond);
      if (frame.clamped) setClamped((known) => (known.has(frame.taskId) ? known : new Set(known).add(frame.taskId)));
    }
  };
  useRoom(`run:${runId}`, onFrame, () => void feed.readUpTo(0));
  useEffect(() => feed.stop, [feed]);

  const goesOn = isGoingOn(live.run);
  useEffect(() => {
    if (!goesOn) return;
    // Not the query's own interval: that begins anew with each change of the data, and so never ends while progress comes in.
    const timer = setInterval(() => void feed.readUpTo(0), FORECAST_EVERY_MS);
    return () => clearInterval(timer);
  }, [goesOn, feed]);

  useEffect(() => {
    // The session is over: the way back leads here again.
    if (error instanceof ApiProblem && error.problem.code === "notSignedIn") {
      window.location.assign(`/sign-in?to=${encodeURIComponent(window.location.pathname)}`);
    }
  }, [error]);

  const value = useMemo(
    () => ({ ...still, me, feed, people, clamped, onTheWay, setOnTheWay }),
    [still, me, feed, people, clamped, onTheWay],
  );
  return (
    <RunContext value={value}>
      {still.run.hosts.map(({ hostId }) => (
        <HostLine key={hostId} hostId={hostId} onFrame={feed.hear} />
      ))}
      <LiveRunContext value={live.run}>{props.children}</LiveRunContext>
    </RunContext>
  );
}

/** Hears whether a host of the run is connected: that is told in the host's room. What is missed, the run's own return reads. */
function HostLine(props: { hostId: string; onFrame: (frame: BrowserFrame) => void }) {
  useRoom(`host:${props.hostId}`, props.onFrame, () => undefined);
  return null;
}

/**
 * The run of these pages, what this reader may do with it, and who the reader is. Its steps carry no progress: it changes when the
 * run's log has grown, and not with each megabyte (`useLiveRun`).
 */
export function useRun(): RunAnswer & { readonly me: Me } {
  const { run, reader, me } = useRunContext();
  return { run, reader, me };
}

/** The run with the progress of its steps, four times a second: for what shows how far the current step is, and for nothing else. */
export function useLiveRun(): RunAnswer["run"] {
  const run = use(LiveRunContext);
  if (!run) throw new Error("A run's parts need a RunProvider above them");
  return run;
}

/** Who has this run open now. */
export function usePresence(): readonly Present[] {
  return useRunContext().people;
}

/** True where a host's figures of a task could not be true and were cut to their range. */
export function useIsClamped(taskId: string | null): boolean {
  const { clamped } = useRunContext();
  return taskId !== null && clamped.has(taskId);
}

/** Reads the run again, at least up to a sequence number; answers what is known then. */
export function useReadRun(): (seq: number) => Promise<RunAnswer | undefined> {
  const { run, feed } = useRunContext();
  const client = useQueryClient();
  return async (seq) => {
    await feed.readUpTo(seq);
    return client.getQueryData<RunAnswer>(queryKeys.run(run.runId));
  };
}

/** Gives orders to the run. */
export interface Orders {
  /**
   * Gives an order and waits for its answer, which is announced and shown: who was first where it was refused, that nobody knows
   * where no answer came. What was typed is the caller's and stays.
   */
  readonly give: (order: OrderInput) => Promise<OrderOutcome>;
  /** The word for the button of an order that is on its way: "Holding"; undefined when it is not. */
  readonly busyWord: (order: OrderInput) => string | undefined;
}

/** Orders of this reader to the run of these pages. */
export function useOrders(): Orders {
  const { run, feed, onTheWay, setOnTheWay } = useRunContext();
  const client = useQueryClient();
  const give = async (order: OrderInput): Promise<OrderOutcome> => {
    const words = ORDER_WORDS[order.order];
    const key = orderKey(order);
    setOnTheWay((keys) => new Set(keys).add(key));
    try {
      const path = `/api/runs/${run.runId}/orders`;
      const answer = await postJson<{ seq: number }>(path, { order, afterSeq: run.seq });
      announce(words.ordered);
      showToast({ tone: "move", title: words.ordered, ...waitsFor(order, run) });
      await feed.readUpTo(answer.seq);
      return { accepted: true };
    } catch (error) {
      await feed.readUpTo(0);
      const log = client.getQueryData<RunAnswer>(queryKeys.run(run.runId))?.run.log ?? run.log;
      const isRefusal = error instanceof ApiProblem;
      const detail = isRefusal ? refusalDetail(error.problem, run.seq, log) : wordsOfError(error).message;
      const title = isRefusal ? words.refused : words.notSent;
      announce(`${title}. ${detail}`, "assertive");
      showToast({
        tone: isRefusal ? "stop" : "ask",
        title,
        detail,
        ...(error instanceof NotReached && { action: { label: "Order again", onPress: () => void give(order) } }),
      });
      return { accepted: false, detail };
    } finally {
      setOnTheWay((keys) => new Set([...keys].filter((each) => each !== key)));
    }
  };
  const busyWord = (order: OrderInput): string | undefined =>
    onTheWay.has(orderKey(order)) ? ORDER_WORDS[order.order].busy : undefined;
  return { give, busyWord };
}

/** Whose answer the state waits for after an order was taken. */
function waitsFor(order: OrderInput, { steps, rollback }: RunAnswer["run"]): { detail?: string } {
  if (order.order !== "hold" && order.order !== "rollBack" && order.order !== "cancelTask") return {};
  const running = [...steps, ...rollback.steps].find((step) => step.stage === "running" && step.host !== null);
  if (!running?.host) return {};
  return {
    detail:
      order.order === "hold"
        ? `What runs on ${running.host} goes on to its end.`
        : `Waiting for ${running.host} to confirm.`,
  };
}
