import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { SignedInFrame } from "../../../components/frame/SignedInFrame.tsx";
import { RunbookPage } from "../../../components/runbooks/RunbookPage.tsx";
import { Digest } from "../../../domain/ids.ts";
import { house } from "../../../server/identity/door.ts";
import { fingerprintWords } from "../../../server/identity/words.ts";
import { viewRunbook } from "../../../server/runbooks/queries.ts";
import { requireVisitor } from "../../visitor.ts";

interface Address {
  readonly params: Promise<{ digest: string }>;
}

// Once a request: the title of the tab needs it too.
const readRunbook = cache(async (digest: string) => {
  const parsed = Digest.safeParse(digest);
  return parsed.success ? viewRunbook(house().prisma, parsed.data) : undefined;
});

export async function generateMetadata({ params }: Address): Promise<Metadata> {
  const { digest } = await params;
  await requireVisitor(`/runbooks/${digest}`);
  return { title: (await readRunbook(digest))?.title ?? "Runbook" };
}

export default async function OneRunbook({ params }: Address) {
  const { digest } = await params;
  const { me } = await requireVisitor(`/runbooks/${digest}`);
  const runbook = await readRunbook(digest);
  if (!runbook) notFound();
  return (
    <SignedInFrame me={me} current="runbooks">
      <RunbookPage me={me} runbook={runbook} words={fingerprintWords(runbook.digest)} />
    </SignedInFrame>
  );
}
