import { expect } from "vitest";
import type { EnrolmentView, HostView } from "../../../protocol/http/hosts.ts";
import { house as webHouse } from "../../../server/identity/door.ts";
import { withoutKey } from "../../../server/identity/once.ts";
import { storeRunbook } from "../../../server/runbooks/commands.ts";
import type { Host } from "../../agent/link/support/host.ts";
import type { WindowHouse } from "../../support/windowHouse.ts";

/** The keys of those who decide in a house, as the owner of a host pins them. */
export async function pinnedApprovers({ seeded, site }: WindowHouse) {
  const keys = await seeded.trustedKeys(site);
  return keys.map(({ origin, ...key }) => ({ ...key, groups: ["approver"], origins: [origin] }));
}

/** Enrols a host under a name and starts its agent, as its owner does. Its id, once it is connected. */
export async function connectHost(house: WindowHouse, host: Host, name: string): Promise<string> {
  const { admin } = house.people;
  const { token } = await admin.post<EnrolmentView>("/api/hosts/enrolments", { hostName: name });
  await host.enrolAt(house.url, token);
  host.startReal();
  const found = async () => {
    const hosts = await admin.get<readonly HostView[]>("/api/hosts");
    return hosts.find((each) => each.name === name && each.connected);
  };
  await expect.poll(found, { timeout: 20_000 }).toBeDefined();
  return (await found())!.hostId;
}

/** Puts a runbook on record; its digest. Throws with its problems where it has any. */
export async function recordRunbook(text: string): Promise<string> {
  const stored = await storeRunbook(withoutKey(webHouse().pool), text, null);
  if (!stored.ok) throw new Error(JSON.stringify(stored.problems));
  return stored.digest;
}
