import { isDeepStrictEqual } from "node:util";
import type { Document } from "yaml";
import { isMap, isNode, isScalar, isSeq, parseDocument } from "yaml";
import { z } from "zod";
import { Approver, parseConfig } from "../config.ts";
import { CommandError } from "../control/commandError.ts";
import { keyName } from "./keyName.ts";

/** agent.yaml with another list of approvers, and what was changed. */
export interface ChangedTrust {
  /** The whole new text; comments and the order of everything else are as they were. */
  readonly text: string;
  readonly approvers: readonly Approver[];
}

/** The piece as the dashboard gives it, the list in it, or one entry of the list. */
const Piece = z.union([
  z.strictObject({ approvers: z.array(Approver).min(1) }).transform(({ approvers }) => approvers),
  z.array(Approver).min(1),
  Approver.transform((one) => [one]),
]);

/** Reads what an owner was given to pin; throws a CommandError for anything that is not such a piece. */
export function readPiece(text: string): readonly Approver[] {
  const document = parseDocument(text, { strict: true, uniqueKeys: true });
  const piece = document.errors.length === 0 ? Piece.safeParse(toPlain(document)) : undefined;
  if (piece?.success) return piece.data;
  throw new CommandError(
    "This is not a piece for agent.yaml. Copy it again from Account or from the Hosts page, from `approvers:` to its end.",
  );
}

function toPlain(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

/** Adds keys; throws a CommandError when one of them is there already: a second entry would look like a second person. */
export function addApprovers(text: string, path: string, added: readonly Approver[]): ChangedTrust {
  const { approvers } = parseConfig(text, path);
  const known = new Set(approvers.map(keyName));
  for (const one of added) {
    const name = keyName(one);
    if (known.has(name)) throw new CommandError(`The key ${name} of ${one.user} is pinned here already.`);
    known.add(name);
  }
  return edit(text, path, [...approvers, ...added], (part) => {
    for (const approver of added) part.addIn(["approvers"], part.createNode(approver));
  });
}

/** Takes away the keys of a user, or the one key of that name (keyName.ts); throws a CommandError when there is none. */
export function removeApprovers(text: string, path: string, who: string): ChangedTrust {
  const { approvers } = parseConfig(text, path);
  const isMeant = (one: Approver) => one.user === who || keyName(one) === who;
  if (!approvers.some(isMeant)) {
    throw new CommandError(`No key of ${who} is pinned here. See: slackwater-agent trust list`);
  }
  const left = approvers.filter((one) => !isMeant(one));
  return edit(text, path, left, (part) => {
    for (const [i, one] of [...approvers.entries()].reverse()) if (isMeant(one)) part.deleteIn(["approvers", i]);
  });
}

/**
 * Changes the part of the file that is about approvers and not a byte of the rest: the comments are the owner's. Read again as the agent
 * will read it: what it would refuse, or would read as something else than `wanted`, is never written.
 */
function edit(
  text: string,
  path: string,
  wanted: readonly Approver[],
  change: (part: Document.Parsed) => void,
): ChangedTrust {
  const [from, to] = placeOf(text);
  const part = parseDocument(from === to ? "approvers: []" : text.slice(from, to));
  const list = part.get("approvers");
  // Written in a row as `[]`, it would go on in a row.
  if (isSeq(list)) list.flow = false;
  else part.set("approvers", part.createNode([]));
  change(part);
  const separator = from === to && text !== "" && !text.endsWith("\n") ? "\n" : "";
  const ending = from === to ? "\n" : "";
  const edited = `${text.slice(0, from)}${separator}${part.toString({ lineWidth: 0 }).trimEnd()}${ending}${text.slice(to)}`;
  if (!isDeepStrictEqual(approversOf(edited, path), wanted)) {
    throw new CommandError(`${path} is written in a way that can't be changed from here. Change it with an editor.`);
  }
  return { text: edited, approvers: wanted };
}

function approversOf(text: string, path: string): readonly Approver[] | undefined {
  try {
    return parseConfig(text, path).approvers;
  } catch {
    return undefined;
  }
}

/** Where `approvers:` with its value begins and ends; both are the end of the text where there is none. */
function placeOf(text: string): readonly [from: number, to: number] {
  const { contents } = parseDocument(text);
  const pair = isMap(contents)
    ? contents.items.find(({ key }) => isScalar(key) && key.value === "approvers")
    : undefined;
  const from = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  const end = isNode(pair?.value) ? pair.value.range?.[1] : undefined;
  if (from === undefined || end === undefined) return [text.length, text.length];
  // The end of a list that stands in lines of its own is where the next line begins.
  return [from, text.slice(0, end).trimEnd().length];
}
