import path from "node:path";
import { startEmbeddedPostgres } from "../../server/db/embeddedPostgres.ts";
import { projectRoot } from "../projectFiles.ts";

/** Runs something against a PostgreSQL that holds nothing of value, and lets go of it afterwards. */
export async function withScratchServer<T>(work: (adminUrl: string) => Promise<T>): Promise<T> {
  const server = await startEmbeddedPostgres({
    directory: path.join(projectRoot, ".slackwater", "scratch"),
    log: () => {},
    // Nothing in it has to survive a power cut.
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
  });
  try {
    return await work(server.adminUrl);
  } finally {
    await server.stop();
  }
}
