"use client";

import { Download } from "lucide-react";
import { useState } from "react";
import { formatCounted } from "../../domain/format/count.ts";
import { formatTimeSeconds } from "../../domain/format/time.ts";
import { selectLines } from "../data/outputLog.ts";
import { useRun } from "../data/RunProvider.tsx";
import { useOutput } from "../data/useOutput.ts";
import { buttonLook } from "../ui/buttonLook.ts";
import { Card } from "../ui/Card.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { Select } from "../ui/Select.tsx";
import { TextInput } from "../ui/TextInput.tsx";
import { LogLines } from "./LogLines.tsx";
import { LOG_SEARCH_ID } from "./logSearchId.ts";
import { logSources, NEWEST, STORY } from "./logSources.ts";

const FILTERS = ["all", "warnings", "errors"] as const;
type Filter = (typeof FILTERS)[number];

/**
 * What the programs said, as text and never as anything else: the newest task's output, any other task's, or the run's own story.
 * It follows its tail; whoever scrolls away from it stays where they are.
 */
export default function LogCard() {
  const { run } = useRun();
  const [chosen, setChosen] = useState<string>(NEWEST);
  const [filter, setFilter] = useState<Filter>("all");
  const [search, setSearch] = useState("");
  const sources = logSources(run);
  const source = sources.find(({ value }) => value === chosen) ?? sources[0];
  const taskId = source?.taskId ?? null;
  const { log, trouble } = useOutput(run.runId, taskId);
  const isStory = source?.value === STORY;
  const lines = isStory
    ? run.log.map((line) => ({
        number: line.seq,
        text: `${formatTimeSeconds(line.at, run.zone)}  ${line.text}`,
        level: "plain" as const,
      }))
    : (log?.lines ?? []);
  const rest = !isStory && log && log.rest !== "" ? log.rest : undefined;
  const shown = selectLines(lines, filter, search);
  const errors = selectLines(lines, "errors", "").length;
  const warnings = selectLines(lines, "warnings", "").length - errors;
  return (
    <Card
      title="Log"
      aria-label="Log"
      aside={
        <span className="flex flex-wrap items-center gap-2">
          <span className="whitespace-nowrap">
            {isStory ? formatCounted(lines.length, "event") : formatCounted(lines.length, "line")}
            {log && log.fromOffset > 0 && !isStory && ", from the tail"}
          </span>
          <Select
            size="small"
            aria-label="Which log"
            className="max-w-40"
            options={sources.map(({ value, label }) => ({ value, label }))}
            value={source?.value ?? STORY}
            onChange={(event) => setChosen(event.target.value)}
          />
          {!isStory && (
            <Segmented
              label="Which lines"
              value={filter}
              onChange={setFilter}
              options={[
                { value: "all", label: "All" },
                { value: "warnings", label: "Warnings", count: warnings },
                { value: "errors", label: "Errors", count: errors },
              ]}
            />
          )}
          <TextInput
            id={LOG_SEARCH_ID}
            size="small"
            type="search"
            aria-label="Search the log"
            placeholder="Search, press /"
            className="max-w-32"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          {taskId !== null && (
            <a
              className={buttonLook({ size: "small" })}
              href={`/api/runs/${run.runId}/output?task=${taskId}&raw=1`}
              download={`${source?.fileName ?? taskId}.log`}
              aria-label="Save the log as a file"
            >
              <Download aria-hidden="true" />
            </a>
          )}
        </span>
      }
    >
      <LogLines
        key={`${source?.value ?? ""} ${taskId ?? ""}`}
        lines={shown}
        rest={filter === "all" && search === "" ? rest : undefined}
        search={search}
        empty={emptyWords(isStory, taskId, log !== undefined, lines.length)}
        trouble={trouble}
      />
    </Card>
  );
}

function emptyWords(isStory: boolean, taskId: string | null, isRead: boolean, lines: number): string {
  if (lines > 0) return "No line fits the filter and the search.";
  if (isStory) return "Nothing has happened yet.";
  if (taskId === null) return "No program has run yet. Its output is shown here, line by line, as the host sends it.";
  return isRead ? "This task has written nothing so far." : "Loading the log";
}
