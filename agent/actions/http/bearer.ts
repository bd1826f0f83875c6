import { readFile } from "node:fs/promises";
import type { ActionContext } from "../../process/actionContext.ts";

/** The header that proves who asks: from a file of the host, from a sealed secret, or none. */
export async function bearerHeaders(
  { bearerFile, bearerSecret }: { readonly bearerFile: string; readonly bearerSecret: string },
  context: ActionContext,
): Promise<Record<string, string>> {
  if (bearerFile !== "") return { authorization: `Bearer ${(await readFile(bearerFile, "utf8")).trim()}` };
  if (bearerSecret !== "") return { authorization: `Bearer ${context.secret(bearerSecret).toString("utf8").trim()}` };
  return {};
}
