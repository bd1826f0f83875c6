"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { formatDayTime, isoInstant, zoneName } from "../../domain/format/time.ts";
import type { BrowserFrame } from "../../protocol/browser.ts";
import type { HomeView } from "../../protocol/http/home.ts";
import type { Me } from "../../protocol/http/identity.ts";
import { getJson } from "../data/apiClient.ts";
import { useRoom } from "../data/live/LiveProvider.tsx";
import { queryKeys } from "../data/queryKeys.ts";
import { useMe } from "../data/useMe.ts";
import { maySubmit } from "../runbooks/maySubmit.ts";
import { Page } from "../shell/Page.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Note } from "../ui/Note.tsx";
import { useNow } from "../ui/Now.tsx";
import { CalendarCard } from "./CalendarCard.tsx";
import { OnNowCard } from "./OnNowCard.tsx";
import { AwayCard, DueCard, NextCard } from "./SideCards.tsx";
import { createSlowReader } from "./slowReader.ts";
import { useReaderZone } from "./useReaderZone.ts";
import { WaitsCard } from "./WaitsCard.tsx";

/** A run that goes on changes several times a second; the home page is read again once in so long (ms). */
const READ_EVERY_MS = 1_500;

/** Home: what waits for the reader, what is on, what comes next. Its title is the count. */
export function HomePage(props: { me: Me; home: HomeView }) {
  const me = useMe(props.me);
  const client = useQueryClient();
  const { data: home, error } = useQuery({
    queryKey: queryKeys.home,
    queryFn: ({ signal }) => getJson<HomeView>("/api/home", signal),
    initialData: props.home,
    // Facts go stale and gates expire without a word: once a minute it is read anyway.
    refetchInterval: 60_000,
  });
  const [reader] = useState(() =>
    createSlowReader(() => client.refetchQueries({ queryKey: queryKeys.home }), READ_EVERY_MS),
  );
  useEffect(() => reader.stop, [reader]);
  const onFrame = (frame: BrowserFrame): void => {
    if (frame.type === "runChanged" || frame.type === "windowsChanged" || frame.type === "hostChanged") reader.read();
  };
  useRoom("windows", onFrame, reader.read);
  const mayPlan = maySubmit(me.role);
  return (
    <Page width="home">
      <PageTitle title={titleOf(home.waits.length)} aside={<NowWords />} className="items-baseline" />
      {error !== null && (
        <Note tone="ask" className="mt-4">
          This could not be read again. It is what the page knew before.
        </Note>
      )}
      {me.role === "approver" && me.passkeys.length === 0 && me.sshKeys.length === 0 && (
        <Note tone="ask" className="mt-4" title="You have no passkey, and so you can't sign GO or NO-GO">
          <p>
            Add one under <a href="/account">Account</a>, on the device that you will decide with.
          </p>
        </Note>
      )}
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)_22.5rem] items-start gap-4 narrow:grid-cols-1">
        <div className="grid min-w-0 gap-4">
          <WaitsCard waits={home.waits} now={home.now} />
          {home.on.map((run) => (
            <OnNowCard key={run.windowId} run={run} />
          ))}
          <NextCard windows={home.next} mayPlan={mayPlan} />
        </div>
        <div className="grid min-w-0 gap-4">
          <CalendarCard now={home.now} windows={home.calendar} />
          <DueCard due={home.due} />
          <AwayCard hosts={home.hosts} />
        </div>
      </div>
    </Page>
  );
}

function titleOf(count: number): string {
  if (count === 0) return "Nothing waits for you";
  return count === 1 ? "One thing waits for you" : `${count} things wait for you`;
}

/** The moment where the reader is; small print, and not on a phone, which shows it itself. */
function NowWords() {
  const now = useNow();
  const zone = useReaderZone();
  return (
    <time dateTime={isoInstant(now)} className="text-ink2 text-label phone:hidden">
      {formatDayTime(now, zone)} {zoneName(zone)}
    </time>
  );
}
