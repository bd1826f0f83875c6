import type { PlannedProgram } from "../actions/action.ts";
import { BashLine, bash } from "./bash.ts";
import { PGPASS } from "./pgpass.ts";
import { secretOf } from "./prelude.ts";

/** A planned program whose words may be bash already: a variable that an earlier line has set. */
export interface BashProgram extends Omit<PlannedProgram, "args"> {
  readonly args: readonly (string | BashLine)[];
}

/** A program as a line: under its account, with its passphrases on their descriptors, its output where it belongs. */
export function programLine(program: BashProgram): BashLine {
  const line = commandOf(program);
  return program.into === undefined ? line : intoNewFile(line, bash`${program.into}`);
}

/** Programs side by side, each reading what the one before prints. */
export function pipelineLine(programs: readonly BashProgram[], into?: string | BashLine): BashLine {
  const line = BashLine.joined(programs.map(commandOf), " |\n  ");
  return into === undefined ? line : intoNewFile(line, bash`${into}`);
}

/** Only its own account can read the file, from its first byte; one that is there is not overwritten. */
function intoNewFile(line: BashLine, path: BashLine): BashLine {
  return bash`(
  umask 077
  set -o noclobber
  ${line} >${path}
)`;
}

function commandOf({ file, args, as, secrets = {}, passwordFile = "" }: BashProgram): BashLine {
  const password = passwordFile === "" ? [] : [bash`PGPASSFILE=$(${PGPASS} ${passwordFile})`];
  const fed = Object.entries(secrets).map(([descriptor, name]) => bash`${Number(descriptor)}< <(${secretOf(name)})`);
  return BashLine.joined(
    [...password, ...accountWords(as), programWord(file), ...args.map((word) => bash`${word}`), ...fed],
    " ",
  );
}

/** A name with = in it would be taken for a variable, did it not begin with quotes. */
const programWord = (file: string): BashLine => (file.includes("=") ? bash`''${file}` : bash`${file}`);

/** The account by its name, or as two numbers `uid:gid`. */
function accountWords(as: string | undefined): readonly BashLine[] {
  if (as === undefined) return [];
  const [uid, gid] = /^(\d+):(\d+)$/.exec(as)?.slice(1) ?? [];
  return uid === undefined || gid === undefined
    ? [bash`runuser -u ${as} --`]
    : [bash`setpriv --reuid=${uid} --regid=${gid} --clear-groups --`];
}
