import { useQuery } from "@tanstack/react-query";
import type { ReportView } from "../../protocol/http/runs.ts";
import { getJson } from "../data/apiClient.ts";
import { queryKeys } from "../data/queryKeys.ts";
import { useRun } from "../data/RunProvider.tsx";

/** The report of the run that is shown, read again with each of its events. */
export function useReport() {
  const { run } = useRun();
  return useQuery({
    queryKey: [...queryKeys.report(run.runId), run.seq],
    queryFn: ({ signal }) => getJson<ReportView>(`/api/runs/${run.runId}/report`, signal),
  });
}
