import fc from "fast-check";
import { expect, test } from "vitest";
import { Failure } from "../../../domain/failure.ts";

/** Cases a parser: so many in `npm test`, and a night's work in `npm run test:nightly`. */
export const CASES = process.env.SLACKWATER_NIGHTLY === undefined ? 20_000 : 1_000_000;
/** A case that takes longer, twice, is a hang (ms): good input takes a thousandth of it. Twice, since the machine may pause. */
const HANG_MS = 1000;
/** What an answer may hold for each letter of its input, and beside that. Schemas put defaults in, texts are escaped. */
const ROOM = { perLetter: 64, beside: 65_536 } as const;
/** A million cases at a fifth of a millisecond. */
export const TIMEOUT_MS = 3_600_000;

/** A parser at a door. */
export interface Door<Input> {
  readonly input: fc.Arbitrary<Input>;
  /** What it makes of an input. Its answer, also to nonsense, or a Failure. */
  readonly read: (input: Input) => unknown;
  /** What else must be true of its answer; throws where it is not. */
  readonly holds?: (answer: unknown, input: Input) => void;
  /** Further errors that its callers expect; a Failure always is one. */
  readonly mayThrow?: (error: unknown) => boolean;
}

/** Letters and members that a value holds, counted up to a limit: what it costs to keep it. */
function sizeOf(value: unknown, most: number): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let size = 8;
  const members: Iterable<unknown> =
    value instanceof Map || value instanceof Set ? [...value].flat() : Object.entries(value).flat();
  for (const member of members) {
    if (size > most) return size;
    size += sizeOf(member, most - size);
  }
  return size;
}

/** The answer, or the error that callers expect; any other goes on to the test. */
function answerOf<Input>(door: Door<Input>, input: Input): unknown {
  try {
    return door.read(input);
  } catch (error) {
    if (error instanceof Failure) return `${error.message}${error.detail ?? ""}`;
    if (door.mayThrow?.(error)) return undefined;
    throw error;
  }
}

/**
 * Promises of a parser that for any input it gives an answer or an error with a code, at once, and that the answer takes no more room
 * than the input explains. Nothing it is given may reach a prototype.
 */
export function withstands<Input>(what: string, door: Door<Input>): void {
  test(what, { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(door.input, (input) => {
        const beganMs = performance.now();
        const answer = answerOf(door, input);
        if (performance.now() - beganMs > HANG_MS) {
          const againMs = performance.now();
          answerOf(door, input);
          expect(performance.now() - againMs).toBeLessThan(HANG_MS);
        }
        const most = ROOM.beside + ROOM.perLetter * sizeOf(input, Number.MAX_SAFE_INTEGER);
        if (sizeOf(answer, most) > most) throw new Error(`the answer takes more than ${most} for such an input`);
        door.holds?.(answer, input);
        if ("polluted" in {}) throw new Error("it reached the prototype of every object");
      }),
      { numRuns: CASES },
    );
  });
}

/** Every number in an answer can be held and counted with: one that can't would be refused by the next schema, far from here. */
export function holdsFiniteNumbers(answer: unknown): void {
  if (typeof answer === "number") expect(Number.isFinite(answer)).toBe(true);
  if (typeof answer !== "object" || answer === null) return;
  for (const member of answer instanceof Map ? answer.values() : Object.values(answer)) holdsFiniteNumbers(member);
}
