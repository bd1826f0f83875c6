import type pg from "pg";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { connectedHosts } from "./db/hostLinks.ts";

/** What Prometheus may know of this process and of the database it works on. No name of a person, host or window is in it. */
export interface Metrics {
  /** Text for Prometheus, with its media type. Where the database does not answer it says that, and the rest. */
  render(): Promise<{ readonly type: string; readonly text: string }>;
  /** A request was answered. */
  answered(request: { readonly method: string; readonly status: number; readonly tookMs: number }): void;
}

/** These are gauges by names that end as counters' do, which Prometheus' own linter refuses. */
const MISNAMED = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** Methods by name; any other is one, so that nobody who asks makes series. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"]);

/** What is counted in the database at each look. */
const COUNTS = `
  select 'run' as what, stage as of, count(*)::int as count from run group by stage
  union all select 'host', '', count(*)::int from host where revoked_at is null
  union all select 'input', '', count(*)::int from run_input where answered_at is null
  union all select 'task', '', count(*)::int from task where ended_at is null`;

interface Counted {
  readonly what: "run" | "host" | "input" | "task";
  readonly of: string;
  readonly count: number;
}

/** Makes them. `pool` is asked at each look. */
export function createMetrics(pool: pg.Pool): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const shared = { registers: [registry] };
  const requests = new Counter({
    ...{ name: "slackwater_http_requests_total", help: "Requests answered.", ...shared },
    labelNames: ["method", "status"],
  });
  const duration = new Histogram({
    ...{
      name: "slackwater_http_request_duration_seconds",
      help: "Time from a request to the end of its answer.",
      ...shared,
    },
    labelNames: ["method"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
  });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `slackwater_${name}`, help, labelNames, ...shared });
  const databaseUp = gauge("database_up", "1 where the database answered this look, else 0.");
  const runs = gauge("runs", "Runs by stage.", ["stage"]);
  const hosts = gauge("hosts", "Enrolled hosts, by whether their agent is connected.", ["state"]);
  const inputs = gauge("inputs_waiting", "Orders and reports that no engine has dealt with yet.");
  const tasks = gauge("tasks_open", "Orders to agents that have not ended.");

  const count = async (): Promise<void> => {
    for (const one of [runs, hosts, inputs, tasks]) one.reset();
    try {
      const [{ rows }, connected] = await Promise.all([pool.query<Counted>(COUNTS), connectedHosts(pool)]);
      for (const { what, of, count: value } of rows) {
        switch (what) {
          case "run":
            runs.set({ stage: of }, value);
            break;
          case "host":
            hosts.set({ state: "connected" }, connected.size);
            hosts.set({ state: "away" }, value - connected.size);
            break;
          case "input":
            inputs.set(value);
            break;
          case "task":
            tasks.set(value);
            break;
          default:
            what satisfies never;
        }
      }
      databaseUp.set(1);
    } catch {
      // What was counted before is not true any more, and a zero would be believed.
      for (const one of [inputs, tasks]) one.remove();
      databaseUp.set(0);
    }
  };
  return {
    async render() {
      await count();
      return { type: registry.contentType, text: await registry.metrics() };
    },
    answered({ method, status, tookMs }) {
      const name = METHODS.has(method) ? method : "other";
      requests.inc({ method: name, status: String(status) });
      duration.observe({ method: name }, tookMs / 1000);
    },
  };
}
