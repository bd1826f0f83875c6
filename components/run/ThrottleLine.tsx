"use client";

import { lazy, useState } from "react";
import { useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Part } from "../ui/Part.tsx";
import { may } from "./cards/answers.ts";
import type { NowStep } from "./nowStep.ts";
import { throttleWords } from "./throttleWords.ts";

const ThrottleDialog = lazy(() => import("./ThrottleDialog.tsx"));

/** How much the running task may take of its host, why it stands where it does, and the button to change it. Nothing for other steps. */
export function ThrottleLine(props: { step: NowStep }) {
  const { step } = props;
  const { reader, me } = useRun();
  const [isAsking, setAsking] = useState(false);
  if (step.throttle === null || step.stage !== "running" || step.cancelOrdered) return null;
  const { ordered, host } = throttleWords(step.throttle, step.progress?.progress.throttle);
  return (
    <div className="mt-3 flex flex-wrap items-center justify-between gap-x-3 gap-y-1 border-line border-t pt-2 text-label">
      <p className="min-w-0">
        <span className="text-ink3">Speed</span> {ordered}
        {host !== undefined && <span className="font-semibold">; {host}</span>}
      </p>
      <Button
        size="small"
        disabledReason={may({ userId: me.userId, may: reader.may }, "throttleTask")}
        onClick={() => setAsking(true)}
      >
        Change the speed
      </Button>
      {isAsking && (
        <Part>
          <ThrottleDialog step={step} setting={step.throttle} onClose={() => setAsking(false)} />
        </Part>
      )}
    </div>
  );
}
