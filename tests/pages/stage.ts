import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { StepId } from "../../domain/ids.ts";
import type { Order } from "../../domain/run/intents.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import { DEMO_PASSWORD, demoPerson } from "../../scripts/demo/people.ts";
import type { PersonClient } from "../../scripts/demo/personClient.ts";
import { signIn } from "../../scripts/demo/personClient.ts";
import { confirmAll } from "../../scripts/demo/prepare.ts";
import { seed } from "../../scripts/demo/seed.ts";
import { startServerProcess } from "../../scripts/demo/serverProcess.ts";
import type { SoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { createSoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import type { Database } from "../../server/db/client.ts";
import { openDatabase } from "../../server/db/client.ts";
import { withoutKey } from "../../server/identity/once.ts";
import { storeRunbook } from "../../server/runbooks/commands.ts";
import { connectAgent, enrolHost } from "../support/fakeAgent.ts";
import type { StagedAgent } from "./stagedAgent.ts";
import { playHost } from "./stagedAgent.ts";

const root = path.resolve(import.meta.dirname, "../..");
const Created = z.object({ windowId: z.string(), runId: z.string() });

/** A real server with its pages, people who are signed in, and a host that only plays: what the pages are looked at on. */
export interface Stage {
  readonly url: string;
  readonly people: Readonly<Record<"ada" | "olga" | "oren" | "anna" | "aron" | "sara" | "vera", PersonClient>>;
  readonly passkeys: Readonly<Record<"ada" | "anna" | "aron", SoftwarePasskey>>;
  /** Puts a passkey on record that a person made under a new host name, and that waits for somebody else's word. */
  moveHost(name: string): Promise<void>;
  /** The session cookie of a person, for a browser. */
  cookieOf(person: string): Promise<{ name: string; value: string }>;
  /** A window with a host of its own. */
  plan(how: PlannedScene): Promise<Scene>;
  close(): Promise<void>;
}

/** What a window on the stage is for. */
export interface PlannedScene {
  readonly encryption: "luks2" | "none";
  readonly title: string;
  readonly soak?: string;
  /** The shipped runbook with a change: two people say GO, or people are at work beside the copy. */
  readonly runbook?: "twoApprovers" | "besideTheCopy";
}

/** One window on the stage. */
export interface Scene {
  readonly windowId: string;
  readonly runId: string;
  readonly host: StagedAgent;
  /** Its host is started anew: it comes back with another boot, and knows of no task any more. */
  reboot(): Promise<void>;
  order(who: PersonClient, order: Order): Promise<void>;
  /** Measures, seals in the record, confirms: everything but asking. */
  prepare(): Promise<void>;
  approve(): Promise<void>;
  start(): Promise<void>;
  /** Waits until the run is so; half a minute unless it is told otherwise. */
  until(isThere: (run: RunView) => boolean, withinMs?: number): Promise<RunView>;
  read(): Promise<RunView>;
}

/** Starts the server of this tree, which has to be built, and signs everybody in. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), "slackwater-stage-"));
  await chmod(folder, 0o755); // The database's own account has to get through.
  const server = await startServerProcess({ root, stateDirectory: folder, port: 0, allowSoftwarePasskey: true });
  const seeded = await seed({ root, serverState: path.join(folder, "server"), appUrl: server.url });
  const database = openDatabase(seeded.databaseUrl, { poolSize: 2, applicationName: "slackwater stage" });
  const enter = (role: Parameters<typeof demoPerson>[0], index = 0) =>
    signIn(server.url, { ...demoPerson(role, index), password: DEMO_PASSWORD });
  const people = {
    ada: await enter("admin"),
    olga: await enter("operator"),
    oren: await enter("operator", 1),
    anna: await enter("approver"),
    aron: await enter("approver", 1),
    sara: await enter("support"),
    vera: await enter("viewer"),
  };
  const site = { rpId: "localhost", origin: server.url };
  const passkeys = {
    ada: createSoftwarePasskey(site),
    anna: createSoftwarePasskey(site),
    aron: createSoftwarePasskey(site),
  };
  await people.ada.registerPasskey(passkeys.ada);
  await people.anna.registerPasskey(passkeys.anna);
  await people.aron.registerPasskey(passkeys.aron);
  const hosts: StagedAgent[] = [];

  return {
    url: server.url,
    people,
    passkeys,
    moveHost: async (name) => {
      const { credentialId, publicKey } = createSoftwarePasskey({ rpId: name, origin: `https://${name}` });
      await database.pool.query(
        `insert into passkey (id, user_id, name, credential_id, public_key, software, waits_for_second, rp_id)
         select $1, id, 'Telephone', $1, $2, false, true, $3 from "user" where email = $4`,
        [credentialId, publicKey, name, demoPerson("approver", 1).email],
      );
    },
    cookieOf: async (email) => {
      const enterOnce = () =>
        fetch(`${server.url}/api/auth/sign-in/email`, {
          method: "POST",
          headers: { "content-type": "application/json", origin: server.url },
          body: JSON.stringify({ email, password: DEMO_PASSWORD }),
        });
      let response = await enterOnce();
      // Ten sign-ins a minute from one address: the stage alone takes seven.
      while (response.status === 429) {
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        response = await enterOnce();
      }
      const [name = "", value = ""] = (response.headers.getSetCookie()[0] ?? "").split(";")[0]?.split(/=(.*)/s) ?? [];
      return { name, value };
    },
    plan: async ({ encryption, title, soak, runbook }) => {
      const host = await enrolHost(database.pool, `pdx-db-${hosts.length + 1}`);
      const address = `${server.url.replace("http", "ws")}/agent`;
      const staged = playHost(await connectAgent(address, host), encryption);
      hosts.push(staged);
      const reboot = async () => {
        await staged.close();
        hosts.push(playHost(await connectAgent(address, host, { bootId: "boot-2" }), encryption));
      };
      const now = Date.now();
      const { windowId, runId } = Created.parse(
        await people.olga.post("/api/windows", {
          title,
          serviceId: seeded.serviceId,
          type: "routine",
          startsAt: now - 60_000,
          endsAt: now + 8 * 3_600_000,
          zone: "America/Los_Angeles",
          runbookDigest:
            runbook === undefined ? seeded.runbookDigest : await changedRunbook(database.pool, CHANGES[runbook]),
          parameters: {
            service: "SuperSync",
            encryption,
            recovery_recipients: "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z",
            contact_primary: "Priya Raman, priya@example.org, 503 555 0142",
            contact_secondary: "Sam Ortiz, host owner, 503 555 0117",
            decides: "Anna Approver",
            soak: soak ?? "1h",
          },
          hosts: { db: host.hostId },
        }),
      );
      return { ...scene(people, passkeys, staged, windowId, runId), reboot };
    },
    close: async () => {
      for (const host of hosts) await host.close();
      await database.close();
      await seeded.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const CHANGES: Readonly<Record<NonNullable<PlannedScene["runbook"]>, (text: string) => string>> = {
  twoApprovers: (text) => text.replace("atLeast: 1 }\n  expires:", "atLeast: 2 }\n  expires:"),
  besideTheCopy,
};

/** The copy in a branch of its own, and in another one two things that people do meanwhile. */
function besideTheCopy(text: string): string {
  const runbook = parse(text);
  const phase = runbook.phases.find(({ id }: { id: string }) => id === "copy-the-data");
  const byHand = (id: string, title: string, instructions: string) => ({
    ...{ id, title, lasts: "10m", manual: { instructions } },
  });
  const people = [
    byHand("tell-network", "Ask the network team to hold their change", "Ring them, and write down who answered."),
    byHand("ready-desk", "Tell the service desk that the copy is under way", "Their room, or their telephone."),
  ];
  const branches = [
    { title: "Data", steps: phase.steps },
    { title: "People", onFailure: "finishOthers", steps: people },
  ];
  phase.steps = [{ id: "meanwhile", title: "While the data is copied", parallel: branches }];
  return stringify(runbook);
}

async function changedRunbook(pool: Database["pool"], change: (text: string) => string): Promise<string> {
  const text = await readFile(path.join(root, "runbooks/luks-postgres/runbook.yaml"), "utf8");
  const stored = await storeRunbook(withoutKey(pool), change(text), null);
  if (!stored.ok) throw new Error(stored.problems[0]?.message);
  return stored.digest;
}

function scene(
  people: Stage["people"],
  passkeys: Stage["passkeys"],
  host: StagedAgent,
  windowId: string,
  runId: string,
): Omit<Scene, "reboot"> {
  const read = async (): Promise<RunView> => (await people.olga.run(runId)).run;
  const until = async (isThere: (run: RunView) => boolean, withinMs = 30_000): Promise<RunView> => {
    const giveUpAt = performance.now() + withinMs;
    while (performance.now() < giveUpAt) {
      const run = await read();
      if (isThere(run)) return run;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const run = await read();
    throw new Error(
      `never came there; ${run.stateWord} at ${run.currentStepId}: ${JSON.stringify(run.hold)} ${run.log
        .slice(-4)
        .map(({ text }) => text)
        .join(" | ")}`,
    );
  };
  const order = (who: PersonClient, given: Order) => who.order(runId, given);
  const items = (run: RunView) => run.checklist.flatMap((group) => group.items);
  const prepare = async (): Promise<void> => {
    const run = await until((view) => view.secrets.every(({ recipient }) => recipient !== null));
    for (const secret of run.secrets) {
      const holder = secret.holder === "approver" ? people.anna : people.olga;
      await holder.post(`/api/runs/${runId}/secrets`, {
        secret: secret.name,
        recipient: secret.recipient,
        ciphertext: Buffer.from("not opened by anybody here").toString("base64"),
        place: "Team vault, entry 14",
      });
    }
    const wanted = items(run).filter((item) => item.measurable);
    await order(people.olga, { order: "measure", itemIds: wanted.map(({ id }) => StepId.parse(id)) });
    await until((view) => items(view).every((item) => !item.measurable || item.state === "done"));
    await confirmAll({ operator: people.olga, approver: people.anna, support: people.sara }, runId);
  };
  return {
    windowId,
    runId,
    host,
    order,
    prepare,
    approve: async () => {
      await order(people.olga, { order: "askApproval" });
      await people.anna.decide(runId, "go", "GO", passkeys.anna);
    },
    start: () => order(people.oren, { order: "start" }),
    until,
    read,
  };
}
