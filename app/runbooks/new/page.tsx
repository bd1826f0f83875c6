import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SignedInFrame } from "../../../components/frame/SignedInFrame.tsx";
import { maySubmit } from "../../../components/runbooks/maySubmit.ts";
import { NewRunbookPage } from "../../../components/runbooks/NewRunbookPage.tsx";
import { Digest } from "../../../domain/ids.ts";
import { house } from "../../../server/identity/door.ts";
import { viewRunbook } from "../../../server/runbooks/queries.ts";
import { requireVisitor } from "../../visitor.ts";

export const metadata: Metadata = { title: "Add a version of a runbook" };

/** `?from=<digest>` begins with the text of a version that is stored. */
export default async function NewRunbook(props: { searchParams: Promise<{ from?: string | string[] }> }) {
  const { me } = await requireVisitor("/runbooks/new");
  if (!maySubmit(me.role)) redirect("/runbooks");
  const from = Digest.safeParse((await props.searchParams).from);
  const runbook = from.success ? await viewRunbook(house().prisma, from.data) : undefined;
  return (
    <SignedInFrame me={me} current="runbooks">
      <NewRunbookPage text={runbook?.text ?? ""} from={runbook?.title} />
    </SignedInFrame>
  );
}
