import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase } from "../../server/db/client.ts";
import { startEmbeddedPostgres } from "../../server/db/embeddedPostgres.ts";
import { createAuth } from "../../server/identity/auth.ts";
import { withoutKey } from "../../server/identity/once.ts";
import { addPerson } from "../../server/identity/people.ts";
import { readSettings } from "../../server/identity/settings.ts";
import { storeRunbook } from "../../server/runbooks/commands.ts";
import { createService } from "../../server/services/commands.ts";
import type { TrustedKey } from "./agentOnHost.ts";
import { DEMO_PASSWORD, DEMO_PEOPLE } from "./people.ts";

/** What the demo puts into the server's database beside what goes through its API: people, the service, the shipped runbook. */
export interface Seeded {
  readonly serviceId: string;
  readonly runbookDigest: string;
  /** The server's database, as the server itself uses it. */
  readonly databaseUrl: string;
  /** The passkeys of approvers that are on record now, as a host's owner would copy them from the Hosts page. */
  trustedKeys(site: { rpId: string; origin: string }): Promise<readonly TrustedKey[]>;
  close(): Promise<void>;
}

/** Joins the server's embedded database (it runs already, and is adopted) and seeds it. */
export async function seed(how: { root: string; serverState: string; appUrl: string }): Promise<Seeded> {
  const embedded = await startEmbeddedPostgres({ directory: join(how.serverState, "postgres"), log: () => {} });
  const { prisma, pool, close } = openDatabase(embedded.appUrl, { poolSize: 2, applicationName: "slackwater demo" });
  const auth = createAuth(
    prisma,
    readSettings({
      ...process.env,
      SLACKWATER_APP_URL: how.appUrl,
      SLACKWATER_DATABASE_URL: embedded.appUrl,
      SLACKWATER_SESSION_SECRET: (await readFile(join(how.serverState, "session-secret"), "utf8")).trim(),
      SLACKWATER_STATE_DIRECTORY: how.serverState,
      SLACKWATER_SERVER_KEY: "not needed to add people",
    }),
  );
  for (const person of DEMO_PEOPLE) await addPerson(auth, { ...person, password: DEMO_PASSWORD });
  const service =
    (await createService(
      {
        slug: "supersync",
        name: "SuperSync",
        description: "Keeps your notes on all your devices.",
      },
      withoutKey(pool),
    )) ?? (await prisma.service.findUniqueOrThrow({ where: { slug: "supersync" } }));
  const text = await readFile(join(how.root, "runbooks/luks-postgres/runbook.yaml"), "utf8");
  const runbook = await storeRunbook(withoutKey(pool), text, null);
  if (!runbook.ok) throw new Error(`The shipped runbook is wrong: ${runbook.problems[0]?.message ?? ""}`);
  return {
    serviceId: service.id,
    runbookDigest: runbook.digest,
    databaseUrl: embedded.appUrl,
    trustedKeys: async ({ rpId, origin }) => {
      const passkeys = await prisma.passkey.findMany({ where: { user: { role: "approver" } } });
      return passkeys.map(({ userId, credentialId, publicKey, software }) => ({
        user: userId,
        credentialId,
        publicKey,
        rpId,
        origin,
        software,
      }));
    },
    close: async () => {
      await close();
      await embedded.stop();
    },
  };
}
