import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";
import { readMigrations } from "../../server/db/migrationFiles.ts";
import { scratchConnections } from "./engineConnection.ts";

/** Where the schema and its migrations are read from. */
export interface SchemaFolders {
  /** Folder of *.prisma files. */
  readonly schema: string;
  readonly migrations: string;
}

/**
 * What stands in the schema and not yet in the migrations, as SQL; undefined when they agree. The migrations are really
 * run, in a database made for that on the server given, by the schema engine of Prisma Migrate (its build for npm,
 * because the usual one is downloaded from the internet: docs/decisions/0002).
 *
 * @param adminUrl a server on which databases may be made and dropped
 */
export async function schemaDifference(folders: SchemaFolders, adminUrl: string): Promise<string | undefined> {
  const schemas = readSchemas(folders.schema);
  const { SchemaEngine } = await loadEngine();
  const connections = scratchConnections(adminUrl);
  const datamodels = schemas.map((file): [string, string] => [file.path, file.content]);
  const engine = await SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(connections));
  try {
    const { exitCode, stdout } = await engine.diff({
      from: {
        tag: "migrations",
        baseDir: folders.migrations,
        lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"' },
        shadowDbInitScript: "",
        migrationDirectories: readMigrations(folders.migrations).map(({ name, sql }) => ({
          path: name,
          migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
        })),
      },
      to: { tag: "schemaDatamodel", files: schemas },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 0 ? undefined : (stdout ?? "");
  } finally {
    engine.free();
    await connections.close();
  }
}

function readSchemas(folder: string) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".prisma"))
    .sort()
    .map((name) => ({ path: path.join(folder, name), content: readFileSync(path.join(folder, name), "utf8") }));
}

let loading: Promise<typeof glue> | undefined;

/** The package expects a bundler that can import wasm; Node can't, so its three steps are done here. */
function loadEngine(): Promise<typeof glue> {
  loading ??= (async () => {
    // The engine reports a panic through this global before it ends.
    Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (text: string) => console.error(text) } });
    const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm");
    const code = readFileSync(path.join(path.dirname(entry), "schema_engine_bg.wasm"));
    const { instance } = await WebAssembly.instantiate(code, { "./schema_engine_bg.js": { ...glue } });
    glue.__wbg_set_wasm(instance.exports);
    const start = instance.exports.__wbindgen_start;
    if (typeof start === "function") start();
    return glue;
  })();
  return loading;
}
