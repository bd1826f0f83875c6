import clsx from "clsx";
import { formatCountOf } from "../../domain/format/count.ts";
import { formatDuration } from "../../domain/format/duration.ts";
import { formatTimeRange, zoneName } from "../../domain/format/time.ts";
import type { OnNowView } from "../../protocol/http/home.ts";
import { Countdown } from "../ui/Age.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { Clock } from "../ui/Clock.tsx";
import { Figure } from "../ui/Figure.tsx";
import { KindBadge, StateBadge } from "../ui/StateBadge.tsx";
import type { StateWord } from "../ui/stateWords.ts";
import { STATE_WORDS } from "../ui/stateWords.ts";

type Step = OnNowView["steps"][number];

const FILL = {
  done: "bg-ink2",
  running: "bg-move",
  waiting: "bg-ask",
  failed: "bg-stop",
  unknown: "bg-line hatched",
  skipped: "bg-edge",
  cancelled: "bg-edge",
  undone: "bg-line hatched",
  planned: "bg-line",
} as const satisfies Record<Step["stage"], string>;

/** A run that is on, in one strip: its state, where the data is, how far, and when it is over. */
export function OnNowCard(props: { run: OnNowView }) {
  const { run } = props;
  const word: StateWord = run.waitsForReader
    ? "Waiting for you"
    : (STATE_WORDS.find((known) => known === run.stateWord) ?? "Unknown");
  return (
    <Card aria-label={`On now: ${run.title}`} rehearsal={run.kind === "rehearsal"}>
      <CardContent first className="px-5 pb-5 phone:px-4">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <span className="flex flex-wrap gap-2">
            <StateBadge word={word} />
            <KindBadge kind={run.kind} />
          </span>
          <Clock size="card" startMs={run.startedAt} />
        </div>
        <h2 className="mt-2.5 text-figure">
          <a href={`/windows/${run.windowId}/run`} className="text-ink">
            {run.title}
          </a>
        </h2>
        <p className="text-ink2">
          {run.stepText !== null && <span className="font-medium text-ink">{run.stepText}. </span>}
          {run.dataSentence}
        </p>
        <Segments steps={run.steps} />
        <div className="mt-3.5 grid grid-cols-[repeat(3,auto)] justify-between gap-4 phone:grid-cols-2">
          <Figure
            label={`Forecast finish, ${zoneName(run.zone)}`}
            value={
              run.finishP50At === null || run.finishP90At === null
                ? "not known"
                : formatTimeRange(run.finishP50At, run.finishP90At, run.zone)
            }
          />
          <Figure label="Window left" value={<Countdown untilMs={run.endsAt} />} />
          <Figure
            label="If rolled back now"
            value={run.rollback === null ? "nothing to undo" : `about ${formatDuration(run.rollback.expectedMs)}`}
            {...(run.rollback !== null && { note: run.rollback.loses })}
          />
        </div>
      </CardContent>
    </Card>
  );
}

/** The steps as a bar, each as wide as it is planned to last. */
function Segments(props: { steps: readonly Step[] }) {
  const { steps } = props;
  const whole = steps.reduce((sum, step) => sum + step.plannedMs, 0);
  const done = steps.filter(({ stage }) => stage === "done" || stage === "skipped").length;
  const now = steps.filter(({ stage }) => stage !== "done" && stage !== "skipped" && stage !== "planned");
  const words = [`${formatCountOf(done, steps.length)} steps and gates done`];
  for (const { title, stage } of now) words.push(`${title}: ${stage}`);
  return (
    <div role="img" aria-label={words.join(", ")} className="forced-color-adjust-none mt-3.5 flex gap-0.5">
      {steps.map((step) => (
        <span
          key={step.id}
          style={{ flexGrow: Math.max(step.plannedMs, whole / 80, 1) }}
          className={clsx("h-2 min-w-1 basis-0 rounded-[0.125rem]", FILL[step.stage])}
        />
      ))}
    </div>
  );
}
