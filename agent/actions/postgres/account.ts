import { readFile } from "node:fs/promises";
import { Failure } from "../../../domain/failure.ts";

/** User and group of an account by its name or `uid:gid`, from the host's own list. Throws `argumentsInvalid` where there is none. */
export async function accountOf(name: string): Promise<{ uid: number; gid: number }> {
  const numbers = /^(\d+):(\d+)$/.exec(name);
  if (numbers) return { uid: Number(numbers[1]), gid: Number(numbers[2]) };
  const accounts = await readFile("/etc/passwd", "utf8");
  const fields = accounts
    .split("\n")
    .map((line) => line.split(":"))
    .find(([account]) => account === name);
  if (fields?.[2] === undefined || fields[3] === undefined) {
    throw new Failure("argumentsInvalid", `The host has no account ${name}.`);
  }
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}
