/** The beginning of a body as text, at most so many bytes of it and a piece: a huge answer must not fill the agent. */
export async function beginningOf(response: Response, limitBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    if (bytes >= limitBytes) break;
  }
  return text;
}
