import type { Environment } from "../config.ts";
import type { StillNeeded } from "../identity/erasePerson.ts";
import { ERASED_NAME, erasePerson } from "../identity/erasePerson.ts";
import { openRecords } from "./openRecords.ts";
import type { CommandReport } from "./report.ts";

/** Erases a person from the database, running or not, and says what that leaves to do elsewhere. */
export async function erasePersonFrom(words: {
  readonly who: string;
  readonly isForced: boolean;
  readonly state: string | undefined;
  readonly environment: Environment;
}): Promise<CommandReport> {
  const { who, isForced, environment, state } = words;
  const records = await openRecords({ environment, state, mayMake: false, purpose: "erase-person" });
  try {
    const done = await erasePerson(records.db.pool, who, isForced);
    switch (done.kind) {
      case "unknown":
        return refused(`There is nobody with the id or address ${who}.`);
      case "alreadyErased":
        return refused(`${who} was erased before.`);
      case "lastAdmin":
        return refused(
          "This is the last admin, without whom nobody could look after this server. Add another one first: slackwater add-person --role admin",
        );
      case "needed":
        return refused(
          "They are needed in windows that are not over, and nothing was erased:",
          ...done.needed.map(part),
          "Wait until these are over, or say --force: what they signed there stays good.",
        );
      case "erased":
        return {
          exitCode: 0,
          lines: [
            `Erased. Pages show "${ERASED_NAME}"; logs keep the id ${done.userId}, which is nobody's name, and verify as before.`,
            `Removed: name, address${done.removed.length === 0 ? "" : `, ${done.removed.join(", ")}`}.`,
            ...(done.needed.length === 0
              ? []
              : ["They had a part in windows that are not over:", ...done.needed.map(part)]),
            "What is left to do stands in docs/operating/erase-a-person.md: agent.yaml of the hosts, older backups, and what people wrote in free text.",
          ],
        };
      default:
        return done satisfies never;
    }
  } finally {
    await records.close();
  }
}

const part = ({ window, as }: StillNeeded): string => `  ${window}: ${as}`;

const refused = (...lines: readonly string[]): CommandReport => ({ exitCode: 1, lines });
