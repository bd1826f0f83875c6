import type { Metadata } from "next";
import { SignedInFrame } from "../../components/frame/SignedInFrame.tsx";
import { HostsPage } from "../../components/hosts/HostsPage.tsx";
import { listIncidents } from "../../server/hosts/incidents.ts";
import { listHosts } from "../../server/hosts/queries.ts";
import { house } from "../../server/identity/door.ts";
import { listTrustedKeys } from "../../server/identity/trust.ts";
import { requireVisitor } from "../visitor.ts";

export const metadata: Metadata = { title: "Hosts" };

export default async function Hosts() {
  const { person, me } = await requireVisitor("/hosts");
  const { prisma, settings } = house();
  const [hosts, incidents, trusted] = await Promise.all([
    listHosts(house()),
    listIncidents(prisma, Date.now()),
    listTrustedKeys(prisma, settings, person),
  ]);
  return (
    <SignedInFrame me={me} current="hosts">
      <HostsPage me={me} hosts={hosts} incidents={incidents} trusted={trusted} />
    </SignedInFrame>
  );
}
