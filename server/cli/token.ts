import { z } from "zod";
import { shown } from "../../domain/text/shownText.ts";
import type { TokenView as View } from "../../protocol/http/tokens.ts";
import { MadeToken, MakeTokenBody, TokenView } from "../../protocol/http/tokens.ts";
import type { ServerSession } from "./approve/serverSession.ts";
import { serverOrigin, signIn } from "./approve/serverSession.ts";
import { openTerminal } from "./approve/terminal.ts";
import type { CommandReport } from "./report.ts";
import { UsageFailure } from "./report.ts";

/** Days that a token is good for where nothing is said. */
const USUAL_DAYS = 30;

/** The words of the command, as typed. */
export interface TokenWords {
  /** `make <server>`, `list <server>` or `revoke <server> <id>`. */
  readonly words: readonly string[];
  readonly email: string | undefined;
  /** Undefined: it is asked for at the terminal. */
  readonly password: string | undefined;
  readonly name: string | undefined;
  readonly scope: string | undefined;
  readonly days: string | undefined;
}

type Act = (session: ServerSession) => Promise<readonly string[]>;

/** Makes, lists or revokes tokens of a person, who signs in for it. What is wrong with the words is said before anybody signs in. */
export async function token(typed: TokenWords): Promise<CommandReport> {
  const [what, server, id, ...more] = typed.words;
  if (server === undefined || more.length > 0 || (id !== undefined) !== (what === "revoke")) {
    throw new UsageFailure("Say token make <server url>, token list <server url>, or token revoke <server url> <id>.");
  }
  const act = actOf(what, id, typed);
  const origin = serverOrigin(server);
  const session = await signIn(origin, await personOf(typed, origin));
  try {
    return { exitCode: 0, lines: await act(session) };
  } finally {
    await session.signOut();
  }
}

function actOf(what: string | undefined, id: string | undefined, { name, scope, days }: TokenWords): Act {
  switch (what) {
    case "make": {
      const body = MakeTokenBody.safeParse({ name: name ?? "", scope, days: Number(days ?? USUAL_DAYS) });
      if (!body.success) throw new UsageFailure(body.error.issues.map(({ message }) => message).join("\n"));
      return async (session) => {
        const made = await session.post("/api/tokens", body.data, MadeToken);
        return [`Token, shown this once: ${made.token}`, lineOf(made.view)];
      };
    }
    case "list":
      return async (session) => {
        const tokens = await session.get("/api/tokens", z.array(TokenView));
        return tokens.length === 0 ? ["You have no tokens."] : tokens.map(lineOf);
      };
    case "revoke": {
      if (!z.uuid().safeParse(id).success) {
        throw new UsageFailure(`"${id}" is no id of a token. slackwater token list says them.`);
      }
      return async (session) => {
        await session.remove(`/api/tokens/${id}`);
        return ["The token is revoked."];
      };
    }
    default:
      throw new UsageFailure(`Tokens are made, listed and revoked: there is no token ${what}.`);
  }
}

/** Who signs in. A program gives the password on its standard input; a person types it. */
async function personOf({ email, password }: TokenWords, origin: string) {
  if (password !== undefined) {
    if (email === undefined) throw new UsageFailure("Say who signs in: --email <address>");
    return { email, password };
  }
  const terminal = openTerminal();
  if (terminal === undefined) {
    throw new Error("There is no terminal to ask for the password at. Give it on standard input: --password-stdin");
  }
  const address = email ?? (await terminal.ask("E-mail: "));
  return { email: address, password: await terminal.askHidden(`Password of ${shown(address)} at ${origin}: `) };
}

function lineOf({ id, name, scope, expiresAt, revokedAt, lastUsedAt }: View): string {
  const at = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
  const end = revokedAt === null ? `good until ${at(expiresAt)} UTC` : `revoked ${at(revokedAt)} UTC`;
  return `${id}  ${scope.padEnd(5)}  ${end}  ${lastUsedAt === null ? "never used" : `last used ${at(lastUsedAt)} UTC`}  ${shown(name)}`;
}
