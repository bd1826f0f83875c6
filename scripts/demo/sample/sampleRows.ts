import type pg from "pg";

/** How many rows of each kind. */
export interface SampleRows {
  readonly operations: number;
  readonly users: number;
  readonly snapshots: number;
}

/** Each is a SHA-512, 64 bytes that nothing compresses; so are real operations and snapshots, which arrive encrypted. */
const DIGESTS_PER_OPERATION = 8;
const DIGESTS_PER_SNAPSHOT = 1024;
/** Measured on disk with PostgreSQL 15, indexes included. */
const OPERATION_BYTES = 790;
const SNAPSHOT_BYTES = 68_500;
const OPERATIONS_SHARE = 0.7;
/** Every fifth user has never stored a snapshot. */
const USERS_PER_SNAPSHOT = 1.25;

/** How many rows make a database of about that size. */
export function rowsFor(sizeBytes: number): SampleRows {
  const operations = Math.max(100, Math.round((sizeBytes * OPERATIONS_SHARE) / OPERATION_BYTES));
  const snapshots = Math.max(4, Math.round((sizeBytes * (1 - OPERATIONS_SHARE)) / SNAPSHOT_BYTES));
  return { operations, users: Math.round(snapshots * USERS_PER_SNAPSHOT), snapshots };
}

const TABLES = `
  create table users (
    id bigint primary key,
    email text not null unique,
    token_sha256 bytea unique,
    created_at timestamptz not null default now()
  );
  create table user_sync_state (
    user_id bigint primary key,
    last_seq bigint not null default 0,
    snapshot_data bytea,
    updated_at timestamptz not null default now()
  );
  alter table user_sync_state alter column snapshot_data set storage external;
  create table operations (
    server_seq bigint generated always as identity,
    user_id bigint not null,
    client_id text not null,
    client_seq bigint not null,
    kind text not null,
    entity_id uuid not null,
    payload bytea not null,
    created_at timestamptz not null default now()
  );`;

const INDEXES = `
  alter table operations add primary key (server_seq);
  alter table operations add unique (user_id, client_id, client_seq);
  create index on operations (created_at);
  alter table operations add foreign key (user_id) references users (id);
  alter table user_sync_state add foreign key (user_id) references users (id);`;

/** Makes the tables and fills them. Everything is computed from the row's number: two samples of a size are equal. */
export async function makeRows(client: pg.Client, rows: SampleRows): Promise<void> {
  const digests = Array.from({ length: DIGESTS_PER_OPERATION }, (_, n) => `sha512(int8send(g * 16 + ${n}))`);
  // One transaction from CREATE TABLE on: with wal_level=minimal nothing of it goes through the write-ahead log.
  await client.query("begin");
  await client.query(TABLES);
  await client.query(
    `insert into users (id, email, created_at)
     select g, 'user' || g || '@example.com', now() - interval '1 year' + g * interval '1 minute'
     from generate_series(1, $1::bigint) g`,
    [rows.users],
  );
  await client.query(
    `insert into user_sync_state (user_id, snapshot_data)
     select g, case when g <= $2::bigint
       then (select string_agg(sha512(int8send(-(g * $3::bigint + n))), '') from generate_series(1, $3::bigint) n) end
     from generate_series(1, $1::bigint) g`,
    [rows.users, rows.snapshots, DIGESTS_PER_SNAPSHOT],
  );
  await client.query(
    `insert into operations (user_id, client_id, client_seq, kind, entity_id, payload, created_at)
     select 1 + g % $2::bigint, 'device-' || g % 3, g, (array['task', 'note', 'tag', 'project'])[1 + g % 4],
       md5(g::text)::uuid, ${digests.join(" || ")}, now() - interval '30 days' + g * interval '30 days' / $1::bigint
     from generate_series(1, $1::bigint) g`,
    [rows.operations, rows.users],
  );
  await client.query(INDEXES);
  await client.query(
    "update user_sync_state s set last_seq = coalesce((select max(server_seq) from operations o where o.user_id = s.user_id), 0)",
  );
  await client.query("commit");
}

/** Lets an account of the sample sign in with a token, of which only the digest is stored. */
export async function giveToken(client: pg.Client, userId: number, tokenSha256: Buffer): Promise<void> {
  await client.query("update users set token_sha256 = $2 where id = $1", [userId, tokenSha256]);
}
