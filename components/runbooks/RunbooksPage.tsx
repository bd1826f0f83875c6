import { formatDay } from "../../domain/format/time.ts";
import type { Me } from "../../protocol/http/identity.ts";
import type { RunbookLine } from "../../protocol/http/runbooks.ts";
import { Page } from "../shell/Page.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { LinkButton } from "../ui/LinkButton.tsx";
import { Row, Rows } from "../ui/Rows.tsx";
import { maySubmit } from "./maySubmit.ts";

/** Every runbook, its newest version each. */
export function RunbooksPage(props: { me: Me; runbooks: readonly RunbookLine[] }) {
  const { me, runbooks } = props;
  const add = maySubmit(me.role) ? (
    <LinkButton href="/runbooks/new" size="large" variant="primary">
      Add a version
    </LinkButton>
  ) : (
    <p className="text-ink3 text-label">Operators and approvers add versions; you are {me.role}.</p>
  );
  return (
    <Page width="home">
      <PageTitle title="Runbooks" note="What is done in a window, step by step, and how it is undone." aside={add} />
      <Card aria-label="Runbooks" className="mt-4">
        {runbooks.length === 0 ? (
          <EmptyState title="No runbook is stored">
            Here you will see each runbook with its newest version. One is added as a YAML text, which is checked before
            it is stored.
          </EmptyState>
        ) : (
          <Rows className="*:first:border-t-0">
            {runbooks.map((runbook) => (
              <Row
                key={runbook.digest}
                className="py-3"
                aside={
                  <span className="text-ink3 text-label">
                    <span className="font-mono">
                      {runbook.slug} {runbook.version}
                    </span>
                    <br />
                    stored {formatDay(runbook.createdAt, "UTC")}
                  </span>
                }
                note={<span className="block max-w-prose pt-1">{runbook.summary}</span>}
              >
                <a href={`/runbooks/${runbook.digest}`} className="font-semibold">
                  {runbook.title}
                </a>
              </Row>
            ))}
          </Rows>
        )}
      </Card>
    </Page>
  );
}
