import type { RunId } from "../../domain/ids.ts";
import { Role } from "../../domain/run/actor.ts";
import { namesIn } from "../../domain/run/names.ts";
import { Instant } from "../../domain/time.ts";
import { Progress } from "../../protocol/agent.ts";
import type { RunView } from "../../protocol/http/runs.ts";
import { WindowType } from "../../protocol/http/windows.ts";
import { connectedHosts } from "../db/hostLinks.ts";
import type { House } from "../identity/door.ts";
import { presentRun } from "./present/runView.ts";
import type { Subject } from "./present/subject.ts";

/** The view of a run, or undefined when there is none. */
export async function viewRun(house: House, runId: RunId): Promise<RunView | undefined> {
  const subject = await readSubject(house, runId);
  return subject && presentRun(subject);
}

/** True where there is a run of that id. */
export async function isRun({ prisma }: House, runId: RunId): Promise<boolean> {
  return (await prisma.run.count({ where: { id: runId } })) === 1;
}

/** Reads everything that is presented of one run. */
export async function readSubject(house: House, runId: RunId): Promise<Subject | undefined> {
  const run = await house.runs.read(runId);
  if (!run) return undefined;
  const { prisma, pool } = house;
  const [events, window, people, hosts, connected, tasks, runKeys, sent] = await Promise.all([
    house.logs.read(runId),
    prisma.window.findUniqueOrThrow({ where: { id: run.state.windowId }, include: { service: true } }),
    prisma.user.findMany({ select: { id: true, name: true, role: true, groups: true } }),
    prisma.host.findMany({ where: { id: { in: Object.values(run.state.hosts).map(({ hostId }) => hostId) } } }),
    connectedHosts(pool),
    prisma.task.findMany({
      where: { runId, progressAt: { not: null } },
      select: { taskId: true, progress: true, progressAt: true },
    }),
    prisma.runKey.findMany({ where: { runId } }),
    prisma.sentAnnouncement.findMany({ where: { runId }, orderBy: { seq: "asc" } }),
  ]);
  const nameOf = new Map(people.map((person) => [person.id, person.name]));
  return {
    ...run,
    now: Instant.parse(Date.now()),
    events: events.filter(({ seq }) => seq <= run.head.seq),
    window: {
      id: window.id,
      title: window.title,
      type: WindowType.parse(window.type),
      zone: window.zone,
      startsAt: window.startsAt.getTime(),
      endsAt: window.endsAt.getTime(),
      service: { slug: window.service.slug, name: window.service.name },
    },
    people: people.map((person) => ({
      userId: person.id,
      name: person.name,
      role: Role.catch("viewer").parse(person.role),
      groups: person.groups,
    })),
    hosts: Object.entries(run.state.hosts).map(([role, { hostId }]) => {
      const host = hosts.find(({ id }) => id === hostId);
      return {
        role,
        hostId,
        name: host?.name ?? "a removed host",
        fingerprint: host?.fingerprint ?? "0".repeat(64),
        publicKey: host?.publicKey ?? null,
        connected: connected.has(hostId),
        lastSeenAt: host?.lastSeenAt?.getTime() ?? null,
      };
    }),
    progress: new Map(
      tasks.flatMap((task) => {
        const progress = Progress.safeParse(task.progress);
        return progress.success
          ? [[task.taskId, { at: Number(task.progressAt), progress: progress.data }] as const]
          : [];
      }),
    ),
    runKeys: new Map(runKeys.map((key) => [key.hostId, { recipient: key.recipient, signature: key.signature }])),
    sent: sent.map((one) => ({ announcementId: one.announcementId, publishedAt: one.publishedAt.getTime() })),
    names: {
      ...namesIn(run.plan),
      person: (userId) => nameOf.get(userId) ?? "a former member",
      host: (hostId) => hosts.find(({ id }) => id === hostId)?.name ?? "a removed host",
    },
  };
}
