"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { formatCounted } from "../../domain/format/count.ts";
import type { Problem } from "../../domain/runbook/problem.ts";
import { Page } from "../shell/Page.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { announce } from "../ui/announce.ts";
import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { showToast } from "../ui/toast.ts";
import { ProblemList } from "./ProblemList.tsx";
import { RunbookEditor } from "./RunbookEditor.tsx";
import { storeRunbook } from "./storeRunbook.ts";

/** A text longer than this is refused by the server; said here before it is sent. */
const LONGEST = 200_000;

/**
 * A new version of a runbook: pasted or read from a file, checked, and stored only when nothing is wrong. What is wrong stands beside
 * its line; what was typed stays.
 * @param text the newest version of a runbook, to begin from; empty for a new one
 */
export function NewRunbookPage(props: { text: string; from: string | undefined }) {
  const router = useRouter();
  const [text, setText] = useState(props.text);
  const [checked, setChecked] = useState<{ readonly text: string; readonly problems: readonly Problem[] }>();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const editorRef = useRef<HTMLTextAreaElement>(null);

  const send = async (): Promise<void> => {
    if (text.trim() === "") {
      setTrouble("The text is empty. Paste it, or choose a file.");
      editorRef.current?.focus();
      return;
    }
    setBusy(true);
    setTrouble(undefined);
    const sent = await storeRunbook(text);
    if (sent.ok === true) {
      const warnings = sent.warnings.length;
      showToast({
        tone: "good",
        title: "Stored",
        ...(warnings > 0 && { detail: `With ${formatCounted(warnings, "warning")}` }),
      });
      router.push(`/runbooks/${sent.digest}`);
      return;
    }
    setBusy(false);
    if (sent.ok === false) {
      setChecked({ text, problems: sent.problems });
      announce(`Not stored. ${formatCounted(sent.problems.length, "problem")}.`);
    } else setTrouble(sent.words);
  };

  const read = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    if (file.size > LONGEST * 4) {
      setTrouble(`${file.name} is too long for a runbook: 200,000 characters at most.`);
      return;
    }
    setTrouble(undefined);
    setText(await file.text());
  };

  /** Puts the cursor where a problem is. */
  const goTo = (problem: Problem): void => {
    const lines = text.split("\n");
    const before = lines.slice(0, problem.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    const line = lines[problem.line - 1]?.length ?? 0;
    const at = before + Math.min(line, Math.max(0, problem.column - 1));
    const editor = editorRef.current;
    editor?.focus();
    editor?.setSelectionRange(at, before + line);
  };

  return (
    <Page width="home">
      <PageTitle
        title="Add a version of a runbook"
        crumbs={[{ label: "Runbooks", href: "/runbooks" }, { label: "New version" }]}
        note={
          props.from === undefined
            ? "A YAML text. It is checked first; with a problem nothing is stored."
            : `Begins with the newest version of ${props.from}. Windows that are planned keep theirs.`
        }
        aside={
          <div className="flex flex-wrap items-start gap-2">
            <label className="inline-flex min-h-10 cursor-pointer items-center rounded-control border border-edge bg-surface px-3 font-semibold hover:bg-sunken has-focus-visible:outline-2 has-focus-visible:outline-move has-focus-visible:outline-offset-2 touch:min-h-11">
              Choose a file
              <input
                type="file"
                accept=".yaml,.yml,text/yaml,application/yaml"
                className="sr-only"
                onChange={(event) => {
                  void read(event.target.files?.[0]);
                  event.target.value = "";
                }}
              />
            </label>
            <Button size="large" variant="primary" busy={busy ? "Checking" : undefined} onClick={() => void send()}>
              Check and store
            </Button>
          </div>
        }
      />
      <div role="alert" className="mt-2 text-stop empty:hidden">
        {trouble}
      </div>
      <div className="mt-4 grid grid-cols-[minmax(0,1fr)_22.5rem] items-start gap-4 narrow:grid-cols-1">
        <Card aria-label="Text" className="narrow:order-2">
          <RunbookEditor
            ref={editorRef}
            text={text}
            problems={checked?.text === text ? checked.problems : []}
            onChange={setText}
          />
        </Card>
        <ProblemList checked={checked?.problems} isOld={checked !== undefined && checked.text !== text} onGoTo={goTo} />
      </div>
    </Page>
  );
}
