"use client";

import type { AnnouncementView } from "../../protocol/http/announcements.ts";
import { RenderedHtml } from "../prose/RenderedHtml.tsx";
import { CodeBlock } from "../ui/CodeBlock.tsx";
import { MeasuredBy } from "../ui/MeasuredBy.tsx";

/** An announcement's subject and text: as its reader gets it, with each filled fact opening its source, or as one of its copies. */
export function MessageText(props: {
  view: AnnouncementView;
  form: "reader" | "text" | "markdown" | "html";
  zone: string;
}) {
  const { view, form, zone } = props;
  if (form !== "reader") {
    const copies = {
      text: `${view.subject}\n\n${view.text}`,
      markdown: `# ${view.subject}\n\n${view.markdown}`,
      html: view.html,
    };
    return (
      <CodeBlock label="The text as it is copied" className="[&_pre]:whitespace-pre-wrap">
        {copies[form]}
      </CodeBlock>
    );
  }
  return (
    <div className="max-w-prose text-large">
      <p className="mb-3 font-semibold">{view.subject}</p>
      <RenderedHtml
        html={view.html}
        marks={{
          filled: (name, words) => <Filled key={name} name={name} words={words} view={view} zone={zone} />,
          missing: (name) => <mark className="rounded-badge bg-stop-wash px-1 font-semibold text-stop">{name}</mark>,
        }}
      />
    </div>
  );
}

/** A filled place: dotted below, and on a press its source and age. What has no moment (a parameter) is only marked. */
function Filled(props: { name: string; words: string; view: AnnouncementView; zone: string }) {
  const { name, words, view, zone } = props;
  const fact =
    view.filled.find((each) => each.name === name && each.value === words) ??
    view.filled.find((each) => each.name === name);
  if (!fact || fact.at === null) {
    return (
      <span
        title={fact?.source}
        className="underline decoration-1 decoration-edge decoration-dotted underline-offset-4"
      >
        {words}
      </span>
    );
  }
  return (
    <MeasuredBy label={name} measurement={{ source: fact.source, atMs: fact.at, zone }}>
      {words}
    </MeasuredBy>
  );
}
