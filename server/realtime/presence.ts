import type { RunId } from "../../domain/ids.ts";

/** A person who watches. */
export interface Watcher {
  readonly userId: string;
  readonly name: string;
  readonly role: string;
}

/** Who watches which run, over how many sockets whatever. */
export interface Presence {
  enter(runId: RunId, socketId: string, person: Watcher): void;
  leave(runId: RunId, socketId: string): void;
  /** The socket is gone, from every run. */
  gone(socketId: string): void;
  close(): void;
}

/** A thousand people who come in one second are told of each other four times, not a thousand times. */
const TELL_EVERY_MS = 250;
const MOST_SHOWN = 200;

/** Makes the list; `tell` is called with the people of a run after they changed. */
export function createPresence(tell: (runId: RunId, people: readonly Watcher[]) => void): Presence {
  const runs = new Map<RunId, Map<string, Watcher>>();
  const told = new Map<RunId, string>();
  const timers = new Map<RunId, NodeJS.Timeout>();

  const tellNow = (runId: RunId): void => {
    timers.delete(runId);
    const bySocket = runs.get(runId);
    const people = [...new Map([...(bySocket?.values() ?? [])].map((person) => [person.userId, person])).values()];
    const text = people.map((person) => person.userId).join(" ");
    if (bySocket?.size === 0) {
      runs.delete(runId);
      told.delete(runId);
    } else if (told.get(runId) !== text) {
      told.set(runId, text);
      tell(runId, people.slice(0, MOST_SHOWN));
    }
  };
  const tellSoon = (runId: RunId): void => {
    if (!timers.has(runId))
      timers.set(
        runId,
        setTimeout(() => tellNow(runId), TELL_EVERY_MS),
      );
  };

  return {
    enter(runId, socketId, person) {
      const bySocket = runs.get(runId) ?? new Map<string, Watcher>();
      runs.set(runId, bySocket);
      // Just what everyone may see: the session's person has an e-mail address too, and the frame's schema refuses more.
      bySocket.set(socketId, { userId: person.userId, name: person.name, role: person.role });
      // The newcomer has heard nothing yet, even where the list is the same.
      told.delete(runId);
      tellSoon(runId);
    },
    leave(runId, socketId) {
      if (runs.get(runId)?.delete(socketId)) tellSoon(runId);
    },
    gone(socketId) {
      for (const [runId, bySocket] of runs) if (bySocket.delete(socketId)) tellSoon(runId);
    },
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
