import { z } from "zod";
import { TableShape } from "../../db/copy/tables.ts";

/** Number of the format of a backup: the tar's entries, and what the two texts in it say. Grows when an older reader would go wrong. */
export const BACKUP_FORMAT = 1;

const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** The first entry of a backup, `manifest.json`: what follows, and under which schema it was written. */
export const Manifest = z.strictObject({
  slackwaterBackup: z.literal(BACKUP_FORMAT),
  /** The version of Slackwater that wrote it. */
  version: z.string().max(60),
  /** The moment of the one snapshot that all rows are of, by the database's clock (ms since the epoch). */
  takenAt: z.int().min(0),
  postgres: z.string().max(120),
  migrations: z.array(z.strictObject({ name: z.string().max(255), checksum: z.string().max(64) })).min(1),
  tables: z.array(TableShape),
  /** Tables that are there and whose rows are not in the backup. */
  leftOut: z.array(z.string()),
  /** Files of the state folder. */
  files: z.array(z.string()),
  runs: z.strictObject({ all: z.int(), notEnded: z.int() }),
});
export type Manifest = z.infer<typeof Manifest>;

/** The last entry, `sums.json`: without it a backup is not whole. Sizes in bytes. */
export const Sums = z.strictObject({
  tables: z.record(z.string(), z.strictObject({ rows: z.int(), bytes: z.int(), sha256: Sha256Hex })),
  files: z.record(z.string(), z.strictObject({ bytes: z.int(), sha256: Sha256Hex })),
});
export type Sums = z.infer<typeof Sums>;
