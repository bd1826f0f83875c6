import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../../agent/approval/ownReading.ts";
import { loadIdentity } from "../../../agent/identity.ts";
import { loadWords } from "../../../agent/words.ts";
import { statementText } from "../../../domain/decision/digests.ts";
import { TaskId } from "../../../domain/ids.ts";
import { makeSshKey } from "../../support/sshKeys.ts";
import { decidedWindow, person } from "./support/decided.ts";
import { orderFor } from "./support/host.ts";
import { host, server, useServerAndHost } from "./support/serverAndHost.ts";

const wordsOf = await loadWords();

useServerAndHost();

const refusals = () => server.frames.flatMap((frame) => (frame.type === "taskRefused" ? [frame.failure] : []));

describe("a real agent that gets an order which changes its host", () => {
  test("computes it again from the signed text and its own measurement, shows the decision, and refuses all else", async () => {
    const anna = person("anna");
    mkdirSync(join(host.room, "old"));
    await host.enrolAt(server.url, server.token());
    const { fingerprint } = loadIdentity(host.stateDir)!;
    const parameters = { source: join(host.room, "old"), target: join(host.room, "new") };
    const window = decidedWindow({ fingerprint, parameters });
    const key = makeSshKey(host.base, "anna");
    const pinned = { user: anna.user, groups: ["approvers"], sshKey: key.publicKey, software: true };
    host.configure({ approvers: [anna.pin, pinned] });
    const first = await host.start();
    await server.until("the agent is connected", () => server.isConnected);
    const go = window.sign(anna);
    const authority = window.authority([go]);
    const order = (step: string, action: string, args: object) =>
      orderFor(action, { ...args }, { taskId: TaskId.parse(`${window.runId}.${step}`), authority });
    const copy = { from: parameters.source, to: parameters.target, maxKiBps: 70 };

    const tooEarly = order("copy.1", "files.copy", copy);
    server.send(tooEarly);
    await server.until("nothing is known of the source yet", () => refusals().length === 1);
    expect(refusals()[0]?.message).toMatch(/can't be computed from what this host knows itself/);

    const measure = order("list.1", "files.manifest", { path: parameters.source });
    server.send(measure);
    await server.until("it is measured", () => server.reports.has(measure.order.taskId));

    const decided = order("copy.2", "files.copy", copy);
    server.send(decided);
    await server.until("it is carried out", () => server.reports.has(decided.order.taskId));
    expect(server.reports.get(decided.order.taskId)![0]).toMatchObject({ outcome: "succeeded" });
    const status = await host.cli("status");
    expect(status.out).toContain(`decision  GO at go by anna: ${wordsOf(sha256(statementText(go.statement)))}`);

    // What was measured is remembered by the journal and not by the process.
    await first.kill();
    await host.start();
    await server.until("the agent is back", () => server.hellos.length === 2 && server.isConnected);
    // This time on a GO by her SSH key, which the host's own ssh-keygen checks.
    const statement = window.statement(anna);
    const bySsh = { kind: "ssh", publicKey: key.publicKey, signature: key.sign(statementText(statement)) } as const;
    const again = {
      ...order("copy.3", "files.copy", copy),
      authority: window.authority([{ statement, signature: bySsh }]),
    };
    server.send(again);
    await server.until("it is carried out", () => server.reports.has(again.order.taskId));
    expect((await host.cli("status")).out).toContain(`GO at go by anna: ${wordsOf(sha256(statementText(statement)))}`);

    server.send(order("copy.4", "files.copy", { ...copy, to: join(host.room, "elsewhere") }));
    await server.until("it is refused", () => refusals().length === 2);
    expect(refusals()[1]).toMatchObject({ code: "notAuthorised", message: expect.stringContaining("Argument to is") });
  });
});
