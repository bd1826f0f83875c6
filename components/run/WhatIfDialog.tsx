"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { formatDuration } from "../../domain/format/duration.ts";
import { formatPercent } from "../../domain/format/percent.ts";
import { formatTime, formatTimeRange } from "../../domain/format/time.ts";
import type { ForecastView, WhatIfView } from "../../protocol/http/runs.ts";
import { Supposition } from "../../protocol/http/runs.ts";
import { getJson, wordsOfError } from "../data/apiClient.ts";
import { queryKeys } from "../data/queryKeys.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Figure } from "../ui/Figure.tsx";
import { Note } from "../ui/Note.tsx";
import { Select } from "../ui/Select.tsx";
import { NumberInput } from "../ui/TextInput.tsx";
import { stepsAhead } from "./stepsAhead.ts";

/** What people ask of a copy. */
const FIRST_ASKED = "30";

/** Asks what would be if a step took longer. It changes nothing, and every reader may ask. */
export default function WhatIfDialog(props: { onClose: () => void }) {
  const { run } = useRun();
  const steps = stepsAhead(run);
  const [chosen, setChosen] = useState<string>();
  // The step that was asked about may be over meanwhile: then the question is about the one that is on.
  const step = steps.find(({ id }) => id === chosen)?.id ?? steps[0]?.id ?? "";
  const [longer, setLonger] = useState(FIRST_ASKED);
  const asked = Supposition.safeParse({ step, longer: longer.trim() === "" ? undefined : longer.trim() });
  const query = asked.success ? `step=${asked.data.step}&longer=${asked.data.longer}` : "";
  const { data, error, fetchStatus } = useQuery({
    queryKey: queryKeys.whatIf(run.runId, run.seq, query),
    queryFn: ({ signal }) => getJson<WhatIfView>(`/api/runs/${run.runId}/what-if?${query}`, signal),
    enabled: asked.success,
    // Over the run's next event, not over another question: see `answer`.
    placeholderData: keepPreviousData,
  });
  const answer = error === null && asked.success && isAbout(data, asked.data) ? data : undefined;
  return (
    <Dialog
      open
      title="What if a step takes longer?"
      description="The same forecast with that supposed. Nothing is changed by it."
      safe={{ label: "Close", onChoose: props.onClose }}
    >
      <div className="mt-4 flex flex-wrap gap-4">
        <Field label="What is left of" required className="min-w-52 flex-1">
          {(control) => (
            <Select
              {...control}
              options={steps.map(({ id, title }) => ({ value: id, label: title }))}
              value={step}
              onChange={(event) => setChosen(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Takes longer by"
          required
          error={asked.success ? undefined : asked.error.issues.find(({ path }) => path[0] === "longer")?.message}
        >
          {(control) => (
            <NumberInput
              {...control}
              unit="%"
              whole
              value={longer}
              onChange={(event) => setLonger(event.target.value)}
            />
          )}
        </Field>
      </div>
      {error !== null && <Note tone="ask" title={wordsOfError(error).message} className="mt-4" />}
      <div className="mt-4 grid min-h-21 grid-cols-2 gap-4" aria-live="polite">
        {asked.success && answer === undefined && error === null && (
          <p className="col-span-2 text-ink2">
            {fetchStatus === "paused" ? "This page lost the server. The answer comes when it is back." : "Reckoning…"}
          </p>
        )}
        {answer && (
          <>
            <Finish label="As it is expected" forecast={answer.expected} zone={run.zone} endsAt={run.endsAt} />
            <Finish label="Then" forecast={answer.supposed} zone={run.zone} endsAt={run.endsAt} />
          </>
        )}
      </div>
    </Dialog>
  );
}

function isAbout(view: WhatIfView | undefined, { step, longer }: Supposition): boolean {
  return view?.supposition.step === step && view.supposition.longer === longer;
}

function Finish(props: { label: string; forecast: ForecastView; zone: string; endsAt: number }) {
  const { forecast, zone } = props;
  const { finishP50At, finishP90At, oddsInWindow } = forecast;
  if (finishP50At === null || finishP90At === null || oddsInWindow === null) return null;
  const spareMs = props.endsAt - finishP50At;
  const spare = formatDuration(Math.floor(Math.abs(spareMs) / 60_000) * 60_000);
  return (
    <Figure
      label={props.label}
      value={formatTime(finishP50At, zone)}
      note={
        <>
          {formatTimeRange(finishP50At, finishP90At, zone)}
          <br />
          {formatPercent(oddsInWindow)} in window
          <br />
          {spareMs >= 0 ? `${spare} spare` : `${spare} over`}
        </>
      }
    />
  );
}
