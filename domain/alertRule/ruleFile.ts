import { formatDuration } from "../format/duration.ts";
import type { Trigger } from "../runbook/schema.ts";
import type { AlertRule, AlertRules } from "./alertRules.ts";
import { alertRules } from "./alertRules.ts";
import type { RuleSource } from "./names.ts";
import { blockOf, comment, promDuration, quoted } from "./yaml.ts";

/** How the action of a trigger is called in an alert: who has to come at once, and who may look in the morning. */
const SEVERITY = { notify: "warning", hold: "critical", rollback: "critical" } as const satisfies Record<
  Trigger["action"],
  string
>;
const DOES = {
  notify: "tells people",
  hold: "holds the run",
  rollback: "rolls the run back",
} as const satisfies Record<Trigger["action"], string>;

/**
 * A runbook's triggers as a rule file of Prometheus. In its head stand the parameters it was written with, what its rules say otherwise than
 * Slackwater does, and each trigger that can't be said as a rule, with the reason.
 */
export function ruleFile(source: RuleSource): string {
  const { rules, unsaid } = alertRules(source);
  const groups = Map.groupBy(rules, ({ trigger }) => trigger.source.probe);
  const lines = [
    ...comment(headOf(source, { rules, unsaid })),
    groups.size === 0 ? "groups: []" : "groups:",
    ...[...groups].flatMap(([probe, members]) => groupLines(source, probe, members)),
  ];
  return `${lines.join("\n")}\n`;
}

function headOf({ compiled, parameters }: RuleSource, { rules, unsaid }: AlertRules): string[] {
  const { runbook, digests } = compiled;
  const asked = rules.map(({ trigger, standsAlone }) =>
    standsAlone ? JSON.stringify(runbook.probes[trigger.source.probe ?? ""]?.with) : "",
  );
  const conditions = runbook.triggers.map(({ expr }) => expr);
  const used = Object.entries(parameters).filter(([name]) =>
    [...asked, ...conditions].some((text) => new RegExp(`\\bparams\\.${name}\\b`).test(text)),
  );
  const alone = rules.filter(({ standsAlone }) => standsAlone);
  return [
    `Alerting rules of Prometheus, written by Slackwater from the triggers of the runbook "${runbook.title}" (${runbook.id} ${runbook.version}, text ${digests.whole.slice(0, 16)}).`,
    ...(used.length === 0 ? [] : ["", "Written with these parameters:"]),
    ...used.map(([name, value]) => `- ${name} = ${JSON.stringify(value)}`),
    ...["", "What they say otherwise than Slackwater:"],
    "- An alert tells people. What a trigger does beyond that (hold, roll back) Slackwater does itself, from its own readings.",
    "- Prometheus knows what it has scraped: an alert comes up to a scrape and an evaluation later than the trigger.",
    "- Where nothing is known any more Prometheus forgets that a condition was holding; Slackwater remembers it.",
    ...(alone.length === 0
      ? []
      : [
          `- ${alone.map(({ alert }) => alert).join(", ")}: asked of Prometheus itself, for each series that it gives. Not only while the trigger is armed: ${alone
            .map(({ trigger }) => `${trigger.id} ${armedText(trigger.source)}`)
            .join("; ")}.`,
        ]),
    ...["", unsaid.length === 0 ? "No trigger is left out." : "Left out, because no rule can say it:"],
    ...unsaid.map(({ trigger, because }) => `- ${trigger.id} (${trigger.source.title}): ${because}.`),
  ];
}

function armedText({ armed: { after, before, during } }: Trigger): string {
  const parts = [
    ...(after === undefined ? [] : [`from the end of ${after}`]),
    ...(before === undefined ? [] : [`to the beginning of ${before}`]),
    ...(during === undefined ? [] : [`while ${during.join(", ")} goes on`]),
  ];
  return parts.length === 0 ? "while the run goes forward" : parts.join(" ");
}

function groupLines({ compiled }: RuleSource, probe: string | undefined, rules: readonly AlertRule[]): string[] {
  const { id } = compiled.runbook;
  const everyMs = rules[0]?.everyMs;
  return [
    `  - name: ${quoted(probe === undefined ? id : `${id}: ${probe}`)}`,
    ...(everyMs === undefined ? [] : [`    interval: ${promDuration(everyMs)}`]),
    "    rules:",
    ...rules.flatMap((rule) => ruleLines(id, rule)),
  ];
}

function ruleLines(runbook: string, { alert, expr, forMs, trigger }: AlertRule): string[] {
  const { source } = trigger;
  const held = forMs === 0 ? "" : ` for ${formatDuration(forMs)}`;
  return [
    `      - alert: ${alert}`,
    `        expr: ${blockOf(expr, "          ")}`,
    ...(forMs === 0 ? [] : [`        for: ${promDuration(forMs)}`]),
    "        labels:",
    `          severity: ${SEVERITY[source.action]}`,
    `          runbook: ${quoted(runbook)}`,
    `          trigger: ${quoted(trigger.id)}`,
    "        annotations:",
    `          summary: ${quoted(asText(source.title))}`,
    `          description: ${quoted(`${asText(source.expr)}${held}. In Slackwater this ${DOES[source.action]}.`)}`,
    `          value: ${quoted("{{ $value }}")}`,
  ];
}

/** Annotations are templates of Go: what opens one is written as a text. */
const asText = (text: string): string => text.replaceAll("{{", '{{ "{{" }}');
