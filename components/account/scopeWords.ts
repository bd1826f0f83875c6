import type { TokenScope } from "../../domain/identity/tokenScope.ts";

/** What a token of a scope may do, in a few words. */
export function scopeWords(scope: TokenScope): string {
  switch (scope) {
    case "read":
      return "reads";
    case "order":
      return "reads and orders";
    case "admin":
      return "reads, orders and administers hosts";
    default:
      return scope satisfies never;
  }
}
