import type pg from "pg";
import type { NoticeListener } from "../../db/noticeListener.ts";
import type { Notifier } from "../../db/notifier.ts";
import type { RunReader } from "../../db/runReader.ts";
import type { LiveHub } from "../hub.ts";

/** The server's Ed25519 identity towards agents. */
export interface ServerSigner {
  /** Base64 of the 32 raw bytes. */
  readonly publicKey: string;
  /** The signature over the UTF-8 bytes of a text, base64. */
  sign(text: string): string;
}

/** What a connection to an agent works with: handed in, nothing is global. */
export interface AgentGatewayParts {
  readonly pool: pg.Pool;
  readonly runs: RunReader;
  readonly hub: LiveHub;
  readonly notifier: Notifier;
  readonly listener: NoticeListener;
  readonly signer: ServerSigner;
  /** Names this process in `host.link_owner`. */
  readonly gatewayId: string;
  readonly now: () => number;
  readonly log: (line: string) => void;
}
