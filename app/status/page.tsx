import type { Metadata } from "next";
import { cache } from "react";
import { StatusPage } from "../../components/status/StatusPage.tsx";
import { statusTitle } from "../../components/status/statusTitle.ts";
import { house } from "../../server/identity/door.ts";
import { viewStatus } from "../../server/status/queries.ts";

/** The public page changes from minute to minute: it is never a page of the build. */
export const dynamic = "force-dynamic";

// Once a request: the title of the tab and the page say the same.
const readStatus = cache(() => viewStatus(house()));

export async function generateMetadata(): Promise<Metadata> {
  return { title: { absolute: `Status: ${statusTitle(await readStatus())}` } };
}

/** What users see, without signing in. */
export default async function PublicStatusPage() {
  return <StatusPage view={await readStatus()} />;
}
