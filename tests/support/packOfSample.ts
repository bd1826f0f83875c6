import { canonicalJson } from "../../domain/canonicalJson.ts";
import { HostRole, UserId } from "../../domain/ids.ts";
import { EMPTY_HEAD, linkText } from "../../domain/run/chain.ts";
import type { LoggedEvent } from "../../domain/run/events.ts";
import type { PackAbout } from "../../protocol/runPack.ts";
import type { SampleRun } from "./sampleRun.ts";
import { HOST, sha256 } from "./sampleRun.ts";

/** The log of a sample run with its chain, as the server would have stored it. */
export function chained(run: SampleRun): LoggedEvent[] {
  let prevHash = EMPTY_HEAD.hash;
  return run.log.map(({ seq, at, event }) => {
    const hash = sha256(linkText({ runId: run.state.runId, seq, at, prevHash }, canonicalJson(event)));
    const logged = { seq, at, event, prevHash, hash };
    prevHash = hash;
    return logged;
  });
}

/** What stands beside the log in a pack of the sample. The approver of most tests has a name that is no word of HTML. */
export function besideSample(run: SampleRun): { about: PackAbout; secrets: [] } {
  const person = (userId: string, name: string, role: "operator" | "approver", groups: string[] = []) => ({
    ...{ userId: UserId.parse(userId), name, role, groups },
  });
  return {
    about: {
      runbookText: run.plan.text,
      window: { title: "Move <the> directory", service: "Orders", zone: "Europe/Berlin" },
      hosts: [{ role: HostRole.parse("db"), hostId: HOST, name: "pdx-db-1" }],
      people: [person("operator", "Olga", "operator"), person("anna", "Anna & Co", "approver", ["approvers"])],
    },
    secrets: [],
  };
}
