"use client";

import { Age, TimeLeft } from "../ui/Age.tsx";
import { Button } from "../ui/Button.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import type { Connection } from "./connection.ts";

/**
 * Says that this page lost the server, since when, and what goes on without it. It is about this page only, and so it
 * is hatched and never red. Nothing while there is a connection.
 * @param goesOn what is not affected: "The copy goes on without it."
 * @param hint what can be done on the host: "To stop it there: slackwater-agent hold"
 */
export function ConnectionBanner(props: {
  connection: Connection;
  goesOn?: string;
  hint?: string;
  onTryNow?: () => void;
}) {
  const { connection } = props;
  return (
    <div role="status">
      {connection.state === "lost" && (
        <div className="hatched border-edge border-b border-dashed bg-surface px-page py-2">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="inline-flex items-center gap-2 rounded-badge bg-surface px-1.5 py-0.5 font-semibold">
              <Glyph name="question" />
              Not connected
            </span>
            <span className="rounded-badge bg-surface px-1.5 py-0.5">
              This page lost the server. {props.goesOn ?? "The work on the hosts goes on without it."}
            </span>
            {/* The seconds are not part of what is announced: they change, the news does not. */}
            <span aria-hidden="true" className="rounded-badge bg-surface px-1.5 py-0.5 text-ink2">
              Last known <Age sinceMs={connection.lastKnownMs} ago className="font-semibold text-ink" />
              {connection.nextTryMs !== undefined && (
                <>
                  , trying again <TimeLeft words="in" untilMs={connection.nextTryMs} />
                </>
              )}
              {props.hint !== undefined && <>. {props.hint}</>}
            </span>
            {props.onTryNow && (
              <Button size="small" className="ml-auto" onClick={props.onTryNow}>
                Try now
              </Button>
            )}
          </div>
        </div>
      )}
    </div>
  );
}
