import { visitArgument } from "./check/visit.ts";
import type { ExpressionLanguage } from "./expression.ts";
import type { Argument } from "./schema.ts";
import type { TemplateReader } from "./template.ts";

/** Dotted names that the arguments of a task rest on, such as `facts.db.directory`, by where they stand. */
export interface NamesInArguments {
  /** Filled in as they are, alone or among other text. */
  readonly filledIn: ReadonlySet<string>;
  /** Computed with: in an expression, a condition or a filter. */
  readonly computed: ReadonlySet<string>;
}

/** Finds what the arguments of a task name. */
export function namesInArguments(
  args: Readonly<Record<string, Argument>>,
  language: Pick<ExpressionLanguage, "namesIn">,
  read: TemplateReader,
): NamesInArguments {
  const filledIn = new Set<string>();
  const computed = new Set<string>();
  for (const { text, isExpression } of Object.entries(args).flatMap(([key, one]) => visitArgument(one, [key]))) {
    const template = isExpression ? undefined : read(text);
    const names = template === undefined ? language.namesIn(text) : template.ok ? template.names : [];
    const into = isExpression || /\{%|\|/.test(text) ? computed : filledIn;
    for (const name of names) into.add(name);
  }
  return { filledIn, computed };
}
