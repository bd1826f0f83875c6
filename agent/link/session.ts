import type { Digest } from "../../domain/ids.ts";
import type { ServerFrame } from "../../protocol/agent.ts";
import type { Connection } from "./connection.ts";
import { openConnection } from "./connection.ts";
import type { ReadFrame } from "./frames.ts";
import type { Acquaintance, Presence, Said, Welcome } from "./greeting.ts";
import { answerChallenge } from "./greeting.ts";
import type { LinkTls } from "./pinnedTls.ts";
import { trustAt } from "./pinnedTls.ts";

/** Frames that the server may send once it has said welcome. */
export type Order = Exclude<ServerFrame, { type: "challenge" | "welcome" | "rejected" }>;

/** What the link does its work for. All are called in the order in which the frames came. */
export interface LinkDuties {
  /** What the next hello says. */
  presence(): Presence;
  /** The two sides know each other; what is not acknowledged can be sent through `connection`. */
  welcomed(welcome: Welcome, connection: Connection): void;
  ordered(order: Order, connection: Connection): void;
  /** A frame that could not be read. It has been answered with `notUnderstood` already. */
  notUnderstood(read: Extract<ReadFrame, { understood: false }>, connection: Connection): void;
  lost(): void;
}

/** How a session ended. `rejected` and `distrusted` will not mend themselves within seconds. */
export interface SessionEnd {
  readonly kind: "cut" | "rejected" | "distrusted";
  readonly because: string;
  readonly wasWelcomed: boolean;
}

export interface SessionOptions {
  readonly url: string;
  readonly who: Acquaintance;
  /** The pinned TLS key of the server as it is now: its owner may pin another while the agent runs. */
  readonly tlsPin: () => Digest | undefined;
  readonly duties: LinkDuties;
  /** From the first attempt to the welcome, in ms. */
  readonly greetWithinMs: number;
  readonly now: () => number;
  /** Ends the session from our side. */
  readonly signal: AbortSignal;
}

type Phase =
  | { readonly name: "waiting" }
  | { readonly name: "saidHello"; readonly said: Said }
  | { readonly name: "welcomed" };

/** One connection from its opening to its end: who answers, greeting, then orders. Never rejects. */
export async function runSession(options: SessionOptions): Promise<SessionEnd> {
  const { url, tlsPin, greetWithinMs, signal } = options;
  try {
    const trust = await trustAt(new URL(url), tlsPin(), greetWithinMs, signal);
    if (trust.ok) return await converse(options, trust.tls);
    return {
      kind: trust.kind === "otherKey" ? "distrusted" : "cut",
      because: trust.because,
      wasWelcomed: false,
    };
  } catch (error) {
    // The pin could not be read: its file is damaged, or the disk is.
    return { kind: "cut", because: error instanceof Error ? error.message : String(error), wasWelcomed: false };
  }
}

async function converse(options: SessionOptions, tls: LinkTls): Promise<SessionEnd> {
  const { duties } = options;
  const at: { phase: Phase } = { phase: { name: "waiting" } };
  let verdict: { kind: "rejected" | "distrusted"; because: string } | undefined;

  function breakOff(kind: "rejected" | "distrusted", because: string): void {
    verdict ??= { kind, because };
    connection.close(1008, because.slice(0, 100));
  }

  function onFrame(read: ReadFrame): void {
    if (verdict !== undefined) return;
    if (!read.understood) {
      answerUnreadable(read);
      return;
    }
    const { frame } = read;
    switch (frame.type) {
      case "challenge":
        greet(frame);
        break;
      case "welcome":
        beWelcomed(frame);
        break;
      case "rejected":
        breakOff("rejected", `The server does not serve this host (${frame.because}): ${frame.message}`);
        break;
      default:
        if (at.phase.name === "welcomed") duties.ordered(frame, connection);
        else breakOff("distrusted", `The server sent ${frame.type} before it proved who it is.`);
    }
  }

  function greet(challenge: Extract<ServerFrame, { type: "challenge" }>): void {
    if (at.phase.name !== "waiting") {
      breakOff("distrusted", "The server challenged twice.");
      return;
    }
    const answer = answerChallenge(challenge, options.who, duties.presence(), options.now());
    if (!answer.ok) {
      breakOff("distrusted", answer.because);
      return;
    }
    at.phase = { name: "saidHello", said: answer.value };
    connection.send(answer.value.hello).catch(() => {});
  }

  function beWelcomed(welcome: Welcome): void {
    if (at.phase.name !== "saidHello" || !at.phase.said.isWelcome(welcome)) {
      breakOff("distrusted", "The server's welcome is not signed with the key pinned at enrolment.");
      return;
    }
    at.phase = { name: "welcomed" };
    clearTimeout(patience);
    duties.welcomed(welcome, connection);
  }

  function answerUnreadable(read: Extract<ReadFrame, { understood: false }>): void {
    if (at.phase.name !== "welcomed") {
      breakOff("distrusted", "What answered is not a Slackwater server.");
      return;
    }
    if (read.isAnswer) return;
    connection.send({ type: "notUnderstood", issues: [...read.issues] }).catch(() => {});
    duties.notUnderstood(read, connection);
  }

  const connection = openConnection({
    url: options.url,
    tls,
    connectWithinMs: options.greetWithinMs,
    onFrame,
  });
  const patience = setTimeout(() => breakOff("distrusted", "The server did not greet in time."), options.greetWithinMs);
  const leave = () => connection.close(1001, "the agent ends");
  if (options.signal.aborted) leave();
  options.signal.addEventListener("abort", leave, { once: true });

  const because = await connection.ended;
  clearTimeout(patience);
  options.signal.removeEventListener("abort", leave);
  const wasWelcomed = at.phase.name === "welcomed";
  if (wasWelcomed) duties.lost();
  return verdict === undefined ? { kind: "cut", because, wasWelcomed } : { ...verdict, wasWelcomed };
}
