"use client";

import { formatAge } from "../../domain/format/duration.ts";
import { Age } from "../ui/Age.tsx";
import { Glyph } from "../ui/Glyph.tsx";
import type { Connection } from "./connection.ts";

/** The page's line to the server in the top bar: a dot, a word, an age. */
export function ConnectionMark(props: { connection: Connection }) {
  const { connection } = props;
  switch (connection.state) {
    case "connecting":
      return (
        <span className="inline-flex items-center gap-2 whitespace-nowrap text-ink2 text-label">
          <Glyph name="ring" />
          Connecting
        </span>
      );
    case "connected":
      return (
        <span className="inline-flex items-center gap-2 whitespace-nowrap text-label">
          <Glyph name="dot" className="text-good" />
          Connected
          {connection.delayMs !== undefined && (
            <span className="text-ink3 phone:hidden">
              <span className="sr-only">, news take </span>
              {formatAge(connection.delayMs)}
            </span>
          )}
        </span>
      );
    case "lost":
      return (
        <span className="hatched inline-flex min-h-badge items-center gap-2 whitespace-nowrap rounded-badge border border-edge border-dashed px-2 font-semibold text-ink2 text-label">
          <Glyph name="question" size="badge" />
          Not connected
          <span className="phone:hidden">
            <Age sinceMs={connection.lastKnownMs} />
          </span>
        </span>
      );
    default:
      return connection satisfies never;
  }
}
