"use client";

import { Popover } from "@base-ui/react/popover";
import type { RefObject } from "react";
import { formatDuration } from "../../domain/format/duration.ts";
import { formatDay, formatTimeSeconds, zoneName } from "../../domain/format/time.ts";
import { Age } from "./Age.tsx";
import type { Measurement } from "./MeasuredBy.tsx";

/** The panel of MeasuredBy: source, moment, age and freshness. Loaded on the first press. */
export default function MeasuredPanel(props: {
  label: string;
  measurement: Measurement;
  anchorRef: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
}) {
  const { source, atMs, freshForMs, zone } = props.measurement;
  return (
    <Popover.Root
      open
      onOpenChange={(open, details) => {
        // A press on the value itself is its own toggle; closing here as well would open the panel again.
        const target = details.event.target;
        if (open || (target instanceof Node && props.anchorRef.current?.contains(target))) return;
        props.onClose();
      }}
    >
      <Popover.Portal>
        <Popover.Positioner anchor={props.anchorRef} sideOffset={8} collisionPadding={16} className="z-40">
          <Popover.Popup
            finalFocus={props.anchorRef}
            className="max-w-72 rounded-card border border-line bg-surface px-4 py-3 text-label shadow-float outline-none"
          >
            <Popover.Title className="font-semibold text-body">{props.label}</Popover.Title>
            <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5">
              <dt className="text-ink3">Source</dt>
              <dd>{source}</dd>
              <dt className="text-ink3">Measured</dt>
              <dd>
                {formatDay(atMs, zone)}, {formatTimeSeconds(atMs, zone)} {zoneName(zone)}
              </dd>
              <dt className="text-ink3">Age</dt>
              <dd>
                <Age sinceMs={atMs} {...(freshForMs !== undefined && { freshForMs })} />
                {freshForMs !== undefined && (
                  <span className="text-ink3">, fresh for {formatDuration(freshForMs)}</span>
                )}
              </dd>
            </dl>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
