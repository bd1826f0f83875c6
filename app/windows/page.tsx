import type { Metadata } from "next";
import { SignedInFrame } from "../../components/frame/SignedInFrame.tsx";
import { WindowsPage } from "../../components/windows/WindowsPage.tsx";
import { house } from "../../server/identity/door.ts";
import { listWindows } from "../../server/windows/queries.ts";
import { requireVisitor } from "../visitor.ts";

export const metadata: Metadata = { title: "Windows" };

export default async function Windows() {
  const { me } = await requireVisitor("/windows");
  return (
    <SignedInFrame me={me} current="windows">
      <WindowsPage me={me} windows={await listWindows(house().prisma)} />
    </SignedInFrame>
  );
}
