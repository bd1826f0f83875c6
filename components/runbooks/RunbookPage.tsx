import { formatDayTime } from "../../domain/format/time.ts";
import type { Me } from "../../protocol/http/identity.ts";
import type { RunbookView } from "../../protocol/http/runbooks.ts";
import { Page } from "../shell/Page.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { DataTable } from "../ui/DataTable.tsx";
import { Digest } from "../ui/Digest.tsx";
import { LinkButton } from "../ui/LinkButton.tsx";
import { maySubmit } from "./maySubmit.ts";
import { NumberedText } from "./NumberedText.tsx";
import { defaultText } from "./parameterWords.ts";
import { StepsCard } from "./StepsCard.tsx";
import { TriggersCard } from "./TriggersCard.tsx";

type Parameter = RunbookView["parameters"][number];

/**
 * One version of a runbook: what it does, its steps, its parameters, and its text, line by line.
 * @param words the digest of the text, as six words
 */
export function RunbookPage(props: { me: Me; runbook: RunbookView; words: readonly string[] }) {
  const { runbook, me } = props;
  return (
    <Page width="home">
      <PageTitle
        title={runbook.title}
        crumbs={[{ label: "Runbooks", href: "/runbooks" }, { label: `${runbook.slug} ${runbook.version}` }]}
        note={`Stored ${formatDayTime(runbook.createdAt, "UTC")} UTC.`}
        aside={
          maySubmit(me.role) && (
            <LinkButton href={`/windows/new?runbook=${runbook.digest}`} size="large" variant="primary">
              Plan a window with it
            </LinkButton>
          )
        }
      />
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)_22.5rem] items-start gap-4 narrow:grid-cols-1">
        <div className="grid gap-4">
          <Card title="What it does">
            <CardContent>
              <p className="max-w-prose text-ink2">{runbook.summary}</p>
            </CardContent>
          </Card>
          <Card title="Parameters" aside={`${runbook.parameters.length}`}>
            <DataTable
              caption="Parameters"
              items={runbook.parameters}
              keyOf={(parameter) => parameter.name}
              columns={[
                { key: "name", header: "Name", isName: true, cell: (one) => <code>{one.name}</code> },
                { key: "type", header: "Type", cell: (one) => <span className="text-ink2">{one.type}</span> },
                { key: "default", header: "Default", cell: (one) => <Default parameter={one} /> },
                { key: "description", header: "What it is", cell: (one) => one.description },
              ]}
            />
          </Card>
        </div>
        <div className="grid gap-4">
          <StepsCard steps={runbook.steps} />
          {runbook.triggers.length > 0 && <TriggersCard digest={runbook.digest} triggers={runbook.triggers} />}
          <Card title="This version">
            <CardContent className="flex flex-col gap-2">
              <p className="text-ink2">These six words stand for its text. One letter changed gives others.</p>
              <Digest words={props.words} digest={runbook.digest} />
            </CardContent>
          </Card>
        </div>
      </div>
      <Card
        title="Text"
        className="mt-4"
        aside={
          <CopyButton size="small" text={runbook.text} what="Runbook">
            Copy
          </CopyButton>
        }
      >
        <NumberedText text={runbook.text} label="Text of the runbook" />
      </Card>
    </Page>
  );
}

function Default(props: { parameter: Parameter }) {
  const { parameter } = props;
  if (parameter.default === null) return <span className="font-medium text-ask">must be given</span>;
  if (parameter.default === "") return <span className="text-ink3">empty</span>;
  return <code className="break-all">{defaultText(parameter)}</code>;
}
