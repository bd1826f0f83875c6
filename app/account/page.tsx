import type { Metadata } from "next";
import { AccountPage } from "../../components/account/AccountPage.tsx";
import { SignedInFrame } from "../../components/frame/SignedInFrame.tsx";
import { house } from "../../server/identity/door.ts";
import { listTrustedKeys } from "../../server/identity/trust.ts";
import { requireVisitor } from "../visitor.ts";

export const metadata: Metadata = { title: "Account" };

export default async function Account() {
  const { person, me } = await requireVisitor("/account");
  const { prisma, settings } = house();
  // Everybody sees their own here: an operator finds all of them on the Hosts page.
  const trusted = (await listTrustedKeys(prisma, settings, person)).filter(({ userId }) => userId === me.userId);
  return (
    <SignedInFrame me={me}>
      <AccountPage me={me} trusted={trusted} />
    </SignedInFrame>
  );
}
