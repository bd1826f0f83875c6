import type { Role } from "../../domain/run/actor.ts";
import { namesIn } from "../../domain/run/names.ts";
import type { Progress } from "../../protocol/agent.ts";
import type { RunReader, RunView } from "../../protocol/http/runs.ts";
import { presentRun } from "../../server/runs/present/runView.ts";
import { readerOf } from "../../server/runs/reader.ts";
import type { SampleRun } from "./sampleRun.ts";
import { HOST, sha256 } from "./sampleRun.ts";

const PEOPLE = [
  { userId: "owner", name: "Olga", role: "operator", groups: ["approvers"] },
  { userId: "operator", name: "Oren", role: "operator", groups: [] },
  { userId: "anna", name: "Anna", role: "approver", groups: ["approvers"] },
  { userId: "ben", name: "Ben", role: "approver", groups: ["approvers"] },
  { userId: "carl", name: "Carl", role: "approver", groups: ["others"] },
] as const;

/** The view of a sample run as the server would present it now: the same presenters over the same fold. */
export function viewOf(
  run: SampleRun,
  progress: ReadonlyMap<string, { at: number; progress: Progress }> = new Map(),
): RunView {
  const named = (id: string): string => PEOPLE.find(({ userId }) => userId === id)?.name ?? id;
  return presentRun({
    state: run.state,
    plan: run.plan,
    head: { seq: run.state.seq, hash: sha256("head") },
    now: run.now,
    events: run.log.map((placed) => ({ ...placed, prevHash: sha256("before"), hash: sha256(String(placed.seq)) })),
    window: {
      id: run.state.windowId,
      title: "Move the directory",
      type: "routine",
      zone: "Europe/Berlin",
      startsAt: run.state.windowStartsAt,
      endsAt: run.state.windowEndsAt,
      service: { slug: "notes", name: "Notes" },
    },
    people: PEOPLE,
    hosts: [
      {
        role: "db",
        hostId: HOST,
        name: "db-1",
        fingerprint: sha256("key"),
        publicKey: null,
        connected: true,
        lastSeenAt: null,
      },
    ],
    progress,
    runKeys: new Map(),
    sent: [],
    names: { ...namesIn(run.plan), person: named, host: () => "db-1" },
  });
}

/** What a person with a role may do with a run, as the server says it. */
export function readerFor(view: RunView, role: Role, userId: string = role): RunReader {
  return readerOf(view, { userId, name: userId, email: `${userId}@example.org`, role, groups: [] });
}
