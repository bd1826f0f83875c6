import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readAnswer } from "../../agent/control/controlMessages.ts";
import { answerTo } from "../../agent/control/controlSocket.ts";
import { readFrame as readOnHost, writeFrame as writeOnHost } from "../../agent/link/frames.ts";
import { serverAddress } from "../../agent/link/serverAddress.ts";
import { readFrame as readOnServer, writeFrame as writeOnServer } from "../../server/realtime/agent/frames.ts";
import { roomOf } from "../../server/realtime/browserRooms.ts";
import { jsonLike, textLike, valueLike } from "./support/hostile.ts";
import { CASES, TIMEOUT_MS, withstands } from "./support/withstands.ts";

const folder = new URL("../../protocol/golden/v1/", import.meta.url);
/** The frozen frames of one side. */
const frozen = (side: "agent" | "server"): readonly unknown[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${side}.`))
    .map((name): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8")));

type Read = { readonly understood: boolean; readonly issues?: readonly string[]; readonly frame?: unknown };

/** What is refused says why within the room of a `notUnderstood`; what is understood can be written again and means the same. */
function holdsFor(write: (frame: never) => string, read: (text: string) => Read) {
  return (answer: unknown) => {
    const { understood, issues = [], frame } = answer as Read;
    expect(issues.length).toBeLessThanOrEqual(20);
    expect(understood || issues.length > 0).toBe(true);
    for (const issue of issues) expect(issue.length).toBeLessThanOrEqual(400);
    if (understood) expect(read(write(frame as never)).understood).toBe(true);
  };
}

describe("whatever comes over the link is understood or refused with reasons", () => {
  withstands("by an agent", {
    input: jsonLike(frozen("server")),
    read: readOnHost,
    holds: holdsFor(writeOnServer, readOnHost),
  });
  withstands("by a server", {
    input: jsonLike(frozen("agent")),
    read: readOnServer,
    holds: holdsFor(writeOnHost, readOnServer),
  });
  withstands("by a gateway of browsers", {
    input: valueLike([{ room: "windows" }, { room: "run:4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10" }, { room: "status" }]),
    read: roomOf,
  });
});

describe("whatever is said over the agent's local socket is obeyed or refused in one answer", () => {
  const requests = [
    { command: "status" },
    { command: "hold", reason: "tapes" },
    { command: "resume" },
    { command: "stop", reason: "x", graceMs: 10_000 },
  ];
  test("by the agent", { timeout: TIMEOUT_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(jsonLike(requests), async (line) => {
        const answer = await answerTo(line, async () => ({ ok: false, message: "understood" }));
        expect(answer.ok).toBe(false);
      }),
      { numRuns: CASES },
    );
  });
  withstands("by the command that asked", {
    input: jsonLike([
      { ok: false, message: "no" },
      {
        ok: true,
        status: {
          ...{ version: "1", server: "https://x", hostWords: "a", serverWords: "b" },
          hostId: "7b9f3f0e-2f5c-4b6a-9f0a-0c1d2e3f4a5b",
          link: { state: "connected", since: 1, clockSkewMs: 3 },
          ...{ tasks: [], decisions: [] },
        },
      },
    ]),
    read: readAnswer,
  });
  withstands("by whoever reads a server's address", {
    input: textLike(["https://slackwater.example:8443/path", "ws://127.0.0.1:1/x", "http://[::1]:80"]),
    read: (text) => serverAddress(text, false),
    holds: (answer) => {
      if (typeof answer === "object") expect(answer).toMatchObject({ link: expect.stringMatching(/^wss?:\/\//) });
    },
  });
});

/** Every body that a request may have, found by its name: one that is added is read here at once. */
const bodies = await Promise.all(
  readdirSync(new URL("../../protocol/http/", import.meta.url)).flatMap((file): Promise<Record<string, unknown>>[] =>
    /^\w+\.ts$/.test(file) ? [import(`../../protocol/http/${file.slice(0, -".ts".length)}.ts`)] : [],
  ),
).then((modules) =>
  modules
    .flatMap((module) => Object.entries(module))
    .filter((entry): entry is [string, z.ZodType] => /Body$/.test(entry[0]) && entry[1] instanceof z.ZodType),
);

/** A body with a text in every member, to begin from. */
function sampleOf(schema: z.ZodType): unknown {
  const { properties = {} } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return Object.fromEntries(Object.keys(properties).map((key) => [key, "4b9ae1c6-7a52-4d25-8f55-1b5d9d9b2d10"]));
}

describe("whatever a request holds is taken or refused field by field", () => {
  for (const [name, schema] of bodies)
    withstands(name, { input: valueLike([sampleOf(schema), {}]), read: (body) => schema.safeParse(body).success });
});
