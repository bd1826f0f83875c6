"use client";

import type { ReactNode } from "react";
import { createContext, use, useEffect, useEffectEvent, useState, useSyncExternalStore } from "react";
import type { BrowserFrame } from "../../../protocol/browser.ts";
import type { Connection } from "../../shell/connection.ts";
import { onTick, shownNowMs } from "../../ui/clock.ts";
import type { LiveFeed } from "./liveFeed.ts";
import { createLiveFeed } from "./liveFeed.ts";

const FeedContext = createContext<LiveFeed | undefined>(undefined);

const loadSocket = async () => (await import("./openSocket.ts")).openSocket;

function useFeed(): LiveFeed {
  const feed = use(FeedContext);
  if (!feed) throw new Error("Live news need a LiveProvider above them");
  return feed;
}

/** Opens the page's one line to the server, and keeps it open as long as it is mounted. */
export function LiveProvider(props: { children: ReactNode }) {
  const [feed] = useState(() => createLiveFeed(loadSocket, shownNowMs));
  useEffect(() => {
    // The clock ticks only while somebody looks at it, and "last known" is read from it.
    const stopClock = onTick(() => undefined);
    const stopFeed = feed.start();
    return () => {
      stopFeed();
      stopClock();
    };
  }, [feed]);
  return <FeedContext value={feed}>{props.children}</FeedContext>;
}

const CONNECTING: Connection = { state: "connecting" };

/** How the page's line to the server is, for the shell; `tryNow` does not wait for the next try. */
export function useConnection(): { readonly connection: Connection; readonly tryNow: () => void } {
  const feed = useFeed();
  const connection = useSyncExternalStore(feed.onConnection, feed.connection, () => CONNECTING);
  return { connection, tryNow: feed.tryNow };
}

/**
 * Hears a room for as long as the component is mounted. What a frame is heard by is the newest rendering's function; a new one
 * does not leave the room.
 * @param room `run:<id>`, `host:<id>`, `windows`, `status`; undefined listens to nothing
 * @param onReturn the line is back: read again what may have changed meanwhile
 */
export function useRoom(room: string | undefined, onFrame: (frame: BrowserFrame) => void, onReturn: () => void): void {
  const feed = useFeed();
  const hear = useEffectEvent(onFrame);
  const readAgain = useEffectEvent(onReturn);
  useEffect(
    () =>
      room === undefined
        ? undefined
        : feed.listen(room, { onFrame: (frame) => hear(frame), onReturn: () => readAgain() }),
    [feed, room],
  );
}
