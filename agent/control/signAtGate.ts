import type { LocalTalk } from "./localCommands.ts";

const BEGIN = "-----BEGIN SSH SIGNATURE-----";
const END = "-----END SSH SIGNATURE-----";
/** Lines that are read at most: that of the longest RSA key has some forty. */
const MOST_LINES = 200;

/**
 * Lets an approver sign at the gate that waits, with an SSH key that agent.yaml pins: they need not sit here, only see the statement and
 * give the signature back.
 */
export async function signAtGate(talk: LocalTalk): Promise<void> {
  const { view } = talk;
  const able = view.people.filter(({ role }) => role === "approver");
  talk.say(`Who signs? One of: ${able.map(({ name }) => name).join(", ")}.`);
  const typed = await talk.ask("Their name, as it stands there: ");
  const approver = able.find(({ name, userId }) => name === typed || userId === typed);
  if (approver === undefined) return talk.say(`"${typed}" is none of them. Nothing was done.`);
  const verdict = await talk.ask("GO or NO-GO: ");
  if (verdict !== "GO" && verdict !== "NO-GO") return talk.say("Nothing was done.");
  const ofRun = { runId: view.runId, after: view.lineCount, approver: approver.userId };
  const { asked } = await talk.send({ command: "askSignature", ...ofRun, verdict });
  if (asked === undefined) return talk.say("There is nothing to sign.");
  talk.say(
    [
      `${approver.name} would sign this:`,
      ...asked.lines,
      "On their own machine, with the key that agent.yaml of this host pins for them:",
      `  ssh root@this-host cat ${asked.path} | ssh-keygen -Y sign -n slackwater -f THEIR-KEY`,
    ].join("\n"),
  );
  const signature = await pasted(talk);
  if (signature === undefined) return talk.say("That is no signature. Nothing was done.");
  await talk.send({ command: "giveSignature", ...ofRun, signature });
  talk.say(`Signed ${verdict}.`);
}

/** What was pasted between the two lines of the armour; undefined where it does not begin or end with them. */
async function pasted(talk: LocalTalk): Promise<string | undefined> {
  const lines = [await talk.ask(`Paste what it wrote, from ${BEGIN} to ${END}:`)];
  if (lines[0] !== BEGIN) return undefined;
  while (lines.at(-1) !== END && lines.length < MOST_LINES) {
    const line = await talk.ask("");
    if (line === "") return undefined;
    lines.push(line);
  }
  return lines.at(-1) === END ? lines.join("\n") : undefined;
}
