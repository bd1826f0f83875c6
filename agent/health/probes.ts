import { Failure } from "../../domain/failure.ts";
import { Instant } from "../../domain/time.ts";
import type { AgentFrame, ProbeOrder } from "../../protocol/agent.ts";
import type { ActionRegistry, RegisteredAction } from "../actions/action.ts";
import type { CheckedTask } from "../policy/checkTask.ts";
import type { ActionContext } from "../process/actionContext.ts";

export type ProbeSample = Extract<AgentFrame, { type: "probeSampled" }>;

/** The repeated measurements that the server ordered, in this process: a runner for each would cost more than what it measures. */
export interface Probes {
  /** A new set replaces the old one; a probe that is in both goes on undisturbed. */
  set(orders: readonly ProbeOrder[]): void;
  /** Before PostgreSQL is stopped on purpose: probes that need it rest; resolves when none of them is at it. */
  pauseDatabase(): Promise<void>;
  resumeDatabase(): void;
  stop(): Promise<void>;
}

export interface ProbesOptions {
  readonly actions: ActionRegistry;
  readonly atOnce: number;
  /** Holds an order against agent.yaml; throws a Failure. */
  check(order: ProbeOrder): CheckedTask;
  context(signal: AbortSignal): ActionContext;
  emit(sample: ProbeSample): void;
  readonly now: () => number;
}

/** A measurement that takes longer is a failed one. */
const LONGEST_MS = 30_000;

interface Running {
  readonly order: ProbeOrder;
  readonly timer: NodeJS.Timeout;
  /** The measurement under way. A tick that finds one is left out: a slow target must not be asked twice at once. */
  current?: { readonly ended: Promise<void>; readonly abort: AbortController };
}

export function createProbes(options: ProbesOptions): Probes {
  const running = new Map<string, Running>();
  let isDatabasePaused = false;
  let busy = 0;

  const needsDatabase = (order: ProbeOrder) => options.actions.get(order.action)?.spec.needsDatabase === true;

  function tick(probe: Running): void {
    if (probe.current !== undefined || busy >= options.atOnce) return;
    if (isDatabasePaused && needsDatabase(probe.order)) return;
    busy += 1;
    const abort = new AbortController();
    const ended = measure(probe.order, abort).finally(() => {
      busy -= 1;
      delete probe.current;
    });
    probe.current = { ended, abort };
  }

  async function measure(order: ProbeOrder, abort: AbortController): Promise<void> {
    const at = Instant.parse(options.now());
    const late = new Failure("timedOut", `no answer within ${LONGEST_MS / 1000} s`);
    const timer = setTimeout(() => abort.abort(late), LONGEST_MS);
    const sample = await sampleOf(order, abort.signal);
    clearTimeout(timer);
    const { probeId, runId } = order;
    // One that we ended ourselves says nothing about what it measured.
    const isOurEnd = abort.signal.reason instanceof Failure && abort.signal.reason.code === "cancelled";
    if (!isOurEnd) options.emit({ type: "probeSampled", probeId, runId, at, facts: [], ...sample });
  }

  async function sampleOf(
    order: ProbeOrder,
    signal: AbortSignal,
  ): Promise<Pick<ProbeSample, "ok" | "value" | "detail">> {
    try {
      const { spec, args } = options.check(order);
      const action = options.actions.get(order.action);
      if (spec.class !== "observe" || spec.probe === undefined || action === undefined) {
        throw new Failure("notAuthorised", `${order.action} is no probe.`);
      }
      return readSample(action, await action.run(args, options.context(signal)));
    } catch (error) {
      return { ok: false, detail: (error instanceof Error ? error.message : String(error)).slice(0, 400) };
    }
  }

  function start(order: ProbeOrder): void {
    const probe: Running = { order, timer: setInterval(() => tick(probe), order.everyMs) };
    probe.timer.unref();
    running.set(keyOf(order), probe);
    tick(probe);
  }

  function end(key: string, probe: Running): void {
    clearInterval(probe.timer);
    running.delete(key);
    probe.current?.abort.abort(new Failure("cancelled", "the probe was ended"));
  }

  return {
    set(orders) {
      const wanted = new Map(orders.map((order) => [keyOf(order), order]));
      for (const [key, probe] of running) if (!wanted.has(key)) end(key, probe);
      for (const [key, order] of wanted) if (!running.has(key)) start(order);
    },
    async pauseDatabase() {
      isDatabasePaused = true;
      const theirs = [...running.values()].filter((probe) => needsDatabase(probe.order));
      for (const { current } of theirs) current?.abort.abort(new Failure("cancelled", "paused for a planned stop"));
      await Promise.all(theirs.map(({ current }) => current?.ended));
    },
    resumeDatabase() {
      isDatabasePaused = false;
    },
    async stop() {
      const ends = [...running.values()].map(({ current }) => current?.ended);
      for (const [key, probe] of running) end(key, probe);
      await Promise.all(ends);
    },
  };
}

/** All of an order: a probe whose arguments or pace changed is another one. */
function keyOf(order: ProbeOrder): string {
  return JSON.stringify([order.runId, order.probeId, order.action, order.everyMs, order.arguments]);
}

function readSample(
  action: RegisteredAction,
  result: Readonly<Record<string, unknown>>,
): Pick<ProbeSample, "ok" | "value" | "detail"> {
  const { ok: okField = "", value: valueField = "" } = action.spec.probe ?? {};
  const value = result[valueField];
  const detail = result.detail;
  return {
    ok: result[okField] === true,
    ...(typeof value === "number" && Number.isFinite(value) ? { value } : {}),
    detail: typeof detail === "string" ? detail.slice(0, 400) : "",
  };
}
