import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { CommandReport } from "./report.ts";
import { failureWords, UsageFailure } from "./report.ts";

const USAGE = `slackwater verify <file> [--anchor <file>]... [--approvers <agent.yaml>]...
    Checks an exported run: its chain, its signatures, what was allowed, and who anchors which part. No server is needed.
    --anchor: the journal of an agent, or an older export of the run; --approvers: the keys that a host's owner pinned.
slackwater export <run id> --out <file> [--state <folder>]
    Writes a run to a new file, from DATABASE_URL or the embedded database of --state (STATE_DIRECTORY, .slackwater).
slackwater lint <runbook.yaml>
    Checks a runbook; every problem with its line and column.
slackwater rules <runbook.yaml> --out <folder> [--param name=value]...
    Writes a runbook's triggers as alerting rules of Prometheus, with tests for promtool, into a new folder.
slackwater add-person --name <name> --email <address> --role viewer|support|operator|approver|admin
                      [--group <word>]... [--password-stdin] [--state <folder>]
    Adds somebody who may sign in, such as the first admin. Without --password-stdin a password is made and shown once.
slackwater erase-person <id or address> [--force] [--state <folder>]
    Erases somebody's name, address, keys and sessions for good. Logs know people by an id, so that every run verifies as before.
slackwater approve <server url> <run id> --gate <gate> --verdict GO|NO-GO --key <file.pub> [--email <address>]
                    --verdict BREAK-GLASS --reason <why>
    Shows an approver what they would sign at a gate, and signs it with their SSH key (ssh-keygen). On their own machine, at a terminal.
    BREAK-GLASS is for an admin, or an approver who does not decide there: the gate then counts with one GO fewer.
slackwater token make <server url> --name <name> --scope read|order|admin [--days 30] [--email <address>] [--password-stdin]
slackwater token list <server url> [--email <address>] [--password-stdin]
slackwater token revoke <server url> <token id> [--email <address>] [--password-stdin]
    Makes a token for a script, which asks and orders in your name and never decides; lists yours, with their last use; revokes one.
slackwater move-host [<new host name> | --retire <old host name> [--force]] [--state <folder>]
    Moves the server to another host name: adds it while the old one stays good, says what is left to do, retires the old one.
slackwater backup <file> [--recipient <age1…>]... [--passphrase-file <file>] [--state <folder>]
    Writes all of Slackwater to one encrypted file (age), while it runs, and reads it again. Asks for a passphrase where none is named.
slackwater restore <file> [--identity <file>] [--passphrase-file <file>] [--check] [--replace] [--even-damaged] [--state <folder>]
    Puts a backup back into an empty database, whole or not at all. --check: only says whether the file is good.
    --replace: in the place of what is there, which is kept under another name. Runs that had not ended are held.
slackwater upgrade <new backup file> [--recipient <age1…>]... [--passphrase-file <file>] [--force] [--state <folder>]
    Brings the database to this version, with the server stopped: takes a backup first, and says how to go back. --force: also while a window is open.
slackwater ca [--state <folder>]
    Says the certificate of the server's own authority (TLS_LOCAL_CA=1) and its fingerprint in six words, to compare.
`;

