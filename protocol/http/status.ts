/** What the public status page knows; nothing that names hosts, products or steps. */
export interface StatusView {
  readonly now: number;
  readonly services: readonly {
    readonly slug: string;
    readonly name: string;
    readonly state: "operational" | "maintenance" | "planned";
    readonly sentence: string;
  }[];
  readonly current: readonly StatusWindow[];
  readonly planned: readonly StatusWindow[];
  readonly past: readonly StatusWindow[];
}

/** One window as users see it. */
export interface StatusWindow {
  readonly title: string;
  readonly service: string;
  readonly state: "planned" | "inProgress" | "done" | "undone" | "late";
  readonly startsAt: number;
  readonly endsAt: number;
  /** When users can expect it to be over: a range from the forecast, or null. */
  readonly expectedFrom: number | null;
  readonly expectedTo: number | null;
  readonly zone: string;
  /** While it goes on: what users notice now, in the runbook's own words for them; null where it has none. */
  readonly forUsers: string | null;
  readonly updates: readonly { readonly at: number; readonly subject: string; readonly html: string }[];
}
