"use client";

import { useId, useSyncExternalStore } from "react";
import { zoneName } from "../../domain/format/time.ts";
import { useRun } from "../data/RunProvider.tsx";
import { Select } from "../ui/Select.tsx";

const never = () => () => undefined;
const ownZone = (): string | undefined => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** In which time zone the text names its times: the window's, this reader's own, or UTC. */
export function ZoneChoice(props: { zone: string; onZone: (zone: string) => void }) {
  const { run } = useRun();
  const id = useId();
  const own = useSyncExternalStore(never, ownZone, () => undefined);
  const zones = [...new Set([run.zone, own, "UTC", props.zone])].filter((zone) => zone !== undefined);
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="whitespace-nowrap text-ink2 text-label">
        Reader's zone
      </label>
      <Select
        id={id}
        size="large"
        className="w-44"
        options={zones.map((zone) => ({ value: zone, label: zoneName(zone) }))}
        value={props.zone}
        onChange={(event) => props.onZone(event.target.value)}
      />
    </div>
  );
}
