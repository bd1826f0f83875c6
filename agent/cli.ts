import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { FAILURES, Failure } from "../domain/failure.ts";
import { RunId } from "../domain/ids.ts";
import { Instant } from "../domain/time.ts";
import { ACTION_REGISTRY } from "./actions/registry.ts";
import { readConfig } from "./config.ts";
import { askAgent, askLocally } from "./control/askAgent.ts";
import { CommandError } from "./control/commandError.ts";
import type { ControlRequest, LocalRequest } from "./control/controlMessages.ts";
import { doctorText } from "./control/doctor/doctorText.ts";
import { examine } from "./control/doctor/examine.ts";
import { openWorkText, readOpenWork } from "./control/idle.ts";
import { localTerminal } from "./control/localTerminal.ts";
import { planCommand } from "./control/planCommand.ts";
import { statusText } from "./control/statusText.ts";
import { throttleRequest } from "./control/throttleCommand.ts";
import { typedLines } from "./control/typedLines.ts";
import { enrol } from "./enrol/enrol.ts";
import { rotateKey } from "./enrol/rotateKey.ts";
import { unenrol } from "./enrol/unenrol.ts";
import { fingerprintOf } from "./identity.ts";
import { createLog } from "./log.ts";
import { startAgent } from "./main.ts";
import { groundOf } from "./policy/ground.ts";
import { OWN_PROGRAM } from "./process/ownProgram.ts";
import { openStateDirectory, statePaths } from "./stateDirectory.ts";
import { trustCommand } from "./trust/trustCommand.ts";
import { trustServer } from "./trust/trustServer.ts";
import { AGENT_VERSION } from "./version.ts";
import { loadWords } from "./words.ts";

/** The command line of the agent: `node agent/cli.ts <command>`. */
const HELP = `slackwater-agent ${AGENT_VERSION}

  enroll --server URL --token TOKEN   make this host known to a server
  unenroll [--force]                  take this host off the server's list, and remove its key
  rotate-key                          give this host another key, at the same server
  run                                 be the agent of this host, until ended
  run --local PACK                    carry a run on in this terminal when the server is gone; PACK as status names it
  status                              what it does, and whom it listens to
  hold [--reason TEXT]                begin nothing new; what runs goes on
  resume                              let tasks begin again
  stop [--reason TEXT] [--grace 10]   hold, and cancel every running task (grace in seconds)
  throttle TASK full|paused|limited|automatic [--mbps N] [--rows N] [--cpu-weight N] [--io-weight N]
                                      how much a running task may take of this host (MB and rows per second)
  doctor [--json]                     what this host can do, what is missing, and what to do about it
  plan FILE [--param name=value]…     what a runbook would run here, command by command; runs nothing
  scripts FILE --out FOLDER [--param name=value]… [--fact name=value]…
                                      the same as bash scripts, for whoever must do it without us; runs nothing
  trust list                          whose decisions count on this host
  trust add FILE [--yes]              pins the keys of a piece from the dashboard (- for standard input)
  trust remove USER                   takes the keys of a user away, or the one key of that name
  trust server [--yes] [--server URL] pins the TLS key that the server shows now, there or where it moved to
  idle                                ends with 1 while a window is open here or a task runs, and names it

  --state DIR     where key and journal lie      (/var/lib/slackwater-agent)
  --config FILE   what the owner allows          (/etc/slackwater/agent.yaml)
`;

