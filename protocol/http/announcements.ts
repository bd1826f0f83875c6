export interface AnnouncementLine {
  readonly id: string;
  readonly title: string;
  readonly audience: "users" | "team" | "status-page" | "ticket";
  readonly stage: "sent" | "now" | "next" | "ifNeeded";
  readonly at: number | null;
}

/** One announcement rendered with the facts of now, or as it was published. */
export interface AnnouncementView extends AnnouncementLine {
  readonly subject: string;
  readonly text: string;
  readonly markdown: string;
  readonly html: string;
  /** Every placeholder that was filled, with its source; `value` stands in the text. */
  readonly filled: readonly {
    readonly name: string;
    readonly value: string;
    readonly source: string;
    readonly at: number | null;
  }[];
  /** Names that have no value yet. */
  readonly missing: readonly string[];
  readonly renderedAt: number;
}
