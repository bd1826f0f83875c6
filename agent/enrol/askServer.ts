import { Failure } from "../../domain/failure.ts";

const ANSWER_WITHIN_MS = 15_000;

/** Posts JSON to the server by HTTP, outside of the link; answers the response with its body as JSON. Throws `notPermitted` when it can't be reached. */
export async function askServer(url: string, body: object): Promise<{ response: Response; body: unknown }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      // A redirect would hand what is sent to whoever it names.
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return { response, body: await response.json().catch(() => undefined) };
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Failure("notPermitted", `${url} can't be reached: ${why}`, { cause: error });
  }
}
