"use client";

import { useSelectedLayoutSegment } from "next/navigation";
import type { ReactNode } from "react";
import { useEffect, useRef } from "react";
import type { Me } from "../../protocol/http/identity.ts";
import { LiveProvider, useConnection } from "../data/live/LiveProvider.tsx";
import type { RunAnswer } from "../data/patchRun.ts";
import { RunProvider, useLiveRun, usePresence, useRun } from "../data/RunProvider.tsx";
import { signOut } from "../data/signOut.ts";
import { toShellPerson, useMe } from "../data/useMe.ts";
import { ReminderNote } from "../decide/ReminderNote.tsx";
import { PollNote } from "../poll/PollNote.tsx";
import { currentPercent } from "../run/nowStep.ts";
import { AppShell } from "../shell/AppShell.tsx";
import { SilenceNote } from "../silence/SilenceNote.tsx";
import { Avatars } from "../ui/Avatar.tsx";
import { announce } from "../ui/announce.ts";
import { BrokenGlassNote } from "./BrokenGlassNote.tsx";
import { RunCrumbs } from "./RunCrumbs.tsx";
import { goesOnWithout, isUrgent, shownState, shownStateOver } from "./shownState.ts";
import type { WindowPageId } from "./windowPages.ts";
import { WINDOW_PAGES } from "./windowPages.ts";

/** Well after everything that is on the page. */
const AHEAD_AFTER_MS = 10_000;

/** The frame of a window's pages: the live line, the run, the shell with its bars, and the head with its tabs. */
export function WindowFrame(props: { initial: RunAnswer; me: Me; children: ReactNode }) {
  const me = useMe(props.me);
  return (
    <LiveProvider>
      <RunProvider initial={props.initial} me={me}>
        <WindowShell>{props.children}</WindowShell>
      </RunProvider>
    </LiveProvider>
  );
}

function WindowShell(props: { children: ReactNode }) {
  const { run, me } = useRun();
  const { connection, tryNow } = useConnection();
  const segment = useSelectedLayoutSegment();
  const page: WindowPageId = WINDOW_PAGES.find(({ id }) => id === segment)?.id ?? "run";
  useEffect(() => {
    // Toasts tell of lost answers too, and then it is too late to fetch what draws them.
    const timer = setTimeout(() => void import("../ui/ToastStack.tsx").catch(() => undefined), AHEAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  const isRun = page === "run";
  return (
    <AppShell
      person={toShellPerson(me)}
      onSignOut={() => void signOut()}
      current="windows"
      connection={connection}
      goesOn={goesOnWithout(run)}
      onTryNow={tryNow}
      bottomBar={page !== "decide"}
      {...(isRun && {
        crumbs: <RunCrumbs run={run} />,
        presence: <Presence />,
        skip: { targetId: "now", label: "Skip to the current step" },
      })}
    >
      <StateNews />
      <BrokenGlassNote />
      <ReminderNote />
      <SilenceNote />
      <PollNote />
      {props.children}
    </AppShell>
  );
}

/** Who has this run open. */
function Presence() {
  const people = usePresence();
  const { me } = useRun();
  if (people.length === 0) return null;
  const shown = people.slice(0, 4).map(({ name, userId }) => ({ name, own: userId === me.userId }));
  const others = people.filter(({ userId }) => userId !== me.userId).length;
  const words =
    others === 0
      ? "You are here alone"
      : others === 1
        ? "You and one more are here"
        : `You and ${others} more are here`;
  return <Avatars people={shown}>{words}</Avatars>;
}

/** Says a new state to screen readers, and shows state and percent in the title of the browser's tab; on the page it is nothing. */
function StateNews(): null {
  const { run, me } = useRun();
  const { connection } = useConnection();
  const word = shownState(run, me.userId);
  const shownWord = shownStateOver(connection, run, me.userId);
  const { dataSentence, title } = run;
  const toldRef = useRef(word);
  useEffect(() => {
    if (toldRef.current === word) return;
    toldRef.current = word;
    announce(`${word}. ${dataSentence}`, isUrgent(word) ? "assertive" : "polite");
  }, [word, dataSentence]);
  const percent = currentPercent(useLiveRun());
  useEffect(() => {
    document.title = `${[shownWord, percent].filter(Boolean).join(" ")} · ${title} · Slackwater`;
  }, [shownWord, percent, title]);
  return null;
}
