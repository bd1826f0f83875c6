import { Digest, RunId, UserId } from "../../domain/ids.ts";
import type { Actor } from "../../domain/run/actor.ts";
import { Instant, parseDuration } from "../../domain/time.ts";
import type { HomeView, WaitView } from "../../protocol/http/home.ts";
import type { HostView } from "../../protocol/http/hosts.ts";
import type { WindowLine } from "../../protocol/http/windows.ts";
import { listHosts } from "../hosts/queries.ts";
import type { SignedIn } from "../identity/actor.ts";
import type { House } from "../identity/door.ts";
import { viewRun } from "../runs/queries.ts";
import { listWindows } from "../windows/queries.ts";
import { presentOnNow } from "./present.ts";
import { waitsOf } from "./waits.ts";

const DAY_MS = 86_400_000;
/** How long a run that nobody signed off is asked about (ms). */
const SIGN_OFF_MS = 14 * DAY_MS;
/** What is due later is shown so long ahead, and a day after it was due (ms). */
const DUE_AHEAD_MS = 35 * DAY_MS;
const NEXT_SHOWN = 6;
const DUE_SHOWN = 8;

const NOT_BEGUN: ReadonlySet<string> = new Set(["Preparing", "Waiting at gate", "Ready"]);
const GOING_ON: ReadonlySet<string> = new Set(["running", "held", "rollingBack"]);

/** The home page of one person: what waits for them, what is on, what comes next. Every run is folded once, and remembered. */
export async function viewHome(house: House, person: SignedIn): Promise<HomeView> {
  const now = Instant.parse(Date.now());
  const [windows, hosts, runs, people] = await Promise.all([
    listWindows(house.prisma),
    listHosts(house),
    readRuns(house, now),
    house.prisma.user.findMany({ select: { id: true, name: true } }),
  ]);
  const nameOf = new Map(people.map(({ id, name }) => [id, name]));
  const actor: Actor = { userId: UserId.parse(person.userId), roles: new Set([person.role]), groups: person.groups };
  const waits = (
    await Promise.all(
      runs.map(async ({ id, window }): Promise<readonly WaitView[]> => {
        // A run whose log can't be trusted says so on its own page; the others' waits must not vanish with it.
        const run = await house.runs.read(RunId.parse(id)).catch(() => undefined);
        if (!run) return [];
        const named = (userId: string): string => nameOf.get(userId) ?? "a former member";
        return waitsOf({ ...run, now, actor, window, nameOf: named });
      }),
    )
  ).flat();
  const going = runs.filter(({ stage }) => GOING_ON.has(stage));
  const views = await Promise.all(going.map(({ id }) => viewRun(house, RunId.parse(id)).catch(() => undefined)));
  return {
    now,
    waits: waits.toSorted((a, b) => URGENCY.indexOf(a.kind) - URGENCY.indexOf(b.kind)),
    on: views.flatMap((view) => (view ? [presentOnNow(view, waits)] : [])),
    next: windows
      .filter(({ stateWord, endsAt }) => NOT_BEGUN.has(stateWord) && endsAt > now)
      .toSorted((a, b) => a.startsAt - b.startsAt)
      .slice(0, NEXT_SHOWN),
    calendar: windows.filter(({ startsAt }) => Math.abs(startsAt - now) < 62 * DAY_MS),
    due: await listDue(house, now),
    hosts: presentHosts(hosts, windows),
  };
}

const URGENCY: readonly WaitView["kind"][] = [
  "decide",
  "silence",
  "poll",
  "held",
  "manual",
  "start",
  "rollbackReason",
  "askApproval",
  "prepare",
  "complete",
];

/** Runs that are not over, and those that ended lately: they may wait for a sign-off. */
function readRuns({ prisma }: House, now: Instant) {
  return prisma.run.findMany({
    where: { OR: [{ stage: { not: "ended" } }, { endedAt: { gte: new Date(now - SIGN_OFF_MS) } }] },
    orderBy: { window: { startsAt: "asc" } },
    take: 200,
    select: { id: true, stage: true, window: { select: { id: true, title: true, zone: true } } },
  });
}

/** What completed windows ask for in the weeks after them, soonest first. */
async function listDue(house: House, now: Instant): Promise<HomeView["due"]> {
  const ended = await house.prisma.run.findMany({
    where: { kind: "live", outcome: "completed", endedAt: { gte: new Date(now - DUE_AHEAD_MS) } },
    take: 50,
    select: {
      id: true,
      endedAt: true,
      window: { select: { id: true, title: true, zone: true, runbookDigest: true } },
    },
  });
  const lists = await Promise.all(
    ended.map(async ({ endedAt, window }) => {
      // As with the waits above: one that can't be read must not take the others away.
      const plan = await house.runs.plan(Digest.parse(window.runbookDigest)).catch(() => undefined);
      return (plan?.runbook.afterwards ?? []).map(({ id, title, kind, due }) => ({
        id: `${window.id} ${id}`,
        windowId: window.id,
        window: window.title,
        title,
        kind,
        dueAt: (endedAt?.getTime() ?? now) + (parseDuration(due) ?? 0),
        zone: window.zone,
      }));
    }),
  );
  return lists
    .flat()
    .filter(({ dueAt }) => dueAt > now - DAY_MS && dueAt < now + DUE_AHEAD_MS)
    .toSorted((a, b) => a.dueAt - b.dueAt)
    .slice(0, DUE_SHOWN);
}

function presentHosts(hosts: readonly HostView[], windows: readonly WindowLine[]): HomeView["hosts"] {
  const startOf = new Map(windows.map(({ windowId, startsAt, zone }) => [windowId, { at: startsAt, zone }]));
  const away = hosts.filter(({ connected }) => !connected);
  return {
    total: hosts.length,
    connected: hosts.length - away.length,
    away: away.map(({ hostId, name, lastSeenAt, openWindows }) => ({
      hostId,
      name,
      lastSeenAt,
      needed:
        openWindows
          .flatMap(({ windowId }) => startOf.get(windowId) ?? [])
          .toSorted((a, b) => a.at - b.at)
          .at(0) ?? null,
    })),
  };
}
