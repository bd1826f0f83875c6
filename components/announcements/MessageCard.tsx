"use client";

import type { RefObject } from "react";
import { useRef, useState } from "react";
import { formatCounted } from "../../domain/format/count.ts";
import { formatTimeSeconds } from "../../domain/format/time.ts";
import type { AnnouncementLine, AnnouncementView } from "../../protocol/http/announcements.ts";
import { useCommands } from "../shell/commands/CommandProvider.tsx";
import { Age } from "../ui/Age.tsx";
import { Badge } from "../ui/Badge.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Note } from "../ui/Note.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { Wells } from "../ui/Wells.tsx";
import { MessageText } from "./MessageText.tsx";
import { ZoneChoice } from "./ZoneChoice.tsx";

type Form = "reader" | "text" | "markdown" | "html";

/** The text as the reader gets it, and its copies: plain, Markdown, HTML. A fact without a value stands red, and copying says so. */
export function MessageCard(props: {
  line: AnnouncementLine;
  view: AnnouncementView | undefined;
  trouble: string | undefined;
  zone: string;
  onZone: (zone: string) => void;
}) {
  const { line, view, zone } = props;
  const [form, setForm] = useState<Form>("reader");
  const [copied, setCopied] = useState<string | undefined>(undefined);
  const plain = view ? `${view.subject}\n\n${view.text}` : "";
  const isChanged = copied !== undefined && copied !== plain;
  const copyRef = useCopyKey();
  return (
    <Card
      title={line.stage === "sent" ? `${line.title}, as it reads now` : line.title}
      aside={
        <Segmented
          label="Shown as"
          value={form}
          onChange={setForm}
          options={[
            { value: "reader", label: "As read" },
            { value: "text", label: "Text" },
            { value: "markdown", label: "Markdown" },
            { value: "html", label: "HTML" },
          ]}
        />
      }
    >
      {!view ? (
        props.trouble === undefined ? (
          <Wells label="the text" lines={6} />
        ) : (
          <CardContent>
            <Note tone="stop" title="The text could not be read.">
              {props.trouble}
            </Note>
          </CardContent>
        )
      ) : (
        <CardContent className="border-line border-t px-6 pt-4 phone:px-4">
          {view.missing.length > 0 && (
            <div className="mb-3">
              <Badge tone="stop" glyph="cross">
                {formatCounted(view.missing.length, "fact")} without a value
              </Badge>
            </div>
          )}
          <MessageText view={view} form={form} zone={zone} />
          <p className="mt-3 text-ink3 text-label">
            {formatCounted(view.filled.length, "fact")} filled in
            {view.missing.length > 0 && `, missing: ${view.missing.join(", ")}`}, as of{" "}
            {formatTimeSeconds(view.renderedAt, zone)}, <Age sinceMs={view.renderedAt} ago />.
          </p>
          <div className="mt-4 flex flex-wrap items-end justify-between gap-3 border-line border-t pt-4">
            <div className="flex flex-wrap gap-2">
              <span ref={copyRef}>
                <CopyButton
                  variant="primary"
                  size="large"
                  keyHint="C"
                  text={plain}
                  what={copyWhat("Text, plain", view)}
                  onCopied={() => setCopied(plain)}
                >
                  Copy text
                </CopyButton>
              </span>
              <CopyButton size="large" text={`# ${view.subject}\n\n${view.markdown}`} what={copyWhat("Markdown", view)}>
                Markdown
              </CopyButton>
              <CopyButton size="large" text={view.html} what={copyWhat("HTML", view)}>
                HTML
              </CopyButton>
            </div>
            <ZoneChoice zone={zone} onZone={props.onZone} />
          </div>
          <p className="mt-2 text-ink3 text-label">
            {isChanged
              ? "The text has changed since you copied it. Copy it again."
              : "Copies what you see. It changes as facts come in, and says so when it has."}
          </p>
        </CardContent>
      )}
    </Card>
  );
}

function copyWhat(form: string, view: AnnouncementView): string {
  return view.missing.length === 0 ? form : `${form}, ${formatCounted(view.missing.length, "fact")} missing`;
}

/** C copies from anywhere on the page: it presses the button, so that both do and say the same. */
function useCopyKey(): RefObject<HTMLSpanElement | null> {
  const placeRef = useRef<HTMLSpanElement>(null);
  useCommands([
    {
      id: "copy-text",
      title: "Copy text",
      group: "This text",
      keys: "c",
      run: () => placeRef.current?.querySelector("button")?.click(),
    },
  ]);
  return placeRef;
}
