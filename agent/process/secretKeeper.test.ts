import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSecretKeeper } from "./secretKeeper.ts";

function keeperOf(...secrets: string[]) {
  const keeper = createSecretKeeper();
  for (const secret of secrets) keeper.guard(Buffer.from(secret));
  return keeper;
}

function redactInChunks(secrets: string[], text: Buffer, cuts: readonly number[]): string {
  const redactor = keeperOf(...secrets).redactor();
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  const borders = [0, ...places, text.length];
  const parts = borders.slice(1).map((end, i) => Buffer.from(redactor.write(text.subarray(borders[i], end))));
  return Buffer.concat([...parts, redactor.end()]).toString("latin1");
}

test("a passphrase is taken out of output, however often it stands there", () => {
  const redactor = keeperOf("correct horse battery").redactor();
  const shown = redactor.write(Buffer.from("key: correct horse battery, again correct horse battery\n"));
  expect(shown.toString()).toBe("key: [redacted], again [redacted]\n");
});

test("a passphrase cut in two by a chunk border never gets out in part", () => {
  const redactor = keeperOf("correct horse").redactor();
  expect(redactor.write(Buffer.from("a correct h")).toString()).toBe("a ");
  expect(redactor.write(Buffer.from("orse b")).toString()).toBe("[redacted] b");
});

test("what only looked like the beginning of a secret is let through, at the latest at the end", () => {
  const redactor = keeperOf("correct horse").redactor();
  expect(redactor.write(Buffer.from("corr")).toString()).toBe("");
  expect(redactor.write(Buffer.from("upt\ncor")).toString()).toBe("corrupt\n");
  expect(redactor.end().toString()).toBe("cor");
});

test("hexadecimal and base64 forms of a secret are taken out too", () => {
  const secret = Buffer.from("correct horse?>");
  for (const encoding of ["hex", "base64", "base64url"] as const) {
    expect(keeperOf("correct horse?>").clean(`<${secret.toString(encoding)}>`)).toMatch(/^<\[redacted\]=*>$/);
  }
  expect(keeperOf("correct horse?>").clean(secret.toString("hex").toUpperCase())).toBe("[redacted]");
});

test("the forms made without strings are the platform's own", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 40 }), (any) => {
      const secret = Buffer.from(any);
      const keeper = createSecretKeeper();
      keeper.guard(Buffer.from(secret));
      for (const encoding of ["hex", "base64", "base64url"] as const) {
        expect(keeper.isIn(secret.toString(encoding))).toBe(true);
      }
    }),
  );
});

test("wherever output is cut into chunks, the result is the same and holds no secret", () => {
  const secrets = ["abab", "abc", "babacab", "cc"];
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(60), { maxLength: 20 }), (any, cuts) => {
      const whole = redactInChunks(secrets, Buffer.from(any), []);
      expect(redactInChunks(secrets, Buffer.from(any), cuts)).toBe(whole);
      for (const secret of secrets) expect(whole.split("[redacted]").some((part) => part.includes(secret))).toBe(false);
    }),
    { numRuns: 3000 },
  );
});

test("binary output without secrets comes out byte for byte", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200), { maxLength: 9 }), (any, cuts) => {
      const bytes = Buffer.from(any);
      expect(redactInChunks(["a secret that is not there"], bytes, cuts)).toBe(bytes.toString("latin1"));
    }),
  );
});

test("after the task every copy of a secret is zeros", () => {
  const secret = Buffer.from("correct horse");
  const keeper = createSecretKeeper();
  keeper.guard(secret);
  keeper.wipe();
  expect(secret.equals(Buffer.alloc(13))).toBe(true);
  expect(keeper.isIn("correct horse")).toBe(false);
});

test("output full of secrets is redacted in linear time", () => {
  const keeper = keeperOf("0123456789abcdef");
  const text = Buffer.from("0123456789abcdef".repeat(500_000));
  const startedAt = performance.now();
  expect(keeper.redactor().write(text).length).toBe(5_000_000);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
