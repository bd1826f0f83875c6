import type { StoreRunbookAnswer } from "../../protocol/http/runbooks.ts";
import { NotReached } from "../data/apiClient.ts";

/** What became of sending a text: the server's answer, or why there is none, in words. */
export type Sent = StoreRunbookAnswer | { readonly ok: undefined; readonly words: string };

/**
 * Sends a new version of a runbook. A text with problems is answered with each of them (422) and nothing is stored; that is an answer and
 * no failure, and so it is not asked for through the API client, which throws.
 */
export async function storeRunbook(text: string): Promise<Sent> {
  try {
    const response = await fetch("/api/runbooks", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
    });
    const body: unknown = await response.json();
    if (isAnswer(body)) return body;
    const words = typeof body === "object" && body !== null && "message" in body ? String(body.message) : "";
    const field = fieldWords(body);
    return { ok: undefined, words: field ?? (words === "" ? `The server answered ${response.status}.` : words) };
  } catch {
    return { ok: undefined, words: `${new NotReached().message} Nothing is lost: the text is still here.` };
  }
}

function isAnswer(body: unknown): body is StoreRunbookAnswer {
  return typeof body === "object" && body !== null && "ok" in body && typeof body.ok === "boolean";
}

function fieldWords(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("fields" in body)) return undefined;
  const { fields } = body;
  return typeof fields === "object" && fields !== null && "text" in fields ? String(fields.text) : undefined;
}
