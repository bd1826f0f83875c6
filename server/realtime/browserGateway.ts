import type { Server as HttpServer } from "node:http";
import type pg from "pg";
import type { Socket as AnySocket, DefaultEventsMap } from "socket.io";
import { Server } from "socket.io";
import type { RunId, WindowId } from "../../domain/ids.ts";
import { Instant } from "../../domain/time.ts";
import type { BrowserFrame } from "../../protocol/browser.ts";
import type { NoticeListener } from "../db/noticeListener.ts";
import type { Notice } from "../db/notices.ts";
import { runPlaces } from "../db/runPlaces.ts";
import { PUBLIC_ROOM, roomOf, runOf } from "./browserRooms.ts";
import type { LiveHub, Room } from "./hub.ts";
import type { Watcher } from "./presence.ts";
import { createPresence } from "./presence.ts";
import { SLOW_ROOM, watchBacklog } from "./slowBrowsers.ts";

export interface BrowserGatewayParts {
  readonly httpServer: HttpServer;
  readonly pool: pg.Pool;
  readonly hub: LiveHub;
  readonly listener: NoticeListener;
  /** The person of a session cookie; undefined when there is none or it is over. */
  readonly personOf: (headers: Headers) => Promise<Watcher | undefined>;
  /** Where pages come from. A websocket is not bound by the browser's same-origin rule: the server has to ask. */
  readonly origins: readonly string[];
  /** In development Next owns other websockets of the same server. */
  readonly leaveOtherUpgrades: boolean;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** Where browsers listen: read only. */
export interface BrowserGateway {
  close(): Promise<void>;
}

/** The one path of browsers' sockets. */
export const BROWSER_PATH = "/socket.io/";

/** What a browser may say: which room it listens to. The answer is one word. */
interface FromBrowser {
  listen: (wish: unknown, answer: unknown) => void;
  leave: (wish: unknown) => void;
}
interface ToBrowser {
  frame: (frame: BrowserFrame) => void;
}
type BrowserSocket = AnySocket<FromBrowser, ToBrowser, DefaultEventsMap, { person?: Watcher }>;

const CHECK_SESSIONS_EVERY_MS = 60_000;
/** A page listens to a handful; a room costs memory for as long as somebody is in it, whether there is such a run or not. */
const MOST_ROOMS = 50;

/** Makes the gateway on an HTTP server. */
export function createBrowserGateway(parts: BrowserGatewayParts): BrowserGateway {
  const io = new Server<FromBrowser, ToBrowser, DefaultEventsMap, { person?: Watcher }>(parts.httpServer, {
    path: BROWSER_PATH,
    serveClient: false,
    perMessageDeflate: false,
    httpCompression: false,
    destroyUpgrade: !parts.leaveOtherUpgrades,
    maxHttpBufferSize: 4 * 1024,
    pingInterval: 10_000,
    pingTimeout: 8_000,
    allowRequest: (request, answer) => {
      const { origin } = request.headers;
      answer(null, origin === undefined || parts.origins.includes(origin));
    },
  });
  const show = (room: Room, frame: BrowserFrame, volatile: boolean): void => {
    if (volatile) io.to(room).except(SLOW_ROOM).emit("frame", frame);
    else io.to(room).emit("frame", frame);
  };
  const presence = createPresence((runId, people) =>
    show(`run:${runId}`, { type: "present", runId, people: [...people] }, false),
  );
  const unsubscribeHub = parts.hub.subscribe(show);
  const unsubscribeNotices = subscribeToNotices(parts, show, () =>
    [...io.sockets.adapter.rooms.keys()].map(runOf).filter((run) => run !== undefined),
  );

  io.use((socket, next) => {
    parts.personOf(headersOf(socket)).then(
      (person) => {
        if (person) socket.data.person = person;
        next();
      },
      (error: unknown) => {
        parts.log(`a browser's session could not be read: ${String(error)}`);
        next(new Error("session"));
      },
    );
  });
  io.on("connection", (socket) => {
    watchBacklog(socket);
    socket.on("listen", (wish, answer) => {
      const reply = (word: "ok" | "notUnderstood" | "signIn"): void => {
        if (typeof answer === "function") answer(word);
      };
      const room = roomOf(wish);
      if (!room) return reply("notUnderstood");
      const { person } = socket.data;
      if (room !== PUBLIC_ROOM && !person) return reply("signIn");
      if (socket.rooms.size >= MOST_ROOMS && !socket.rooms.has(room)) return reply("notUnderstood");
      void socket.join(room);
      const runId = runOf(room);
      if (runId && person) presence.enter(runId, socket.id, person);
      reply("ok");
    });
    socket.on("leave", (wish) => {
      const room = roomOf(wish);
      if (!room) return;
      void socket.leave(room);
      const runId = runOf(room);
      if (runId) presence.leave(runId, socket.id);
    });
    socket.on("disconnect", () => presence.gone(socket.id));
  });

  // Sessions end and roles change while a page stays open.
  const checking = setInterval(() => {
    for (const socket of io.sockets.sockets.values()) {
      if (!socket.data.person) continue;
      parts.personOf(headersOf(socket)).then(
        (person) => person ?? socket.disconnect(true),
        () => {}, // the database is away: the next look decides
      );
    }
  }, CHECK_SESSIONS_EVERY_MS);

  return {
    async close() {
      clearInterval(checking);
      unsubscribeHub();
      unsubscribeNotices();
      presence.close();
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}

/** Turns notices of all processes into frames. After a gap in the notices everyone is told where each run stands. */
function subscribeToNotices(
  parts: BrowserGatewayParts,
  show: (room: Room, frame: BrowserFrame, volatile: boolean) => void,
  watchedRuns: () => RunId[],
): () => void {
  const windows = new Map<RunId, WindowId>();
  const tellRun = (runId: RunId, windowId: WindowId, seq: number): void => {
    const frame = { type: "runChanged", runId, windowId, seq } as const;
    for (const room of [`run:${runId}`, "windows"] as const) show(room, frame, false);
    // The public hears that something changed, and no id of anything.
    show(PUBLIC_ROOM, { type: "windowsChanged" }, false);
  };
  const tellFromTables = async (runIds: readonly RunId[], atLeast = 0): Promise<void> => {
    for (const { runId, windowId, seq } of await runPlaces(parts.pool, runIds)) {
      windows.set(runId, windowId);
      tellRun(runId, windowId, Math.max(seq, atLeast));
    }
  };
  const tellWindows = (): void => {
    for (const room of ["windows", PUBLIC_ROOM] as const) show(room, { type: "windowsChanged" }, false);
  };
  const hear = async (notice: Notice | undefined): Promise<void> => {
    switch (notice?.about) {
      case undefined:
        tellWindows();
        return tellFromTables(watchedRuns());
      case "run": {
        const windowId = windows.get(notice.runId);
        return windowId ? tellRun(notice.runId, windowId, notice.seq) : tellFromTables([notice.runId], notice.seq);
      }
      case "windows":
        return tellWindows();
      case "link": {
        const { hostId, connected } = notice;
        const at = Instant.parse(parts.now());
        for (const room of [`host:${hostId}`, "windows"] as const) {
          show(room, { type: "hostChanged", hostId, connected, at }, false);
        }
        return;
      }
      case "inputs":
      case "host":
        return;
      default:
        return notice satisfies never;
    }
  };
  return parts.listener.subscribe((notice) => {
    hear(notice).catch((error: unknown) => parts.log(`browsers were not told: ${String(error)}`));
  });
}

/** Of a handshake's headers only the cookie is looked at. */
function headersOf(socket: BrowserSocket): Headers {
  const { cookie } = socket.handshake.headers;
  return new Headers(cookie === undefined ? {} : { cookie });
}
