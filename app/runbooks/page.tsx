import type { Metadata } from "next";
import { SignedInFrame } from "../../components/frame/SignedInFrame.tsx";
import { RunbooksPage } from "../../components/runbooks/RunbooksPage.tsx";
import { house } from "../../server/identity/door.ts";
import { listRunbooks } from "../../server/runbooks/queries.ts";
import { requireVisitor } from "../visitor.ts";

export const metadata: Metadata = { title: "Runbooks" };

export default async function Runbooks() {
  const { me } = await requireVisitor("/runbooks");
  return (
    <SignedInFrame me={me} current="runbooks">
      <RunbooksPage me={me} runbooks={await listRunbooks(house().prisma)} />
    </SignedInFrame>
  );
}
