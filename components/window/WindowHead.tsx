"use client";

import type { ReactNode } from "react";
import { formatWindow } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { TimeLeft } from "../ui/Age.tsx";
import { Clock } from "../ui/Clock.tsx";
import { useNow } from "../ui/Now.tsx";
import { KindBadge, StateBadge } from "../ui/StateBadge.tsx";
import { EncryptionBadge } from "./EncryptionBadge.tsx";
import { shownState } from "./shownState.ts";
import { WindowTabs } from "./WindowTabs.tsx";
import type { WindowPageId } from "./windowPages.ts";

const TYPE_WORDS = { routine: "Window, routine", urgent: "Window, urgent", emergency: "Window, emergency" } as const;

/**
 * The head of Prepare, Announcements and Report: what window this is, its state, and its tabs.
 * @param aside what can be done, at the right; the run's clock where it is left out
 */
export function WindowHead(props: { page: WindowPageId; aside?: ReactNode }) {
  const { run, me } = useRun();
  const now = useNow();
  const isBefore = run.startedAt === null && run.stage !== "ended" && now < run.startsAt;
  return (
    <div className="px-page pt-4">
      <PageTitle
        crumbs={[{ label: run.service.name, href: "/windows" }, { label: TYPE_WORDS[run.type] }]}
        title={run.title}
        badge={
          <>
            <StateBadge word={shownState(run, me.userId)} />
            <KindBadge kind={run.kind} />
            <EncryptionBadge encrypted={run.encrypted} />
          </>
        }
        note={
          <>
            {formatWindow(run.startsAt, run.endsAt, run.zone)}
            {isBefore && (
              <>
                , <TimeLeft untilMs={run.startsAt} words="in" />
              </>
            )}
            . Runbook: {run.runbook.title}, {run.runbook.version}.
          </>
        }
        aside={
          props.aside ??
          (run.startedAt !== null && <Clock size="card" startMs={run.startedAt} endMs={run.endedAt ?? undefined} />)
        }
      />
      <WindowTabs current={props.page} className="mt-4" />
    </div>
  );
}
