"use client";

import clsx from "clsx";
import type { ReactNode } from "react";
import { Component, Suspense } from "react";
import { Button } from "./Button.tsx";

interface Place {
  /** What is missing where it can't be fetched: "The menu". */
  readonly name?: string;
  /** For what would float over the page (a menu, a toast): its place is the lower right, in sight wherever one has scrolled to. */
  readonly floats?: boolean;
}

/**
 * Holds a part of the page whose script is fetched when it is first wanted. Where it can't be fetched (the line is gone at that
 * moment, or a newer version of the server has other scripts), it says so in its place and the rest of the page goes on: a run's
 * state must not vanish with a chart.
 * @param fallback what stands there while it is fetched
 */
export function Part(props: Place & { children: ReactNode; fallback?: ReactNode }) {
  const { children, fallback, ...place } = props;
  return (
    <PartBoundary {...place}>
      <Suspense fallback={fallback}>{children}</Suspense>
    </PartBoundary>
  );
}

class PartBoundary extends Component<Place & { children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <NotFetched {...this.props} /> : this.props.children;
  }
}

// The page is not loaded again by itself: while the line is gone, that would take away the last that is known.
function NotFetched(props: Place) {
  return (
    <div
      role="alert"
      className={clsx(
        "flex flex-wrap items-center gap-x-3 gap-y-1 p-2 text-ink2 text-label",
        props.floats &&
          "fixed right-4 bottom-4 z-40 max-w-100 rounded-card border border-line bg-surface p-3 shadow-float phone:bottom-20 phone:left-4",
      )}
    >
      <p className="min-w-0 flex-1 basis-48">
        {props.name ?? "This part"} could not be fetched. Load the page again when the line is back.
      </p>
      <Button size="small" onClick={() => window.location.reload()}>
        Load the page again
      </Button>
    </div>
  );
}
