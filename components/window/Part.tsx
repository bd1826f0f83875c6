"use client";

import type { ReactNode } from "react";
import { Component, Suspense } from "react";

/**
 * Holds a part of the page whose script is fetched when it is first wanted. Where it can't be fetched (the line is gone at that
 * moment), the part says so in its place and the rest of the page goes on: a run's state must not vanish with a chart.
 * @param fallback what stands there while it is fetched
 */
export function Part(props: { children: ReactNode; fallback?: ReactNode }) {
  return (
    <PartBoundary>
      <Suspense fallback={props.fallback}>{props.children}</Suspense>
    </PartBoundary>
  );
}

class PartBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <p role="alert" className="p-2 text-ink2 text-label">
        This part could not be fetched. Load the page again when the line is back.
      </p>
    );
  }
}