const OPTIONS = {
  server: { type: "string" },
  token: { type: "string" },
  state: { type: "string", default: "/var/lib/slackwater-agent" },
  config: { type: "string", default: "/etc/slackwater/agent.yaml" },
  reason: { type: "string", default: "" },
  grace: { type: "string", default: "10" },
  mbps: { type: "string" },
  rows: { type: "string" },
  "cpu-weight": { type: "string" },
  "io-weight": { type: "string" },
  param: { type: "string", multiple: true },
  fact: { type: "string", multiple: true },
  out: { type: "string" },
  role: { type: "string" },
  local: { type: "string" },
  force: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

type Flags = ReturnType<typeof readFlags>["values"];

function readFlags(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
const log = createLog((text) => process.stderr.write(text), Date.now);

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = readFlags(args);
  const [command = "help", ...words] = positionals;
  switch (values.help ? "help" : command) {
    case "help":
      return say(HELP);
    case "enroll":
    case "enrol":
      return enrolHere(values);
    case "unenroll":
    case "unenrol":
      return unenrolHere(values);
    case "rotate-key":
      return rotateHere(values);
    case "run":
      return values.local === undefined ? run(values) : runLocally(values.local, values);
    case "status":
      return ask(values, { command: "status" });
    case "hold":
      return ask(values, { command: "hold", reason: values.reason });
    case "resume":
      return ask(values, { command: "resume" });
    case "stop":
      return ask(values, { command: "stop", reason: values.reason, graceMs: Math.round(Number(values.grace) * 1000) });
    case "throttle": {
      const { mbps, rows, "cpu-weight": cpuWeight, "io-weight": ioWeight } = values;
      return ask(values, throttleRequest(words, { mbps, rows, cpuWeight, ioWeight }));
    }
    case "doctor":
      return sayHealth(values);
    case "plan":
      return sayPlan(words, values);
    case "scripts":
      return writeScripts(words, values);
    case "trust":
      if (words[0] === "server") return trustServerHere(words.slice(1), values);
      return trustCommand(words, { configFile: resolve(values.config), ourUid: ourUid(), isCompared: values.yes, say });
    case "idle":
      return sayIdle(values);
    default:
      throw new CommandError(`There is no command ${command}. See: slackwater-agent --help`);
  }
}

async function sayPlan([file]: readonly string[], { state, config, param, role }: Flags): Promise<void> {
  const allowed = readConfig(config, ourUid());
  const own = { stateDir: resolve(state), configFile: resolve(config), uid: ourUid() };
  const host = { actions: ACTION_REGISTRY, config: allowed, ground: groundOf(allowed, own), now: now() };
  say(await planCommand({ file, parameters: param ?? [], role }, host));
}

/** Works without an agent.yaml too: whoever writes scripts may not be on the host. */
async function writeScripts(
  [file]: readonly string[],
  { state, config, param, fact, role, out }: Flags,
): Promise<void> {
  // Loaded here: it brings the compiler of runbooks, which an agent at rest does without.
  const { scriptsCommand } = await import("./control/scriptsCommand.ts");
  const { allowanceBy, NO_ALLOWANCE } = await import("./control/allowance.ts");
  const configFile = resolve(config);
  const own = { stateDir: resolve(state), configFile, uid: ourUid() };
  const allowed = existsSync(configFile) ? readConfig(configFile, ourUid()) : undefined;
  const allowance = allowed === undefined ? NO_ALLOWANCE : allowanceBy(allowed, groundOf(allowed, own), configFile);
  const wish = { file, out, parameters: param ?? [], facts: fact ?? [], role };
  say(await scriptsCommand(wish, { actions: ACTION_REGISTRY, allowance, now: now() }));
}

/** Ends with 0 only where nothing is missing, so that what sets a host up can ask. */
async function sayHealth({ state, config, json }: Flags): Promise<void> {
  const own = { stateDir: state, configFile: config, ourUid: ourUid(), now: Date.now };
  const report = await examine({ actions: ACTION_REGISTRY, ...own });
  say(json ? JSON.stringify(report, null, 2) : doctorText(report));
  if (report.missing_count > 0) process.exitCode = 1;
}

/** Asked by the package before it is replaced or removed. */
function sayIdle({ state }: Flags): void {
  const open = readOpenWork(statePaths(resolve(state)).journal, ACTION_REGISTRY);
  say(openWorkText(open));
  if (open.runs.length + open.tasks.length > 0) process.exitCode = 1;
}

const now = () => Instant.parse(Date.now());
const ourUid = () => process.getuid?.() ?? 0;

async function enrolHere({ server, token, state, config }: Flags): Promise<void> {
  if (server === undefined || token === undefined) {
    throw new CommandError("Enrolment needs --server URL and --token TOKEN, both from the Hosts page.");
  }
  const { enrolment, identity } = await enrol({
    server,
    token,
    stateDir: openStateDirectory(state, ourUid()),
    allowInsecureLink: isInsecureAllowed(config),
    actions: [...ACTION_REGISTRY.keys()],
    now: now(),
  });
  const wordsOf = await loadWords();
  say(`Enrolled as host ${enrolment.hostId}. Compare both with the Hosts page:`);
  say(`  this host   ${wordsOf(identity.fingerprint)}`);
  say(`  the server  ${wordsOf(fingerprintOf(enrolment.serverKey))}`);
  if (enrolment.tlsPin !== undefined) say(`  its TLS     ${wordsOf(enrolment.tlsPin)}`);
}

async function trustServerHere(more: readonly string[], { state, config, yes, server }: Flags): Promise<void> {
  if (more.length > 0) throw new CommandError("Too many words after trust server.");
  const { allowInsecureLink } = readConfig(config, ourUid());
  const stateDir = openStateDirectory(state, ourUid());
  await trustServer({ stateDir, allowInsecureLink, movedTo: server, isCompared: yes, say });
}

/** Before agent.yaml is written, nothing insecure is allowed. */
function isInsecureAllowed(config: string): boolean {
  try {
    return readConfig(config, ourUid()).allowInsecureLink;
  } catch {
    return false;
  }
}

async function unenrolHere({ state, config, force }: Flags): Promise<void> {
  const { allowInsecureLink, runKeys } = readConfig(config, ourUid());
  await unenrol({
    stateDir: openStateDirectory(state, ourUid()),
    runKeyDirectory: runKeys.directory,
    allowInsecureLink,
    actions: ACTION_REGISTRY,
    isForced: force,
    now: now(),
    say,
  });
}

async function rotateHere({ state, config }: Flags): Promise<void> {
  const identity = await rotateKey({
    stateDir: openStateDirectory(state, ourUid()),
    allowInsecureLink: readConfig(config, ourUid()).allowInsecureLink,
    actions: ACTION_REGISTRY,
    now: now(),
  });
  const wordsOf = await loadWords();
  say(`This host has another key. Compare it with the Hosts page: ${wordsOf(identity.fingerprint)}`);
  say("Start the agent: systemctl start slackwater-agent");
}

async function run({ state, config }: Flags): Promise<void> {
  const agent = await startAgent({
    stateDir: state,
    configFile: resolve(config),
    actions: ACTION_REGISTRY,
    performModule: OWN_PROGRAM.performModule,
    log,
  });
  const signal = await new Promise<string>((resolveSignal) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => resolveSignal(name));
  });
  log(`asked to end by ${signal}`);
  await agent.stop();
}

/** The folder's name is the run: the agent reads its own packs, and no other. */
async function runLocally(pack: string, { state }: Flags): Promise<void> {
  const paths = statePaths(resolve(state));
  const runId = RunId.safeParse(basename(pack));
  if (!runId.success) throw new CommandError(`${pack} is no pack. slackwater-agent status names those of this host.`);
  const isElsewhere = pack !== basename(pack) && resolve(pack) !== resolve(paths.packs, runId.data);
  if (isElsewhere) throw new CommandError(`Packs that are used lie in ${paths.packs}; ${pack} does not.`);
  const lines = typedLines(process.stdin);
  try {
    const askHere = (request: LocalRequest) => askLocally(paths.control, request);
    process.exitCode = await localTerminal({ runId: runId.data, ask: askHere, lines, say });
  } finally {
    lines.close();
  }
}

async function ask({ state }: Flags, request: ControlRequest): Promise<void> {
  say(statusText(await askAgent(statePaths(resolve(state)).control, request), Date.now()));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof Failure) process.stderr.write(`${error.message}\n${FAILURES[error.code].todo}\n`);
  else process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
