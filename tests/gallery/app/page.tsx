"use client";

import { Download, Search } from "lucide-react";
import { useState } from "react";
import { Sparkline } from "../../../components/charts/Sparkline.tsx";
import { AppShell } from "../../../components/shell/AppShell.tsx";
import { useCommands } from "../../../components/shell/commands/CommandProvider.tsx";
import { Page } from "../../../components/shell/Page.tsx";
import { PageTitle } from "../../../components/shell/PageTitle.tsx";
import { Age, Countdown, TimeLeft } from "../../../components/ui/Age.tsx";
import { Avatar, Avatars } from "../../../components/ui/Avatar.tsx";
import { announce } from "../../../components/ui/announce.ts";
import { Button } from "../../../components/ui/Button.tsx";
import type { ButtonVariant } from "../../../components/ui/buttonLook.ts";
import { Card, CardContent } from "../../../components/ui/Card.tsx";
import { Checkbox, Switch } from "../../../components/ui/Choice.tsx";
import { CodeBlock } from "../../../components/ui/CodeBlock.tsx";
import { ConfirmByName } from "../../../components/ui/ConfirmByName.tsx";
import { CopyButton } from "../../../components/ui/CopyButton.tsx";
import { DataTable } from "../../../components/ui/DataTable.tsx";
import { Dialog } from "../../../components/ui/Dialog.tsx";
import { Digest } from "../../../components/ui/Digest.tsx";
import { EmptyState } from "../../../components/ui/EmptyState.tsx";
import { Field } from "../../../components/ui/Field.tsx";
import { Figure } from "../../../components/ui/Figure.tsx";
import { Fold } from "../../../components/ui/Fold.tsx";
import { Glyph } from "../../../components/ui/Glyph.tsx";
import { LinkButton } from "../../../components/ui/LinkButton.tsx";
import { CheckMark, DecisionMark, GateMark, StepMark } from "../../../components/ui/Mark.tsx";
import { Note } from "../../../components/ui/Note.tsx";
import { Pairs } from "../../../components/ui/Pairs.tsx";
import { Progress } from "../../../components/ui/Progress.tsx";
import { RadioGroup } from "../../../components/ui/RadioGroup.tsx";
import { Row, RowGroup, Rows } from "../../../components/ui/Rows.tsx";
import { Segmented } from "../../../components/ui/Segmented.tsx";
import { Select } from "../../../components/ui/Select.tsx";
import { KindBadge, StateBadge } from "../../../components/ui/StateBadge.tsx";
import { STATE_WORDS } from "../../../components/ui/stateWords.ts";
import { TabLinks } from "../../../components/ui/TabLinks.tsx";
import { NumberInput, TextArea, TextInput } from "../../../components/ui/TextInput.tsx";
import { Trouble } from "../../../components/ui/Trouble.tsx";
import { showToast } from "../../../components/ui/toast.ts";
import { Wells } from "../../../components/ui/Wells.tsx";
import { Words } from "../../../components/ui/Words.tsx";
import { StillClock } from "../StillClock.tsx";
import { at, NOW, wave, ZONE } from "../samples.ts";

const VARIANTS: readonly ButtonVariant[] = ["primary", "neutral", "back", "backFilled", "stop", "destroy", "quiet"];
const WORDS = ["coral", "ember", "lattice", "north", "quiet", "thimble"];
const grid = (columns: string) => ({
  display: "grid",
  gap: 16,
  gridTemplateColumns: `repeat(auto-fit, minmax(min(100%, ${columns}), 1fr))`,
});
const flow = { display: "flex", flexWrap: "wrap", gap: 8, alignItems: "center" } as const;

const HOLD = [
  { id: "hold", title: "Hold", group: "This run", keys: "h", run: () => announce("Hold ordered") },
  { id: "resume", title: "Resume", group: "This run", run: () => undefined, disabledReason: "The run is not held." },
];

function Commands() {
  useCommands(HOLD);
  return null;
}

