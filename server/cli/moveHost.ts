import type { Environment } from "../config.ts";
import type { PrismaClient } from "../db/prisma.ts";
import type { SiteName } from "../identity/settings.ts";
import type { PersonToMove } from "../identity/site.ts";
import { moveTo, namesOf, peopleToMove, retireName } from "../identity/site.ts";
import { openRecords } from "./openRecords.ts";
import type { CommandReport } from "./report.ts";
import { UsageFailure } from "./report.ts";

/** A name as DNS has them, in lower case, of at least two parts: passkeys take no other. */
const HOST_NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Moves the server to another host name, step by step: adds the name while the old one stays good, says what is left to do, and retires
 * the old one. Without a name it says how far the move is.
 */
export async function moveHost(words: {
  readonly to: string | undefined;
  readonly retire: string | undefined;
  readonly isForced: boolean;
  readonly state: string | undefined;
  readonly environment: Environment;
}): Promise<CommandReport> {
  const { to, retire, isForced, state, environment } = words;
  if (to !== undefined && retire !== undefined)
    throw new UsageFailure("Move first, and retire the old name afterwards.");
  if (to !== undefined && !HOST_NAME.test(to)) {
    throw new UsageFailure(`"${to}" is no host name such as slackwater.example.org: no scheme, no port, no address.`);
  }
  const records = await openRecords({ environment, state, mayMake: false, purpose: "move-host" });
  try {
    const { prisma } = records.db;
    if (to !== undefined) await moveTo(prisma, newName(to, records.url));
    if (retire !== undefined) await retireName(prisma, retire, isForced);
    return { exitCode: 0, lines: await situation(prisma, records.url) };
  } finally {
    await records.close();
  }
}

/** The new name with the port of the address before: what else changes there, APP_URL says at the next start. */
function newName(rpId: string, url: string): SiteName {
  const { port } = new URL(url);
  return { rpId, origin: `https://${rpId}${port === "" ? "" : `:${port}`}` };
}

/** How far the move is, and what is left to do. */
async function situation(prisma: PrismaClient, url: string): Promise<readonly string[]> {
  const [current, ...former] = await namesOf(prisma);
  if (!current) return ["This server was never started: its name is the one in APP_URL."];
  if (former.length === 0) {
    return [`The name is ${current.rpId}, and there is no other. Passkeys are made and taken under it alone.`];
  }
  const people = await peopleToMove(prisma);
  const hosts = await prisma.host.findMany({
    where: { revokedAt: null },
    orderBy: { name: "asc" },
    select: { name: true },
  });
  const old = former.map(({ rpId }) => rpId).join(", ");
  return [
    `Moving from ${old} to ${current.rpId}. Both are good until the old one is retired.`,
    "",
    ...restartLines(current, url),
    `2. Keep the old name in DNS, and its certificate: browsers ask https://${former[0]?.rpId}/.well-known/webauthn before they use an old passkey at the new name.`,
    "3. Everybody makes a passkey at the new name, under Account. A second person, an approver or admin, confirms it there with their own.",
    ...peopleLines(people),
    `4. On each host: pin the new keys (the piece on the Hosts page; slackwater-agent trust add), and let old keys sign for the new pages. In /etc/slackwater/agent.yaml, below each approver with rpId: "${former[0]?.rpId}", this line:`,
    `     origins: [${[...former, current].map(({ origin }) => JSON.stringify(origin)).join(", ")}]`,
    `   Then lead it to the new address: slackwater-agent trust server --server ${current.origin}`,
    "   and restart the agent: systemctl restart slackwater-agent",
    ...(hosts.length === 0 ? ["   no host is enrolled"] : hosts.map(({ name }) => `   host ${name}`)),
    `5. slackwater move-host --retire ${former[0]?.rpId}, and restart the server.`,
  ];
}

function restartLines(current: SiteName, url: string): readonly string[] {
  if (new URL(url).hostname === current.rpId)
    return ["1. done: APP_URL says the new name (restart the server if you set it just now)."];
  return [
    `1. Point the new name at this server, set APP_URL=${current.origin} (with a certificate for both names), and restart it.`,
  ];
}

function peopleLines(people: readonly PersonToMove[]): readonly string[] {
  if (people.length === 0) return ["   done: nobody depends on the old name."];
  return people.map(
    ({ name, email, waits }) => `   ${waits ? "waits for a second person" : "has none yet"}: ${name}, ${email}`,
  );
}
