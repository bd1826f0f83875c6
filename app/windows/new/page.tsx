import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SignedInFrame } from "../../../components/frame/SignedInFrame.tsx";
import { maySubmit } from "../../../components/runbooks/maySubmit.ts";
import { NewWindowPage } from "../../../components/windows/NewWindowPage.tsx";
import { Digest } from "../../../domain/ids.ts";
import { listHosts } from "../../../server/hosts/queries.ts";
import { house } from "../../../server/identity/door.ts";
import { listRunbooks } from "../../../server/runbooks/queries.ts";
import { listServices } from "../../../server/services/queries.ts";
import { requireVisitor } from "../../visitor.ts";

export const metadata: Metadata = { title: "Plan a window" };

/** `?runbook=<digest>` comes from a runbook's page. */
export default async function NewWindow(props: { searchParams: Promise<{ runbook?: string | string[] }> }) {
  const asked = Digest.safeParse((await props.searchParams).runbook).data;
  const { me } = await requireVisitor(asked === undefined ? "/windows/new" : `/windows/new?runbook=${asked}`);
  if (!maySubmit(me.role)) redirect("/windows");
  const { prisma } = house();
  const [runbooks, services, hosts] = await Promise.all([
    listRunbooks(prisma),
    listServices(prisma),
    listHosts(house()),
  ]);
  return (
    <SignedInFrame me={me} current="windows">
      <NewWindowPage
        me={me}
        runbooks={runbooks}
        services={services}
        hosts={hosts}
        chosen={runbooks.some(({ digest }) => digest === asked) ? asked : undefined}
      />
    </SignedInFrame>
  );
}
