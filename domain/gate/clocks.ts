import { HostRole } from "../ids.ts";
import type { RunState } from "../run/state.ts";
import type { CompiledRunbook } from "../runbook/compiled.ts";
import type { CriterionNow } from "./criteria.ts";

/**
 * How far the clock of a host may be off the server's before nothing starts (ms). A host judges by its own clock from when and until when
 * a decision is valid: one that is behind would take a GO that is over, one that is ahead would refuse the way back.
 */
const MOST_OFF_MS = 5_000;

export const isClockOff = (offMs: number): boolean => Math.abs(offMs) > MOST_OFF_MS;

/** How far off, in words: "7.2 s ahead of the server's". Positive ms are ahead. */
export function clockOffText(offMs: number): string {
  return `${(Math.abs(offMs) / 1000).toFixed(1)} s ${offMs > 0 ? "ahead of" : "behind"} the server's`;
}

/** As a runbook would write it. It is never evaluated: which host is meant no expression could say. */
const EXPRESSION = `clock_off_ms > ${MOST_OFF_MS} || clock_off_ms < -${MOST_OFF_MS}`;

/** A NO-GO criterion that every runbook has, for as long as the clock of one of its hosts is off; none otherwise. Nobody can waive it. */
export function clockCriteria(plan: CompiledRunbook, state: RunState): readonly CriterionNow[] {
  const off = Object.entries<RunState["hosts"][keyof RunState["hosts"]]>(state.hosts).flatMap(([role, { hostId }]) => {
    const offMs = state.clocksOff[hostId];
    return offMs === undefined ? [] : [{ role, offMs, title: plan.runbook.hosts[HostRole.parse(role)]?.title ?? role }];
  });
  if (off.length === 0) return [];
  const title = `The clock of ${off.map((one) => `${one.title} is ${clockOffText(one.offMs)}`).join(", that of ")}`;
  const values = Object.fromEntries(off.map(({ role, offMs }) => [`${role}_off_ms`, offMs]));
  const notes = "Set it, by NTP at best. It is looked at once a second: this line goes by itself within half a minute.";
  return [
    {
      list: "nogo",
      criterion: { id: "clocks", title, expr: EXPRESSION, notes },
      judgement: { id: "clocks", title, verdict: "fail", values },
      met: false,
      missing: [],
    },
  ];
}
