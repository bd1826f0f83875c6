"use client";

import { Copy } from "lucide-react";
import { useState } from "react";
import { statusAnnouncement } from "../announcements/statusAnnouncement.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Button } from "../ui/Button.tsx";
import { copyStatus } from "./copyStatus.ts";

/** Copies the status text; the key C does the same. */
export function CopyStatus() {
  const { run } = useRun();
  const [isBusy, setIsBusy] = useState(false);
  const copy = async (): Promise<void> => {
    setIsBusy(true);
    await copyStatus(run);
    setIsBusy(false);
  };
  return (
    <Button
      wide
      icon={<Copy aria-hidden="true" />}
      keyHint="C"
      busy={isBusy ? "Copying" : undefined}
      disabledReason={statusAnnouncement(run.announcements) ? undefined : "The runbook has no status text."}
      onClick={() => void copy()}
    >
      Copy status text
    </Button>
  );
}
