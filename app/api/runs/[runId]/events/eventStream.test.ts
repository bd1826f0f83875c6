import { expect, test } from "vitest";
import type { Problem } from "../../../../../protocol/http/problem.ts";
import type { Followed } from "../../../../../server/runs/followRun.ts";
import { eventStream } from "./eventStream.ts";

const revoked: Problem = { code: "notSignedIn", message: "This token was revoked." };

/** What a reader has read in the end, and whether whoever was followed was let go. */
async function readAll(followed: readonly Followed[], stillMay: () => Promise<Problem | undefined>) {
  let isLeft = false;
  async function* follow(): AsyncGenerator<Followed, void, void> {
    try {
      yield* followed;
    } finally {
      isLeft = true;
    }
  }
  const left = new AbortController();
  const response = eventStream(follow(), left, stillMay);
  const text = await response.text().catch(() => "cut off");
  return { text, isLeft, isAborted: left.signal.aborted };
}

test("a token that is revoked while its stream goes on gets nothing more, and is told why", async () => {
  const events = [{ seq: 3, at: 5, type: "runStarted", event: { type: "runStarted" } }] as never;
  const asked = [undefined, revoked];
  const read = await readAll([{ kind: "quiet" }, { kind: "events", events }], async () => asked.shift());
  expect(read.text).toBe(
    `: following\n\n: still here\n\nevent: refused\ndata: {"code":"notSignedIn","message":"This token was revoked."}\n\n`,
  );
  expect(read).toMatchObject({ isLeft: true, isAborted: true });
});

test("where the server can't tell whether its reader still may, the stream is cut and lets go", async () => {
  const read = await readAll([{ kind: "quiet" }], () => Promise.reject(new Error("the database is away")));
  expect(read).toEqual({ text: "cut off", isLeft: true, isAborted: true });
});

test("for a reader that takes nothing, nothing is read: what it has not taken waits in the log and not in memory", async () => {
  let asked = 0;
  async function* follow(): AsyncGenerator<Followed, void, void> {
    for (;;) {
      asked += 1;
      yield { kind: "quiet" };
    }
  }
  const reader = eventStream(follow(), new AbortController(), async () => undefined).body?.getReader();
  const take = async () => new TextDecoder().decode((await reader?.read())?.value);
  expect(await take()).toBe(": following\n\n");
  // Whatever would be read ahead is read by now.
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(asked).toBe(0);
  expect(await take()).toBe(": still here\n\n");
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(asked).toBe(1);
  await reader?.cancel();
});
