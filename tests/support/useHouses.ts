import { randomUUID } from "node:crypto";
import { afterEach, beforeAll } from "vitest";
import type { SoftwarePasskey } from "../../scripts/demo/softwarePasskey.ts";
import { prepareJobs } from "../../server/engine/prepareJobs.ts";
import { useTestDatabase } from "./database.ts";
import { driveRun } from "./drivenRun.ts";
import type { FakeAgent, FakeHost, Hello } from "./fakeAgent.ts";
import { connectAgent, enrolHost } from "./fakeAgent.ts";
import type { TestHouse } from "./house.ts";
import { addPerson, startHouse } from "./house.ts";
import { makeSampleRun } from "./runRows.ts";
import { SAMPLE } from "./sampleRun.ts";

/** The sample without its ten minutes of watching at the end. */
export const SHORT = {
  ...SAMPLE,
  phases: SAMPLE.phases.map((phase) => ({
    ...phase,
    steps: phase.steps.map((step) => ("wait" in step ? { ...step, wait: { for: "1s" } } : step)),
  })),
};

/** For a test file about the engine: a database, Anna who approves, and processes (engine and gateways) that are ended after each test. */
export function useHouses() {
  const database = useTestDatabase(8);
  const houses = new Set<TestHouse>();
  const agents: FakeAgent[] = [];
  const people: { anna?: SoftwarePasskey } = {};
  beforeAll(async () => {
    await prepareJobs(database.ownerUrl, "slackwater_app");
    people.anna = await addPerson(database.db.pool, "anna", "approver");
  });
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.cut();
    for (const house of houses) await house.close();
    houses.clear();
    // What one test leaves open is no work for the engines of the next.
    await database.db.pool.query("update run set stage = 'ended', leased_until = null");
    await database.db.pool.query("update run_input set answered_at = now() where answered_at is null");
  });
  return {
    database,
    anna(): SoftwarePasskey {
      if (!people.anna) throw new Error("Anna is there only inside hooks and tests");
      return people.anna;
    },
    async house(options: Parameters<typeof startHouse>[1] = {}): Promise<TestHouse> {
      const started = await startHouse(database.appUrl, options);
      houses.add(started);
      return started;
    },
    async end(house: TestHouse): Promise<void> {
      houses.delete(house);
      await house.close();
    },
    async connect(url: string, host: FakeHost, hello: Hello = {}): Promise<FakeAgent> {
      const agent = await connectAgent(url, host, hello);
      agents.push(agent);
      return agent;
    },
    /** A run of a runbook (the sample unless another is given) on a host that is enrolled. */
    async sampleOn(runbook?: object) {
      const { pool } = database.db;
      const host = await enrolHost(pool, `host-${randomUUID().slice(0, 8)}`);
      const run = await makeSampleRun(pool, host, runbook);
      return { ...run, host, drive: driveRun(pool, run.runId) };
    },
  };
}
