import { createHash } from "node:crypto";
import pg from "pg";
import { z } from "zod";

/** What the service needs to reach its database. */
export interface StoreSettings {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** One change that a device of a user has made; `id` grows by one with each on that device. */
export const Operation = z.object({
  id: z.int().positive(),
  kind: z.string().max(40),
  entityId: z.uuid(),
  /** Encrypted on the device; base64. */
  payload: z.base64().max(64 * 1024),
});
export type Operation = z.infer<typeof Operation>;

export interface SyncUser {
  readonly id: number;
}

export interface Snapshot {
  readonly latestSeq: number;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The service's database. Every method throws what pg threw when the database does not answer. */
export interface SyncStore {
  isAnswering(): Promise<boolean>;
  userByToken(token: string): Promise<SyncUser | undefined>;
  /** Stores operations, those it has already only once; returns the newest sequence number. */
  add(userId: number, clientId: string, operations: readonly Operation[]): Promise<number>;
  snapshot(userId: number): Promise<Snapshot>;
  /** Ends all sessions, each when its statement is done; later calls open new ones. */
  letGo(): Promise<void>;
}

/** Sessions end soon when nobody needs them, so that a closed service holds none. */
const IDLE_MS = 1_000;
/** A log-in that is given up has cost the server as much as one that is not: on a busy host a short limit keeps everybody out. */
const CONNECT_MS = 15_000;
const STATEMENT_MS = 5_000;

const ADD = `
  with added as (
    insert into operations (user_id, client_id, client_seq, kind, entity_id, payload)
    select $1, $2, o.id, o.kind, o."entityId", decode(o.payload, 'base64')
    from jsonb_to_recordset($3) as o (id bigint, kind text, "entityId" uuid, payload text)
    on conflict (user_id, client_id, client_seq) do nothing
    returning server_seq
  )
  update user_sync_state set last_seq = greatest(last_seq, (select max(server_seq) from added)), updated_at = now()
  where user_id = $1 returning last_seq::text`;

const SNAPSHOT = `
  select last_seq::text as last_seq, snapshot_data from user_sync_state where user_id = $1`;

/** Opens sessions as they are needed and again after any of them was lost. */
export function openStore(settings: StoreSettings, log: (line: string) => void): SyncStore {
  const open = () => {
    const pool = new pg.Pool({
      ...settings,
      host: "127.0.0.1",
      max: 6,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      query_timeout: STATEMENT_MS,
      application_name: "supersync",
    });
    // An idle session that the server ends: nothing is lost, the next request opens another.
    pool.on("error", (error) => log(`INFO a database session ended: ${error.message}`));
    return pool;
  };
  let pool = open();

  return {
    isAnswering: async () => {
      const { rows } = await pool.query<{ one: number }>("select 1 as one");
      return rows[0]?.one === 1;
    },
    userByToken: async (token) => {
      const digest = createHash("sha256").update(token).digest();
      const { rows } = await pool.query<{ id: string }>("select id::text from users where token_sha256 = $1", [digest]);
      return rows[0] && { id: Number(rows[0].id) };
    },
    add: async (userId, clientId, operations) => {
      const { rows } = await pool.query<{ last_seq: string }>(ADD, [userId, clientId, JSON.stringify(operations)]);
      return Number(rows[0]?.last_seq ?? 0);
    },
    snapshot: async (userId) => {
      const { rows } = await pool.query<{ last_seq: string; snapshot_data: Buffer | null }>(SNAPSHOT, [userId]);
      const data = rows[0]?.snapshot_data ?? Buffer.alloc(0);
      const sha256 = createHash("sha256").update(data).digest("hex");
      return { latestSeq: Number(rows[0]?.last_seq ?? 0), sizeBytes: data.length, sha256 };
    },
    letGo: async () => {
      const old = pool;
      pool = open();
      await old.end();
    },
  };
}
