import { HostId, RunId } from "../../domain/ids.ts";
import { Listen } from "../../protocol/browser.ts";
import type { Room } from "./hub.ts";

/** What anyone may hear without signing in: that something on the status page changed. */
export const PUBLIC_ROOM: Room = "status";

/** The room that a browser asks for, its id checked; undefined where there is none of that name. */
export function roomOf(wish: unknown): Room | undefined {
  const asked = Listen.safeParse(wish);
  if (!asked.success) return undefined;
  const { room } = asked.data;
  if (room === "windows" || room === "status") return room;
  const id = room.slice(room.indexOf(":") + 1);
  const run = RunId.safeParse(id);
  if (room.startsWith("run:") && run.success) return `run:${run.data}`;
  const host = HostId.safeParse(id);
  return room.startsWith("host:") && host.success ? `host:${host.data}` : undefined;
}

/** The run of a run's room. */
export function runOf(room: string): RunId | undefined {
  const run = RunId.safeParse(room.startsWith("run:") ? room.slice("run:".length) : undefined);
  return run.success ? run.data : undefined;
}
