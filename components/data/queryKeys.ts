/** The names under which answers are kept in the query cache. One place, so that what is patched is what is read. */
export const queryKeys = {
  me: ["me"],
  tokens: ["tokens"],
  waitingPasskeys: ["waitingPasskeys"],
  home: ["home"],
  windows: ["windows"],
  services: ["services"],
  hosts: ["hosts"],
  runbooks: ["runbooks"],
  status: ["status"],
  runbook: (digest: string) => ["runbook", digest],
  run: (runId: string) => ["run", runId],
  health: (hostId: string) => ["health", hostId],
  announcement: (runId: string, announcementId: string, zone: string) => ["announcement", runId, announcementId, zone],
  report: (runId: string) => ["report", runId],
  whatIf: (runId: string, seq: number, query: string) => ["whatIf", runId, seq, query],
} as const;