const OPTIONS = {
  anchor: { type: "string", multiple: true },
  approvers: { type: "string", multiple: true },
  out: { type: "string" },
  state: { type: "string" },
  name: { type: "string" },
  email: { type: "string" },
  role: { type: "string" },
  group: { type: "string", multiple: true },
  gate: { type: "string" },
  verdict: { type: "string" },
  reason: { type: "string" },
  key: { type: "string" },
  scope: { type: "string" },
  days: { type: "string" },
  retire: { type: "string" },
  param: { type: "string", multiple: true },
  recipient: { type: "string", multiple: true },
  identity: { type: "string" },
  "passphrase-file": { type: "string" },
  check: { type: "boolean", default: false },
  replace: { type: "boolean", default: false },
  "even-damaged": { type: "boolean", default: false },
  force: { type: "boolean", default: false },
  "password-stdin": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

// Each command is loaded when it is asked for: `verify` needs neither the database nor the sessions.
async function run(words: readonly string[]): Promise<CommandReport> {
  const { values, positionals } = parseArgs({ args: [...words], allowPositionals: true, options: OPTIONS });
  const [command, ...what] = positionals;
  if (values.help) return { exitCode: 0, lines: [USAGE.trimEnd()] };
  const environment = process.env;
  switch (command) {
    case "verify": {
      const { verifyFile } = await import("./verify.ts");
      return verifyFile(theOne(what, "exported run"), {
        anchors: values.anchor ?? [],
        approvers: values.approvers ?? [],
      });
    }
    case "scripts":
      // The words of a script are an action's own, and those are the agent's.
      throw new UsageFailure(
        "A runbook is written as bash by the agent: slackwater-agent scripts <runbook.yaml> --out <folder>; in a checkout npm run -s agent -- scripts.",
      );
    case "export": {
      const { exportToFile } = await import("./exportRun.ts");
      return exportToFile({
        runId: theOne(what, "run"),
        out: values.out,
        state: values.state,
        environment,
        now: Date.now(),
      });
    }
    case "lint": {
      const { lintFile } = await import("./lint.ts");
      return lintFile(theOne(what, "runbook"));
    }
    case "rules": {
      const { writeRules } = await import("./rules.ts");
      return writeRules({ file: theOne(what, "runbook"), out: values.out, parameters: values.param ?? [] });
    }
    case "add-person": {
      if (what.length > 0)
        throw new UsageFailure(`What is "${what[0]}"? A person is described by --name and the like.`);
      const { name, email, role, group: groups = [] } = values;
      const password = values["password-stdin"] ? firstLine(readFileSync(0, "utf8")) : undefined;
      const { addPersonTo } = await import("./addPerson.ts");
      return addPersonTo({ person: { name, email, role, groups, password }, state: values.state, environment });
    }
    case "erase-person": {
      const who = theOne(what, "id or address");
      const { erasePersonFrom } = await import("./erasePerson.ts");
      return erasePersonFrom({ who, isForced: values.force, state: values.state, environment });
    }
    case "approve": {
      const [server, run, ...more] = what;
      if (server === undefined || run === undefined || more.length > 0)
        throw new UsageFailure("Name the server's address and the run.");
      const { gate, verdict, reason, key, email } = values;
      const { approve } = await import("./approve/approve.ts");
      return approve({ server, run, gate, verdict, reason, key, email });
    }
    case "token": {
      const { email, name, scope, days } = values;
      const password = values["password-stdin"] ? firstLine(readFileSync(0, "utf8")) : undefined;
      const { token } = await import("./token.ts");
      return token({ words: what, email, password, name, scope, days });
    }
    case "move-host": {
      const [to, ...more] = what;
      if (more.length > 0) throw new UsageFailure("Name one host name.");
      const { moveHost } = await import("./moveHost.ts");
      return moveHost({ to, retire: values.retire, isForced: values.force, state: values.state, environment });
    }
    case "backup": {
      const file = theOne(what, "new file");
      const { sealingKey } = await import("./backup/backupKey.ts");
      const { backup } = await import("./backup/backup.ts");
      return backup({ file, key: await sealingKey(keyWords(values)), state: values.state, environment });
    }
    case "upgrade": {
      const file = theOne(what, "new file for the backup");
      const { sealingKey } = await import("./backup/backupKey.ts");
      const { upgrade } = await import("./backup/upgrade.ts");
      const { force: isForced, state } = values;
      return upgrade({ file, key: await sealingKey(keyWords(values)), isForced, state, environment });
    }
    case "restore": {
      const file = theOne(what, "backup");
      const { openingKey } = await import("./backup/backupKey.ts");
      const { restore } = await import("./backup/restore.ts");
      const { check: isCheck, replace: isReplacing, "even-damaged": evenDamaged, state } = values;
      const key = await openingKey(keyWords(values));
      return restore({ file, key, isCheck, isReplacing, evenDamaged, state, environment });
    }
    case "ca": {
      if (what.length > 0) throw new UsageFailure(`What is "${what[0]}"? The command takes no words.`);
      const { sayCa } = await import("./ca.ts");
      return sayCa({ state: values.state, environment });
    }
    case undefined:
      throw new UsageFailure("Say what to do.");
    default:
      throw new UsageFailure(`There is no command "${command}".`);
  }
}

function theOne(words: readonly string[], what: string): string {
  const [one, ...more] = words;
  if (one === undefined || more.length > 0) throw new UsageFailure(`Name one ${what}.`);
  return one;
}

const keyWords = (values: {
  readonly "passphrase-file"?: string | undefined;
  readonly recipient?: readonly string[] | undefined;
  readonly identity?: string | undefined;
}) => ({
  passphraseFile: values["passphrase-file"],
  recipients: values.recipient ?? [],
  identity: values.identity,
});

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? "";

try {
  const { exitCode, lines } = await run(process.argv.slice(2));
  const out = exitCode === 0 ? process.stdout : process.stderr;
  out.write(`${lines.join("\n")}\n`);
  process.exitCode = exitCode;
} catch (error) {
  const isUsage = error instanceof UsageFailure || (error instanceof TypeError && "code" in error);
  process.stderr.write(`${failureWords(error)}\n${isUsage ? `\n${USAGE}` : ""}`);
  process.exitCode = isUsage ? 2 : 1;
}
