"use client";

import { useState } from "react";
import { zoneName } from "../../domain/format/time.ts";
import type { AnnouncementLine } from "../../protocol/http/announcements.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Page } from "../shell/Page.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { WindowHead } from "../window/WindowHead.tsx";
import { FactsUsed } from "./FactsUsed.tsx";
import { MessageCard } from "./MessageCard.tsx";
import { NextCard } from "./NextCard.tsx";
import { Stages } from "./Stages.tsx";
import { statusAnnouncement } from "./statusAnnouncement.ts";
import { useAnnouncement } from "./useAnnouncement.ts";

/** Every text to the people outside: its stage, how it reads now in the reader's zone, what it rests on, one press to copy it. */
export function AnnouncementsPage() {
  const { run } = useRun();
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [zone, setZone] = useState(run.zone);
  const line = run.announcements.find(({ id }) => id === chosen) ?? statusAnnouncement(run.announcements);
  if (!line) {
    return (
      <>
        <WindowHead page="announcements" />
        <Page className="pt-4">
          <Card>
            <EmptyState title="This runbook announces nothing">
              Texts for users stand in its section “announcements”.
            </EmptyState>
          </Card>
        </Page>
      </>
    );
  }
  return (
    <>
      <WindowHead page="announcements" />
      <Page className="pt-4">
        <div className="grid items-start gap-4 wide:grid-cols-[18.5rem_minmax(0,1fr)_20.5rem]">
          <Card title="Stages" aside={zoneName(run.zone)}>
            <Stages current={line.id} onChoose={setChosen} />
          </Card>
          <Chosen key={`${line.id} ${zone}`} line={line} zone={zone} onZone={setZone} />
        </div>
      </Page>
    </>
  );
}

function Chosen(props: { line: AnnouncementLine; zone: string; onZone: (zone: string) => void }) {
  const { line, zone, onZone } = props;
  const { run } = useRun();
  const { view, trouble } = useAnnouncement(line.id, zone);
  const next = run.announcements.find(
    (each) => each.stage === "next" && each.id !== line.id && (each.at === null || each.at > run.now),
  );
  return (
    <>
      <div className="grid min-w-0 gap-4">
        <MessageCard line={line} view={view} trouble={trouble} zone={zone} onZone={onZone} />
        {next && <NextCard line={next} zone={zone} />}
      </div>
      <aside aria-label="What the text rests on" className="grid min-w-0 gap-4">
        <FactsUsed view={view} zone={zone} />
      </aside>
    </>
  );
}
