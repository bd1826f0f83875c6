"use client";

import { useEffect, useRef } from "react";
import { Logo } from "../components/shell/Logo.tsx";
import { Button } from "../components/ui/Button.tsx";
import { buttonLook } from "../components/ui/buttonLook.ts";
import { Trouble } from "../components/ui/Trouble.tsx";

/** A page that failed. It says what is known: that this is about the page and not about what runs. */
export default function PageFailed(props: { error: Error & { digest?: string }; reset: () => void }) {
  const headingRef = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    console.error(props.error);
    headingRef.current?.focus();
  }, [props.error]);
  return (
    <main className="mx-auto flex min-h-dvh max-w-130 flex-col items-start justify-center gap-4 px-page">
      <Logo className="size-7" />
      <h1 ref={headingRef} tabIndex={-1}>
        This page failed
      </h1>
      <Trouble
        what={`The page could not be shown${props.error.digest === undefined ? "" : ` (${props.error.digest} in the server's log)`}.`}
        data="Not touched by this. What runs on the hosts goes on without the page."
        do="Try again. If it stays, look at the server's log."
      />
      <div className="flex gap-2">
        <Button variant="primary" onClick={() => props.reset()}>
          Try again
        </Button>
        {/* No link of Next's: a whole load fetches every script anew, and one that is missing may be what failed. */}
        <a href="/" className={buttonLook()}>
          Go home
        </a>
      </div>
    </main>
  );
}
