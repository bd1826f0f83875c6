import { FactName } from "../fact/fact.ts";
import { Failure } from "../failure.ts";
import type { Expressions, Scope } from "./compiled.ts";
import type { ExpressionLanguage } from "./expression.ts";
import { valueAtName } from "./nestedNames.ts";
import type { Argument } from "./schema.ts";
import { isTemplate, loneName, renderTemplate } from "./template.ts";

function renderText(text: string, scope: Scope): unknown {
  if (!isTemplate(text)) return text;
  const lone = loneName(text);
  if (lone !== undefined) {
    const value = valueAtName(scope, lone);
    if (value === undefined || value === null) throw new Failure("argumentsInvalid", `"${lone}" is not known.`);
    return value;
  }
  const rendered = renderTemplate(text, (name) => valueAtName(scope, name));
  if (!rendered.ok)
    throw new Failure("argumentsInvalid", `The text "${text}" can't be filled in: ${rendered.message}.`);
  if (rendered.missing.length > 0) {
    throw new Failure(
      "argumentsInvalid",
      `The text "${text}" names what is not known: ${rendered.missing.join(", ")}.`,
    );
  }
  return rendered.pieces.map((piece) => (piece.kind === "missing" ? "" : piece.text)).join("");
}

function isExpression(argument: object): argument is { readonly expr: string } {
  const [only, ...rest] = Object.entries(argument);
  return only?.[0] === "expr" && typeof only[1] === "string" && rest.length === 0;
}

function render(argument: Argument, scope: Scope, language: ExpressionLanguage): unknown {
  if (typeof argument === "string") return renderText(argument, scope);
  if (typeof argument !== "object") return argument;
  if (Array.isArray(argument)) return argument.map((item: Argument) => render(item, scope, language));
  if (isExpression(argument)) {
    const outcome = language.run(argument.expr, scope);
    if (outcome.known) return outcome.value;
    throw new Failure("argumentsInvalid", `The expression "${argument.expr}" gives no value: ${outcome.message}.`);
  }
  return Object.fromEntries(
    Object.entries<Argument>(argument).map(([key, item]) => [key, render(item, scope, language)]),
  );
}

/** Judges, evaluates and fills in for one runbook. Pure; what a runbook or a scope lacks is an answer, not an exception. */
export function evaluatorOf(language: ExpressionLanguage): Expressions {
  return {
    judge(id, title, expr, scope) {
      const outcome = language.run(expr, scope);
      const values = language.namesIn(expr).map((name) => [name, valueAtName(scope, name) ?? null]);
      const verdict =
        outcome.known && typeof outcome.value === "boolean" ? (outcome.value ? "pass" : "fail") : "unknown";
      return { id, title, verdict, values: Object.fromEntries(values) };
    },
    value(expr, scope) {
      const outcome = language.run(expr, scope);
      return outcome.known ? outcome.value : undefined;
    },
    renderArguments(args, scope) {
      try {
        const value = Object.entries(args).map(([key, argument]) => [key, render(argument, scope, language)]);
        return { ok: true, value: Object.fromEntries(value) };
      } catch (error) {
        if (error instanceof Failure) return { ok: false, failure: error.toReport() };
        throw error;
      }
    },
    factsNamed(expr) {
      const names = language.namesIn(expr).filter((name) => name.startsWith("facts."));
      return names.flatMap((name) => {
        const fact = FactName.safeParse(name.slice("facts.".length));
        return fact.success ? [fact.data] : [];
      });
    },
  };
}
