import type { CompiledTrigger } from "../runbook/compiled.ts";
import { syntaxOf } from "../runbook/expression.ts";
import type { DurationMs } from "../time.ts";
import type { RuleSource } from "./names.ts";
import { armed, namesFromMetrics, namesFromQuery } from "./names.ts";
import { Unsayable } from "./piece.ts";
import { queryOf } from "./probeQuery.ts";
import type { NameReader } from "./translate.ts";
import { translate } from "./translate.ts";
import { truthOf } from "./truth.ts";

/** A trigger as an alerting rule of Prometheus. */
export interface AlertRule {
  readonly trigger: CompiledTrigger;
  /** Name of the alert: the trigger's id in the way of Prometheus, `app-down` as `AppDown`. */
  readonly alert: string;
  readonly expr: string;
  readonly forMs: DurationMs;
  /** How often its probe measures; absent for a trigger that looks at facts only. */
  readonly everyMs?: DurationMs;
  /** It asks Prometheus what its probe asks, needs nothing of ours, and therefore doesn't know when the trigger is armed. */
  readonly standsAlone: boolean;
}

/** The rules of a runbook, and the triggers that can't be said as one. */
export interface AlertRules {
  readonly rules: readonly AlertRule[];
  /** `because`: a part of a sentence, such as "it asks which steps are over (began)". */
  readonly unsaid: readonly { readonly trigger: CompiledTrigger; readonly because: string }[];
}

/** Writes each trigger of a runbook as a rule. Pure; what can't be written is in the answer, with the reason. */
export function alertRules(source: RuleSource): AlertRules {
  const rules: AlertRule[] = [];
  const unsaid: { trigger: CompiledTrigger; because: string }[] = [];
  for (const trigger of source.compiled.triggers) {
    try {
      rules.push(ruleOf(source, trigger));
    } catch (error) {
      if (!(error instanceof Unsayable)) throw error;
      unsaid.push({ trigger, because: error.message });
    }
  }
  return { rules, unsaid };
}

function ruleOf(source: RuleSource, trigger: CompiledTrigger): AlertRule {
  const { id, forMs } = trigger;
  const { probe: probeId } = trigger.source;
  const probe = probeId === undefined ? undefined : source.compiled.probes[probeId];
  const about = {
    ...{ trigger, alert: alertName(id), forMs },
    ...(probe === undefined ? {} : { everyMs: probe.everyMs }),
  };
  const query = probe === undefined ? undefined : queryOf(source, probe);
  const alone = query === undefined ? undefined : standingAlone(source, trigger, query);
  if (alone !== undefined) return { ...about, expr: alone, standsAlone: true };
  const condition = conditionOf(trigger, namesFromMetrics(source, probeId));
  const expr = `(${condition}) and (${armed(source.compiled.runbook.id, id)})`;
  return { ...about, expr, standsAlone: false };
}

/** The rule that asks the query itself; undefined where the condition needs more than its value. */
function standingAlone(source: RuleSource, trigger: CompiledTrigger, query: string): string | undefined {
  // What is chosen by a condition is reckoned for each run, which the series of a query don't have.
  if (trigger.source.expr.includes("?")) return undefined;
  try {
    return conditionOf(trigger, namesFromQuery(source, query));
  } catch (error) {
    if (error instanceof Unsayable) return undefined;
    throw error;
  }
}

function conditionOf(trigger: CompiledTrigger, read: NameReader): string {
  const condition = truthOf(translate(syntaxOf(trigger.source.expr), read));
  if (condition.kind === "truth") return condition.holds;
  throw new Unsayable(`with these parameters it is always ${condition.value}`);
}

const alertName = (id: string): string =>
  id
    .split(/[-_]/)
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join("");
