"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { formatTime } from "../../domain/format/time.ts";

const RENEW_AFTER_MS = 20_000;

/**
 * Keeps the public page true: it is read again three times a minute while somebody looks at it. When the server is not reached, the page
 * stays as it is and says from when it is. Without script it says its time and can be loaded again.
 */
export function RenewsItself(props: { readAtMs: number; zone: string }) {
  const router = useRouter();
  const [isLost, setIsLost] = useState(false);
  const [hasScript, setHasScript] = useState(false);
  useEffect(() => {
    setHasScript(true);
    const renew = async (): Promise<void> => {
      if (document.visibilityState === "hidden") return;
      // Asked first: a refresh that finds no server would leave for the browser's own error page.
      const answer = await fetch("/api/status", { cache: "no-store" }).catch(() => undefined);
      setIsLost(!answer?.ok);
      if (answer?.ok) router.refresh();
    };
    const timer = setInterval(() => void renew(), RENEW_AFTER_MS);
    document.addEventListener("visibilitychange", renew);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", renew);
    };
  }, [router]);
  const time = formatTime(props.readAtMs, props.zone);
  if (isLost) return <b role="status">Not renewed since {time}: the server can't be reached.</b>;
  return (
    <>
      As of {time}. {hasScript ? "This page renews itself." : "Load it again for news."}
    </>
  );
}
