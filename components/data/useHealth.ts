"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { HealthSample } from "../../protocol/agent.ts";
import type { BrowserFrame } from "../../protocol/browser.ts";
import { shownNowMs } from "../ui/clock.ts";
import { getJson } from "./apiClient.ts";
import { HEALTH_SPAN_MS, mergeSamples, withSample } from "./health.ts";
import { useRoom } from "./live/LiveProvider.tsx";
import { queryKeys } from "./queryKeys.ts";

/** Health of a host over the last half hour, oldest first: what is stored, then what comes by socket. Undefined until read. */
export function useHealth(hostId: string | undefined): readonly HealthSample[] | undefined {
  const client = useQueryClient();
  const key = queryKeys.health(hostId ?? "");
  const { data, refetch } = useQuery({
    queryKey: key,
    enabled: hostId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const since = Math.max(0, Math.round(shownNowMs() - HEALTH_SPAN_MS));
      const stored = await getJson<HealthSample[]>(`/api/hosts/${hostId}/health?since=${since}`, signal);
      return mergeSamples(stored, client.getQueryData<readonly HealthSample[]>(key) ?? []);
    },
  });
  const onFrame = (frame: BrowserFrame): void => {
    if (frame.type !== "health" || frame.hostId !== hostId) return;
    client.setQueryData<readonly HealthSample[]>(queryKeys.health(hostId), (samples) =>
      withSample(samples ?? [], frame.sample),
    );
  };
  useRoom(hostId === undefined ? undefined : `host:${hostId}`, onFrame, () => void refetch());
  return data;
}
