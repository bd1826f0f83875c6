import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { StepId } from "../../domain/ids.ts";
import { awaitAnswer, writeOrder } from "../../server/db/inputs.ts";
import { SAMPLE } from "../support/sampleRun.ts";
import { SHORT, useHouses } from "../support/useHouses.ts";

const all = useHouses();

describe("more than one engine", () => {
  test("two engines on one database: each run has one owner, and every order one answer", async () => {
    await all.house();
    await all.house();
    const runs = await Promise.all(Array.from({ length: 6 }, () => all.sampleOn()));
    await Promise.all(
      runs.flatMap(({ drive }) =>
        Array.from({ length: 5 }, (_, index) => drive.order({ order: "writeNote", text: `note ${index}` })),
      ),
    );
    for (const { drive } of runs) {
      const notes = (await drive.types()).filter((type) => type === "noteWritten");
      expect(notes).toHaveLength(5);
    }
  });

  test("when the owner falls silent another engine goes on within twice the lease, and the old one can't write any more", async () => {
    const leaseMs = 900;
    await all.house({ leaseMs });
    const { drive, runId } = await all.sampleOn();
    await drive.order({ order: "writeNote", text: "first" });
    const { pool } = all.database.db;
    // The owner is made deaf: the lease is somebody's who never renews it, as after a kill.
    await pool.query(
      `update run set lease_owner = 'dead', lease_fence = lease_fence + 1,
       leased_until = clock_timestamp() + interval '900 milliseconds' where id = $1`,
      [runId],
    );
    const since = performance.now();
    const actor = { userId: "olga", role: "operator", groups: [] };
    const inputId = await writeOrder(pool, { runId, order: { order: "writeNote", text: "second" }, actor });
    expect(await awaitAnswer(pool, inputId, 5_000)).toMatchObject({ accepted: true });
    expect(performance.now() - since).toBeLessThan(2 * leaseMs);
    expect((await drive.types()).filter((type) => type === "noteWritten")).toHaveLength(2);
  });

  test("a timer that is set by one process is fired by another, after all of them were down", async () => {
    const first = await all.house();
    const { host, drive } = await all.sampleOn({
      ...SHORT,
      phases: [
        { id: "only", title: "Only", steps: [{ id: "soak", title: "Watch it", lasts: "1s", wait: { for: "1s" } }] },
      ],
      triggers: [],
      probes: {},
      rollback: { steps: [] },
      announcements: SAMPLE.announcements.slice(0, 1),
      secrets: {},
    });
    await drive.approve(await all.connect(first.agentUrl, host), all.anna());
    await drive.order({ order: "start" });
    expect((await drive.state()).steps[StepId.parse("soak")]?.stage).toBe("waiting");
    await all.end(first);
    await sleep(1_200);
    expect((await drive.state()).stage).toBe("running");
    await all.house();
    expect((await drive.reaches((state) => state.stage === "ended")).outcome).toBe("completed");
  });

  test("an ended run is held by nobody, and is taken again when somebody signs it off", async () => {
    await all.house();
    const { drive, runId } = await all.sampleOn();
    await drive.order({ order: "abandon", reason: "Another night." });
    const { pool } = all.database.db;
    const isHeld = async () =>
      (await pool.query("select leased_until from run where id = $1", [runId])).rows[0].leased_until !== null;
    await expect.poll(isHeld, { timeout: 5_000 }).toBe(false);
    expect(await drive.order({ order: "writeNote", text: "for the record" })).toMatchObject({ accepted: true });
    await expect.poll(isHeld, { timeout: 5_000 }).toBe(false);
  });

  test("an engine that ends gives its runs back at once", async () => {
    const first = await all.house({ leaseMs: 60_000 });
    const { drive } = await all.sampleOn();
    await drive.order({ order: "writeNote", text: "first" });
    await all.house({ leaseMs: 1_500 });
    await all.end(first);
    const since = performance.now();
    await drive.order({ order: "writeNote", text: "second" });
    expect(performance.now() - since).toBeLessThan(2_000);
  });
});
