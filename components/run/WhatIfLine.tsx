"use client";

import { lazy, useState } from "react";
import { useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { Part } from "../ui/Part.tsx";
import { stepsAhead } from "./stepsAhead.ts";

const WhatIfDialog = lazy(() => import("./WhatIfDialog.tsx"));

/** The button under the steps that asks what would be if one took longer. Nothing where none is ahead. */
export function WhatIfLine() {
  const { run } = useRun();
  const [isAsking, setAsking] = useState(false);
  if (stepsAhead(run).length === 0) return null;
  return (
    <div className="border-line border-t px-4 py-2 print:hidden">
      <Button size="small" onClick={() => setAsking(true)}>
        What if a step takes longer?
      </Button>
      {isAsking && (
        <Part>
          <WhatIfDialog onClose={() => setAsking(false)} />
        </Part>
      )}
    </div>
  );
}
