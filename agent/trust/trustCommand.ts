import { chmodSync, readFileSync, statSync } from "node:fs";
import { readConfig } from "../config.ts";
import { CommandError } from "../control/commandError.ts";
import { realPath } from "../policy/realPath.ts";
import { replaceFile } from "../process/durableFile.ts";
import { loadWords } from "../words.ts";
import type { ChangedTrust } from "./approversInFile.ts";
import { addApprovers, readPiece, removeApprovers } from "./approversInFile.ts";
import { askOwner } from "./askOwner.ts";
import { trustText } from "./trustText.ts";

/** Where whose decisions count is written, and how the owner is spoken to. */
export interface TrustWish {
  readonly configFile: string;
  readonly ourUid: number;
  /** The owner has compared the keys already and is not asked. */
  readonly isCompared: boolean;
  say(text: string): void;
}

const COUNTS_WHEN = "It counts when the agent is started anew (what runs goes on): systemctl restart slackwater-agent";

/** `trust list`, `trust add [FILE]`, `trust remove WHO`: whose decisions count on this host. Throws a CommandError for anything else. */
export async function trustCommand(words: readonly string[], wish: TrustWish): Promise<void> {
  const [verb = "list", what, ...rest] = words;
  if (rest.length > 0) throw new CommandError(`Too many words after trust ${verb}.`);
  // Whatever is asked, a file that others could have written is not read from or added to.
  const config = readConfig(wish.configFile, wish.ourUid);
  switch (verb) {
    case "list":
      return wish.say(trustText(config.approvers, await loadWords()));
    case "add":
      return add(what ?? "-", wish);
    case "remove":
      return remove(what, wish);
    default:
      throw new CommandError(`There is no trust ${verb}: list, add FILE, remove USER, or server.`);
  }
}

async function add(file: string, wish: TrustWish): Promise<void> {
  const piece = readPiece(readFileSync(file === "-" ? 0 : file, "utf8"));
  const changed = addApprovers(readFileSync(wish.configFile, "utf8"), wish.configFile, piece);
  wish.say(trustText(piece, await loadWords()));
  if (!wish.isCompared)
    await askOwner("Ask each person, not the dashboard, whether these are the words of their key. Are they? [yes/no] ");
  write(wish.configFile, changed);
  wish.say(`Pinned. ${COUNTS_WHEN}`);
}

function remove(who: string | undefined, wish: TrustWish): void {
  if (who === undefined) throw new CommandError("Whose? A user, or one key's name, of: slackwater-agent trust list");
  write(wish.configFile, removeApprovers(readFileSync(wish.configFile, "utf8"), wish.configFile, who));
  wish.say(`Removed. ${COUNTS_WHEN}`);
}

/** In its place and with its own mode, whole or not at all. */
function write(path: string, { text }: ChangedTrust): void {
  const real = realPath(path);
  const { mode } = statSync(real);
  replaceFile(real, text, { durable: true });
  chmodSync(real, mode & 0o7777);
}
