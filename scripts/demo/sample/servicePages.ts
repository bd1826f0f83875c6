/** What the service has done since it was started. */
export interface ServiceCounts {
  readonly acceptedCount: number;
  readonly refusedCount: number;
  readonly failedCount: number;
  readonly runningCount: number;
  readonly lastAcceptedAtMs: number | undefined;
}

const STYLE =
  "body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}" +
  "dt{float:left;clear:left;width:14rem}dd{margin:0 0 0 14rem;font-variant-numeric:tabular-nums}";

function page(title: string, body: string): string {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>`;
  return `<!doctype html><html lang="en"><head>${head}<style>${STYLE}</style></head><body>${body}</body></html>\n`;
}

/** What users see while the service is closed. */
export const maintenancePage = page(
  "SuperSync: maintenance",
  "<h1>Scheduled maintenance</h1><p>SuperSync is closed for maintenance. Your data on your devices is safe; " +
    "synchronising goes on by itself afterwards.</p>",
);

/** The service's front page: what it has done, without any script. */
export function frontPage(counts: ServiceCounts): string {
  const last = counts.lastAcceptedAtMs === undefined ? "none yet" : new Date(counts.lastAcceptedAtMs).toISOString();
  const rows = [
    ["Writes accepted", counts.acceptedCount],
    ["Refused (maintenance)", counts.refusedCount],
    ["Failed", counts.failedCount],
    ["Last accepted write", last],
  ];
  const list = rows.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join("");
  return page("SuperSync", `<h1>SuperSync, a sample service</h1><dl>${list}</dl>`);
}
