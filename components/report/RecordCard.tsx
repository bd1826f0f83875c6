"use client";

import { Download } from "lucide-react";
import { formatCounted } from "../../domain/format/count.ts";
import { useRun } from "../data/RunProvider.tsx";
import { buttonLook } from "../ui/buttonLook.ts";
import { Card, CardContent } from "../ui/Card.tsx";
import { CodeBlock } from "../ui/CodeBlock.tsx";
import { useReport } from "./useReport.ts";

/** The record: how many events its chain has, its head, the file to keep, and the command that checks it offline. */
export function RecordCard() {
  const { run } = useRun();
  const { data } = useReport();
  const file = `${run.service.slug}-${run.runId}.slackwater`;
  return (
    <Card title="Record" {...(data && { aside: formatCounted(data.events, "event") })}>
      <CardContent>
        <p className="text-ink2">
          Every event is chained to the one before it, and every decision carries its signature. The file can be checked
          by anyone, without this server.
        </p>
        {data && (
          <p className="mt-2 break-all font-mono text-ink3 text-label" title="Head of the chain, SHA-256">
            {data.chainHead}
          </p>
        )}
        <div className="mt-3 print:hidden">
          <a className={buttonLook({ size: "medium" })} href={`/api/runs/${run.runId}/export`} download={file}>
            <Download aria-hidden="true" />
            Export the run
          </a>
          <CodeBlock label="How to check it" className="mt-3">
            {`npm run -s slackwater -- verify ${file}`}
          </CodeBlock>
        </div>
      </CardContent>
    </Card>
  );
}
