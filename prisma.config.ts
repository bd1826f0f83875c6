import { defineConfig } from "prisma/config";

// `generate`, `validate` and `format` do not use the schema engine, yet the CLI downloads it before it looks at the
// command, and fails where there is no internet. Any existing file satisfies that check. Migrations never go
// through this CLI: scripts/migrate.ts drives the same engine from npm (docs/decisions/0002).
const needsNoEngine = ["generate", "validate", "format"];
if (process.argv.some((word) => needsNoEngine.includes(word))) {
  process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
}

export default defineConfig({
  schema: "prisma/schema",
  migrations: { path: "prisma/migrations" },
  // Never connected to: the schema is turned into a client without a database.
  datasource: { url: process.env.DATABASE_URL ?? "postgresql://nobody@127.0.0.1:1/none" },
});
