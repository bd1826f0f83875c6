import { currentStep, wordsForUsers } from "../../domain/announcement/values.ts";
import { forecastOf } from "../../domain/forecast/forecast.ts";
import { RunId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { StatusView, StatusWindow } from "../../protocol/http/status.ts";
import type { PrismaClient } from "../db/prisma.ts";
import type { House } from "../identity/door.ts";

/** How long an ended window stays on the page, and how far ahead a planned one is shown (ms). */
const PAST_MS = 14 * 86_400_000;
const AHEAD_MS = 30 * 86_400_000;

type WindowRow = Awaited<ReturnType<typeof readWindows>>[number];

/** What the public page shows: services with their state, what is going on, what is planned, what is over. Only live runs count. */
export async function viewStatus(house: House): Promise<StatusView> {
  const now = Instant.parse(Date.now());
  const [services, rows] = await Promise.all([
    house.prisma.service.findMany({ orderBy: { name: "asc" } }),
    readWindows(house.prisma, now),
  ]);
  const windows = await Promise.all(rows.map(async (row) => ({ row, window: await presentWindow(house, row, now) })));
  const of = (...states: StatusWindow["state"][]) => windows.filter(({ window }) => states.includes(window.state));
  const current = of("inProgress", "late");
  const planned = of("planned");
  return {
    now,
    services: services.map((service) => {
      const isIn = (list: typeof windows) => list.find(({ row }) => row.serviceId === service.id)?.window;
      const working = isIn(current);
      const next = isIn(planned);
      return {
        slug: service.slug,
        name: service.name,
        state: working ? "maintenance" : next ? "planned" : "operational",
        sentence: working
          ? "Planned maintenance is going on."
          : next
            ? "Works as usual. Maintenance is planned."
            : "Works as usual.",
      };
    }),
    current: current.map(({ window }) => window),
    planned: planned.map(({ window }) => window),
    past: of("done", "undone")
      .map(({ window }) => window)
      .reverse(),
  };
}

function readWindows(prisma: PrismaClient, now: Instant) {
  return prisma.window.findMany({
    where: { endsAt: { gte: new Date(now - PAST_MS) }, startsAt: { lte: new Date(now + AHEAD_MS) } },
    orderBy: { startsAt: "asc" },
    include: {
      service: true,
      runs: {
        where: { kind: "live" },
        orderBy: { createdAt: "desc" },
        take: 1,
        include: {
          announcements: { where: { audience: { in: ["users", "status-page"] } }, orderBy: { publishedAt: "desc" } },
        },
      },
    },
  });
}

async function presentWindow(house: House, row: WindowRow, now: Instant): Promise<StatusWindow> {
  const run = row.runs[0];
  const going = run && isGoingOn(run.stage) ? await goingOn(house, run.id, now) : undefined;
  return {
    // What users know is the service; the title of a window is for the team and may name hosts.
    title: `${row.service.name}: planned maintenance`,
    service: row.service.name,
    state: run ? stateOf(run.stage, run.outcome, row.endsAt.getTime(), now) : "planned",
    startsAt: row.startsAt.getTime(),
    endsAt: row.endsAt.getTime(),
    expectedFrom: going?.forecast.finishP50 ?? null,
    expectedTo: going?.forecast.finishP90 ?? null,
    zone: row.zone,
    forUsers: going?.forUsers ?? null,
    updates: (run?.announcements ?? []).map(({ publishedAt, subject, html }) => ({
      at: publishedAt.getTime(),
      subject,
      html,
    })),
  };
}

function isGoingOn(stage: string): boolean {
  return stage === "running" || stage === "held" || stage === "rollingBack";
}

function stateOf(stage: string, outcome: string | null, endsAt: number, now: number): StatusWindow["state"] {
  if (isGoingOn(stage)) return now > endsAt ? "late" : "inProgress";
  if (stage !== "ended") return "planned";
  return outcome === "completed" ? "done" : "undone";
}

async function goingOn(house: House, runId: string, now: Instant) {
  // A log that can't be trusted takes its own details off the page, not the page away from everyone.
  const run = await house.runs.read(RunId.parse(runId)).catch(() => undefined);
  if (!run) return undefined;
  const step = currentStep(run.plan, run.state);
  return {
    forecast: forecastOf(run.plan, run.state, { now, progress: new Map() }),
    // The words of a forward step say where the work leads; once it is being undone they are not true any more.
    forUsers: run.state.rollback ? "We are going back to how it was before." : step && wordsForUsers(run.plan, step),
  };
}
