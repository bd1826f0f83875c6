"use client";

import { AppShell } from "../../../components/shell/AppShell.tsx";
import { useCommands } from "../../../components/shell/commands/CommandProvider.tsx";
import { Page } from "../../../components/shell/Page.tsx";
import { PageTitle } from "../../../components/shell/PageTitle.tsx";
import { announce } from "../../../components/ui/announce.ts";
import { Button } from "../../../components/ui/Button.tsx";
import { Note } from "../../../components/ui/Note.tsx";
import { StateBadge } from "../../../components/ui/StateBadge.tsx";
import { TabLinks } from "../../../components/ui/TabLinks.tsx";
import { flow, grid } from "../kit/arrange.ts";
import { Controls } from "../kit/Controls.tsx";
import { Facts } from "../kit/Facts.tsx";
import { Questions } from "../kit/Questions.tsx";
import { States } from "../kit/States.tsx";
import { StepsTable } from "../kit/StepsTable.tsx";
import { StillClock } from "../StillClock.tsx";

const HOLD = [
  { id: "hold", title: "Hold", group: "This run", keys: "h", run: () => announce("Hold ordered") },
  { id: "resume", title: "Resume", group: "This run", run: () => undefined, disabledReason: "The run is not held." },
];

function Commands() {
  useCommands(HOLD);
  return null;
}

export default function Gallery() {
  return (
    <StillClock>
      <AppShell
        person={{ name: "Jonas Weber" }}
        current="windows"
        connection={{ state: "connected", delayMs: 230 }}
        onSignOut={() => undefined}
      >
        <Commands />
        <Page>
          <PageTitle
            crumbs={[{ label: "Orders", href: "/orders" }, { label: "Window, routine" }]}
            title="Encrypt orders-db at rest"
            badge={<StateBadge word="Preparing" />}
            note="Thu 3 Dec 2026, 02:00 to 05:00 Los Angeles, in 10 h 18 min. Runbook luks-postgres 7."
            aside={
              <div style={flow}>
                <Button
                  size="large"
                  disabledReason="Approval can be asked when the 4 open items are closed."
                  reasonPlace="below"
                >
                  Ask for approval
                </Button>
                <Button size="large" variant="primary">
                  Measure 2 stale facts
                </Button>
              </div>
            }
          />
          <TabLinks
            label="This window"
            current="/prepare"
            className="gallery-gap"
            items={[
              { href: "/prepare", label: "Prepare" },
              { href: "/runbook", label: "Runbook" },
              { href: "/rehearsals", label: "Rehearsals", count: 2 },
              { href: "/announcements", label: "Announcements", count: 12 },
              { href: "/report", label: "Report" },
            ]}
          />
          <div style={{ ...grid("360px"), marginTop: 16, alignItems: "start" }}>
            <Controls />
            <States />
            <Facts />
          </div>
          <StepsTable />
          <Note tone="ask" className="gallery-gap" title="3 mailboxes are full.">
            They can read the status page. <a href="#all">Show them</a>
          </Note>
          <Questions />
        </Page>
      </AppShell>
    </StillClock>
  );
}