export default function Gallery() {
  const [asked, setAsked] = useState<"plain" | "name" | undefined>();
  const [view, setView] = useState<"all" | "open">("all");
  const [way, setWay] = useState<"cold" | "standby">("cold");
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
            <Card title="Buttons">
              <CardContent style={{ display: "grid", gap: 8 }}>
                {VARIANTS.map((variant) => (
                  <div key={variant} style={flow}>
                    <Button variant={variant} icon={<Glyph name="bentArrow" />} keyHint="B">
                      {variant}
                    </Button>
                    <Button variant={variant} busy="Ordering">
                      {variant}
                    </Button>
                    <Button variant={variant} disabledReason="The run is over.">
                      {variant}
                    </Button>
                  </div>
                ))}
                <div style={flow}>
                  <Button size="small">Change</Button>
                  <Button>Read it</Button>
                  <Button size="large">Hold</Button>
                  <Button size="huge" variant="stop" icon={<Glyph name="key" />}>
                    NO-GO
                  </Button>
                  <Button size="small" aria-label="Download the log" icon={<Download aria-hidden="true" />}>
                    {null}
                  </Button>
                  <LinkButton href="/plan" icon={<Search aria-hidden="true" />}>
                    Read the plan
                  </LinkButton>
                </div>
              </CardContent>
            </Card>
            <Card title="State words">
              <CardContent style={flow}>
                {STATE_WORDS.map((word) => (
                  <StateBadge key={word} word={word} />
                ))}
                <KindBadge kind="live" />
                <KindBadge kind="rehearsal" />
              </CardContent>
              <CardContent style={{ ...grid("96px"), gap: 8 }}>
                {(["planned", "running", "held", "done", "failed", "skipped", "undone", "unknown"] as const).map(
                  (state) => (
                    <StepMark key={state} state={state} withWord />
                  ),
                )}
                {(["ahead", "waiting", "open", "nogo"] as const).map((state) => (
                  <GateMark key={state} state={state} withWord />
                ))}
                {(["valid", "suspended", "void", "spent"] as const).map((state) => (
                  <DecisionMark key={state} state={state} withWord />
                ))}
                {(["pass", "fail", "stale", "person", "waived", "pending"] as const).map((state) => (
                  <CheckMark key={state} state={state} withWord />
                ))}
              </CardContent>
            </Card>
            <Card title="Fields">
              <CardContent style={{ display: "grid", gap: 12 }}>
                <Field label="Title" required>
                  {(control) => <TextInput {...control} defaultValue="Encrypt orders-db at rest" />}
                </Field>
                <Field label="Start" hint="Los Angeles, 24 h" error="Write a time, 00:00 to 23:59." required>
                  {(control) => <TextInput {...control} defaultValue="25:10" />}
                </Field>
                <Field label="Bandwidth">
                  {(control) => <NumberInput {...control} unit="MB/s" defaultValue="24" />}
                </Field>
                <Field label="Reason" required>
                  {(control) => <TextArea {...control} placeholder="Why this step is skipped" />}
                </Field>
                <Field label="Runbook" required>
                  {(control) => (
                    <Select
                      {...control}
                      options={[
                        { value: "7", label: "luks-postgres 7" },
                        { value: "6", label: "luks-postgres 6" },
                      ]}
                    />
                  )}
                </Field>
                <TextInput aria-label="Locked" disabled defaultValue="luks-postgres 7" />
                <RadioGroup
                  label="Way"
                  value={way}
                  onChange={setWay}
                  options={[
                    { value: "cold", label: "Cold", note: "Writes stop for about 73 min." },
                    { value: "standby", label: "Standby", note: "Writes stop for about 2 min." },
                  ]}
                />
                <div style={flow}>
                  <Checkbox label="Notify support" />
                  <Checkbox label="Off site" defaultChecked />
                  <Switch label="Sound" defaultChecked />
                  <Switch label="Follow" />
                  <Segmented
                    label="Show"
                    value={view}
                    onChange={setView}
                    options={[
                      { value: "all", label: "All" },
                      { value: "open", label: "Open", count: 4 },
                    ]}
                  />
                </div>
              </CardContent>
            </Card>
            <Card title="Held, failed" aside="failed 03:09:41, held 0:52">
              <CardContent>
                <Progress label="Copy" share={0.74} tone="stop" valueText="74 percent, 35.6 of 48.0 gigabytes" />
                <Trouble
                  className="gallery-gap"
                  what="rsync ended with 11: no space left on /srv/pg-crypt."
                  data="Whole on the old volume. The copy is incomplete and unused."
                  do="Grow the volume, then retry. It goes on at 74 %."
                />
              </CardContent>
            </Card>
            <Card title="Rehearsal" rehearsal>
              <CardContent>
                <Progress label="Unknown" share={undefined} valueText="not known" />
                <p>A kind, not a state.</p>
                <Progress label="Stale" share={0.61} tone="unknown" valueText="61 percent, 14 s ago" />
              </CardContent>
            </Card>
            <Card title="Figures">
              <CardContent style={grid("120px")}>
                <Figure label="Rate" value="22.6" unit="MB/s" note="average 21.1" />
                <Figure
                  label="Free space"
                  value="212"
                  unit="GB"
                  note="needs 144 GB"
                  measured={{ source: "pdx-db-1, df", atMs: NOW - 40_000, freshForMs: 86_400_000, zone: ZONE }}
                />
                <Figure
                  label="Window left"
                  value={<Countdown untilMs={at(5, 0)} />}
                  size="strip"
                  note={<TimeLeft untilMs={at(5, 0)} />}
                />
                <Figure label="Copied" value="61" unit="%" size="headline" />
              </CardContent>
              <CardContent style={flow}>
                <Age sinceMs={NOW - 40_000} ago />
                <Age sinceMs={NOW - 26 * 3_600_000} freshForMs={3_600_000} />
                <Sparkline
                  sentence="CPU, 20 to 40 percent"
                  data={{ points: wave(at(2, 34), NOW, 30_000, 20, 40), fromMs: at(2, 34), toMs: NOW }}
                />
              </CardContent>
            </Card>
            <Card title="Rows">
              <Rows>
                <RowGroup aside="6 of 6">Hosts</RowGroup>
                <Row density="check" mark={<CheckMark state="pass" />} aside={<b>212 GB</b>}>
                  Free space at least 3 times the database
                </Row>
                <Row
                  density="check"
                  mark={<CheckMark state="stale" />}
                  aside={<b>22 h old</b>}
                  note="limit 24 h, passes, stale at 04:20"
                >
                  Restore was tested
                </Row>
                <Row
                  mark={<CheckMark state="pending" />}
                  aside="until Mon 18:00"
                  note="asked by Sam Ortiz, all criteria pass"
                >
                  Approve Rotate TLS on edge
                </Row>
                <Row density="step" chosen mark={<StepMark state="running" />} aside="23 / 32">
                  5 Copy the data
                </Row>
              </Rows>
            </Card>
            <Card title="Facts" tone="ask">
              <CardContent>
                <Pairs
                  items={[
                    {
                      name: "Writes stopped",
                      value: "02:36:28",
                      source: "pdx-app-1, last accepted write",
                      age: "27 min",
                    },
                    { name: "Copied", value: "29.28 of 48.00 GB", source: "pdx-db-1, step 5", age: "0.2 s" },
                  ]}
                />
                <Words words={WORDS} layout="grid" />
                <Digest words={WORDS} digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" />
                <Fold summary="Exact command">
                  <CodeBlock label="Exact command">
                    rsync -aHAXS --numeric-ids --bwlimit=24000 -- /srv/pg/data/ /srv/pg-crypt/data/
                  </CodeBlock>
                </Fold>
                <CopyButton text="status" what="Status text, plain" keyHint="C" wide>
                  Copy status text
                </CopyButton>
              </CardContent>
            </Card>
            <Card aria-label="Nothing yet">
              <EmptyState title="No step runs yet" action={<Button>Read the plan</Button>}>
                The window opens at 02:00. Here you will see the current step, how far it is and when it ends.
              </EmptyState>
            </Card>
            <Card title="People" aside="7 watching">
              <CardContent style={flow}>
                <Avatar name="Jonas Weber" own />
                <Avatars
                  people={[{ name: "Mara Lindqvist", own: true }, { name: "Jonas Weber" }, { name: "Priya Raman" }]}
                >
                  Mara operates, 7 watching
                </Avatars>
              </CardContent>
            </Card>
            <Card aria-label="Loading" aria-busy="true">
              <Wells label="the run" />
            </Card>
          </div>
          <Card className="gallery-gap" aria-label="Steps">
            <DataTable
              caption="Steps"
              keyOf={(row) => row.step}
              isChosen={(row) => row.state === "running"}
              isStale={(row) => row.state === "unknown"}
              columns={[
                { key: "step", header: "Step", isName: true, cell: (row) => row.step },
                { key: "state", header: "State", cell: (row) => <StepMark state={row.state} withWord /> },
                { key: "planned", header: "Planned", align: "end", cell: (row) => row.planned },
                { key: "took", header: "Took", align: "end", cell: (row) => row.took },
              ]}
              items={[
                { step: "2 Create the encrypted volume", state: "done", planned: "22:00", took: "24:39" } as const,
                { step: "5 Copy", state: "running", planned: "32:00", took: "23:06" } as const,
                { step: "fra-db-2 load", state: "unknown", planned: "0.4", took: "0.4" } as const,
              ]}
            />
          </Card>
          <Note tone="ask" className="gallery-gap" title="3 mailboxes are full.">
            They can read the status page. <a href="#all">Show them</a>
          </Note>
          <div style={{ ...flow, marginTop: 16 }}>
            <Button variant="back" onClick={() => setAsked("name")}>
              Roll back, ask for the name
            </Button>
            <Button onClick={() => setAsked("plain")}>Ask</Button>
            <Button
              onClick={() =>
                showToast({ tone: "move", title: "Hold ordered", detail: "Waiting for pdx-db-1 to confirm" })
              }
            >
              Toast
            </Button>
          </div>
        </Page>
        <ConfirmByName
          open={asked === "name"}
          eyebrow={{ word: "Roll back", glyph: "bentArrow", tone: "back" }}
          title="Back on the old volume by 04:11?"
          description="Users have written on the new side since 03:58."
          name="orders-db"
          verb="roll back"
          actLabel="Roll back, lose 214 rows"
          onAct={() => setAsked(undefined)}
          safe={{ label: "Stay on the new side", onChoose: () => setAsked(undefined) }}
        >
          <Note tone="stop" title="This loses 214 rows, newest 04:02:51." className="gallery-gap">
            orders 182, order_items 32. They are saved first, encrypted, on pdx-db-1.
          </Note>
        </ConfirmByName>
        <Dialog
          open={asked === "plain"}
          eyebrow={{ word: "Roll back", glyph: "bentArrow", tone: "back" }}
          title="Back on the old volume by 03:12?"
          description="Loses nothing: no write since 02:36:28."
          safe={{ label: "Go on copying", onChoose: () => setAsked(undefined) }}
          act={
            <Button size="large" variant="backFilled" onClick={() => setAsked(undefined)}>
              Roll back
            </Button>
          }
        />
      </AppShell>
    </StillClock>
  );
}
