import { createHash } from "node:crypto";
import type { TableShape } from "../../db/copy/tables.ts";
import { BackupUnreadable, readArchive } from "./archive.ts";
import type { OpeningKey } from "./backupKey.ts";
import type { Sums } from "./manifest.ts";
import { BACKUP_FORMAT, Manifest, Sums as SumsSchema } from "./manifest.ts";
import type { StateFile } from "./stateParts.ts";
import { STATE_FILES } from "./stateParts.ts";

export const MANIFEST = "manifest.json";
export const SUMS = "sums.json";
/** `tables/run_event/000001`: rows travel in pieces of known size, so that none has to wait on a disk in the clear. */
const PIECE = /^tables\/([a-z_]+)\/(\d+)$/;
const FILE = /^state\/(.+)$/;
/** The two texts and the state's files are small; what says otherwise is not ours. */
const SMALL_BYTES = 4 * 1024 * 1024;

export const pieceName = (table: string, number: number): string =>
  `tables/${table}/${String(number).padStart(6, "0")}`;
export const fileName = (name: string): string => `state/${name}`;

/** A backup that was read to its end, with every sum as it was written. */
export interface ReadBackup {
  readonly manifest: Manifest;
  readonly sums: Sums;
  readonly files: ReadonlyMap<StateFile, Buffer>;
}

/** Called with the rows of each table, which it has to read to their end; they come in the order of the manifest. */
export type TakeTable = (table: TableShape, rows: AsyncIterable<Uint8Array>) => Promise<void>;

/**
 * Reads a whole backup and checks that it is whole: every table and file that its manifest names is there and has the sum that was taken
 * when it was written.
 *
 * @param began told of the manifest before the first table
 * @throws BackupUnreadable
 */
export async function readBackup(
  path: string,
  key: OpeningKey,
  take: TakeTable = async (_table, rows) => {
    for await (const _ of rows);
  },
  began: (manifest: Manifest) => Promise<void> = async () => {},
): Promise<ReadBackup> {
  const unfit = (why: string) =>
    new BackupUnreadable(`${path} is not whole: ${why}. Nothing was changed; take an older backup.`);
  let manifest: Manifest | undefined;
  let sums: Sums | undefined;
  const files = new Map<StateFile, Buffer>();
  const counted: Record<string, { bytes: number; sha256: string }> = {};
  const feed = createTableFeed(take);

  const read = readArchive(path, key, async (name, body) => {
    if (manifest === undefined) {
      if (name !== MANIFEST) throw unfit("it does not begin with a manifest");
      manifest = readManifest(path, await whole(body, unfit));
      await began(manifest);
      return;
    }
    const [, table, number] = PIECE.exec(name) ?? [];
    if (table !== undefined) {
      const shape = manifest.tables.find((one) => one.name === table);
      if (shape === undefined) throw unfit(`it holds a table ${table} that its manifest does not name`);
      await feed.piece(shape, Number(number), body, unfit);
      return;
    }
    await feed.end();
    const file = STATE_FILES.find((one) => one === FILE.exec(name)?.[1]);
    if (file !== undefined) {
      const bytes = await whole(body, unfit);
      files.set(file, bytes);
      counted[file] = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
    } else if (name === SUMS) {
      const said = SumsSchema.safeParse(JSON.parse((await whole(body, unfit)).toString("utf8")));
      if (!said.success) throw unfit("its sums can't be read");
      sums = said.data;
    } else throw unfit(`it holds ${name}, which this version does not know`);
  });
  await read.catch(async (error: unknown) => {
    await feed.abandon(error);
    throw error;
  });
  if (manifest === undefined || sums === undefined) throw unfit("its end is missing");
  for (const { name } of manifest.tables) {
    const had = feed.sums.get(name);
    const wanted = sums.tables[name];
    if (had === undefined || wanted === undefined || had.bytes !== wanted.bytes || had.sha256 !== wanted.sha256)
      throw unfit(`the rows of ${name} are not as they were written`);
  }
  for (const name of manifest.files) {
    if (counted[name] === undefined || counted[name].sha256 !== sums.files[name]?.sha256)
      throw unfit(`the file ${name} is not as it was written`);
  }
  return { manifest, sums, files };
}

function readManifest(path: string, bytes: Buffer): Manifest {
  const json: unknown = JSON.parse(bytes.toString("utf8"));
  const read = Manifest.safeParse(json);
  if (read.success) return read.data;
  const format = typeof json === "object" && json !== null ? Reflect.get(json, "slackwaterBackup") : undefined;
  if (typeof format === "number" && format > BACKUP_FORMAT) {
    throw new BackupUnreadable(
      `${path} was written by a newer Slackwater. Restore with that version. Nothing was changed.`,
    );
  }
  throw new BackupUnreadable(`${path} holds no backup of Slackwater. Nothing was changed.`, { cause: read.error });
}

async function whole(body: AsyncIterable<Uint8Array>, unfit: (why: string) => Error): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > SMALL_BYTES) throw unfit("an entry is larger than it can be");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Makes one stream of rows of the pieces that come one after the other, and its sum. */
function createTableFeed(take: TakeTable) {
  const sums = new Map<string, { readonly bytes: number; readonly sha256: string }>();
  let open: OpenTable | undefined;

  const end = async (): Promise<void> => {
    const table = open;
    open = undefined;
    if (table === undefined) return;
    await table.pipe.end();
    await table.taken;
    sums.set(table.shape.name, { bytes: table.bytes, sha256: table.hash.digest("hex") });
  };

  return {
    sums,
    end,
    /** Ends the table that is being taken with the error, and waits until its taker has let go. */
    async abandon(error: unknown) {
      const table = open;
      open = undefined;
      table?.pipe.fail(error);
      await table?.taken.catch(() => {});
    },
    async piece(shape: TableShape, number: number, body: AsyncIterable<Uint8Array>, unfit: (why: string) => Error) {
      if (open?.shape.name !== shape.name) {
        await end();
        if (sums.has(shape.name)) throw unfit(`the rows of ${shape.name} come twice`);
        const pipe = createPipe();
        const taken = take(shape, pipe.read());
        // Seen at the next piece; until then nobody awaits it.
        taken.catch((error: unknown) => pipe.fail(error));
        open = { shape, pipe, taken, hash: createHash("sha256"), bytes: 0, pieces: 0 };
      }
      open.pieces += 1;
      if (number !== open.pieces) throw unfit(`a piece of the rows of ${shape.name} is missing`);
      for await (const part of body) {
        open.bytes += part.byteLength;
        open.hash.update(part);
        await open.pipe.write(part);
      }
    },
  };
}

interface OpenTable {
  readonly shape: TableShape;
  readonly pipe: ReturnType<typeof createPipe>;
  readonly taken: Promise<void>;
  readonly hash: ReturnType<typeof createHash>;
  bytes: number;
  pieces: number;
}

/** Hands each part to the reader and waits until it was taken: nothing piles up. */
function createPipe() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  // Told by the writes; without these an early failure would be one that nobody handles.
  writer.closed.catch(() => {});
  writer.ready.catch(() => {});
  return {
    read: (): AsyncIterable<Uint8Array> => readable,
    write: (part: Uint8Array) => writer.write(part),
    end: () => writer.close(),
    fail: (error: unknown) => void writer.abort(error).catch(() => {}),
  };
}
