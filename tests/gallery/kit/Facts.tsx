"use client";

import { Sparkline } from "../../../components/charts/Sparkline.tsx";
import { Age, Countdown, TimeLeft } from "../../../components/ui/Age.tsx";
import { Avatar, Avatars } from "../../../components/ui/Avatar.tsx";
import { Card, CardContent } from "../../../components/ui/Card.tsx";
import { CodeBlock } from "../../../components/ui/CodeBlock.tsx";
import { CopyButton } from "../../../components/ui/CopyButton.tsx";
import { Digest } from "../../../components/ui/Digest.tsx";
import { Figure } from "../../../components/ui/Figure.tsx";
import { Fold } from "../../../components/ui/Fold.tsx";
import { CheckMark, StepMark } from "../../../components/ui/Mark.tsx";
import { Pairs } from "../../../components/ui/Pairs.tsx";
import { Row, RowGroup, Rows } from "../../../components/ui/Rows.tsx";
import { Words } from "../../../components/ui/Words.tsx";
import { at, NOW, wave, ZONE } from "../samples.ts";
import { flow, grid } from "./arrange.ts";

const WORDS = ["coral", "ember", "lattice", "north", "quiet", "thimble"];

/** How values are said: figures, ages, rows, facts with their source, people. */
export function Facts() {
  return (
    <>
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
      <Card title="People" aside="7 watching">
        <CardContent style={flow}>
          <Avatar name="Jonas Weber" own />
          <Avatars people={[{ name: "Mara Lindqvist", own: true }, { name: "Jonas Weber" }, { name: "Priya Raman" }]}>
            Mara operates, 7 watching
          </Avatars>
        </CardContent>
      </Card>
    </>
  );
}
