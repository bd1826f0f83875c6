import { z } from "zod";
import { role } from "./roles.ts";

/**
 * The kinds of argument that actions share. A template renders to text, so a number or a flag may also arrive as its exact text
 * (`"5432"`, `"true"`); anything else is refused rather than guessed.
 */
export const WholeNumber = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/, "a whole number")
    .transform(Number),
]);

/** A size in bytes. */
export const Bytes = WholeNumber.pipe(z.int().min(0));
/** A length of time in milliseconds, at most 366 days. */
export const Milliseconds = WholeNumber.pipe(z.int().min(0).max(31_622_400_000));

/** Yes or no. */
export const Flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

/** An absolute path without `..`, NUL or newline. Whether it lies under an allowed root is the agent's to check. */
export const AbsolutePath = z
  .string()
  .max(4096)
  .refine(
    (text) => /^\/[^\0\n\r]*$/.test(text) && !text.split("/").includes(".."),
    "an absolute path without .. in it",
  );
/** A path that is only read. */
export const ReadPath = AbsolutePath.meta(role("readPath"));
/** A path that is only read, or empty text for none. */
export const ReadPathOrNone = z.union([z.literal(""), AbsolutePath]).meta(role("readPath"));
/** A path that is written, made or mounted on. */
export const WritePath = AbsolutePath.meta(role("writePath"));
/** A path that is written, or empty text for none. */
export const WritePathOrNone = z.union([z.literal(""), AbsolutePath]).meta(role("writePath"));
/** Name of a container, or empty text for none. */
export const ContainerOrNone = z
  .string()
  .regex(/^([A-Za-z0-9][A-Za-z0-9_.-]{0,127})?$/, "a container's name")
  .meta(role("container"));
/** Name of a sealed secret. */
export const SecretName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, "the name of a secret")
  .meta(role("secret"));
/** Name of a sealed secret, or empty text for none. */
export const SecretOrNone = z
  .string()
  .regex(/^([a-z][a-z0-9_-]{0,62})?$/, "the name of a secret")
  .meta(role("secret"));

const texts = z.array(z.string().min(1).max(400)).max(100);
/** A list of texts, or one text with commas or newlines between the items: the same items are taken either way. */
export const TextList = z.union([
  texts,
  z
    .string()
    .max(8000)
    .transform((text) =>
      text
        .split(/[,\n]/)
        .map((item) => item.trim())
        .filter((item) => item !== ""),
    )
    .pipe(texts),
]);

/**
 * One word for a program: what a template gave as a number or a flag is given as its text. Without NUL, which no program can be given.
 */
export const ProgramWord = z.union([
  z
    .string()
    .max(8000)
    .refine((text) => !text.includes("\0"), "a text without NUL"),
  z.union([z.number(), z.boolean()]).transform(String),
]);

/** Owner of files as two numbers. */
export const Owner = z
  .string()
  .regex(/^(\d{1,7}:\d{1,7})?$/, "uid:gid as numbers, or nothing")
  .describe("Owner of the files, as two numbers `uid:gid`; empty: as in the source.");
