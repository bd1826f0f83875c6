import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import type { Me } from "../protocol/http/identity.ts";
import type { SignedIn } from "../server/identity/actor.ts";
import { house } from "../server/identity/door.ts";
import { presentMe } from "../server/identity/people.ts";
import { personOf } from "../server/identity/session.ts";

/** Who looks at a page that needs a session. */
export interface Visitor {
  readonly person: SignedIn;
  /** What components need of the person. */
  readonly me: Me;
}

// Once a request, however many layouts and pages of it ask.
const visitor = cache(async (): Promise<Visitor | undefined> => {
  const person = await personOf(house().auth, await headers());
  return person && { person, me: await presentMe(house().prisma, person) };
});

/**
 * The person of the session; without one, away to the sign-in page and back afterwards.
 * @param to the path of the page that asks
 */
export async function requireVisitor(to: string): Promise<Visitor> {
  return (await visitor()) ?? redirect(`/sign-in?to=${encodeURIComponent(to)}`);
}
