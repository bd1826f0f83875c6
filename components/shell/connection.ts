/** What this page knows of its own line to the server. It says nothing about the hosts: their work goes on without it. */
export type Connection =
  | { readonly state: "connecting" }
  | {
      readonly state: "connected";
      /** How long news take to get here. */
      readonly delayMs?: number;
    }
  | {
      readonly state: "lost";
      /** When this page last heard from the server. */
      readonly lastKnownMs: number;
      /** When it tries again by itself. */
      readonly nextTryMs?: number;
    };
