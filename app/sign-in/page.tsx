import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { Logo } from "../../components/shell/Logo.tsx";
import { ownPath } from "../../components/signIn/ownPath.ts";
import { SignInForm } from "../../components/signIn/SignInForm.tsx";
import { Card, CardContent } from "../../components/ui/Card.tsx";
import { Note } from "../../components/ui/Note.tsx";
import { house } from "../../server/identity/door.ts";
import { hasPeople } from "../../server/identity/people.ts";
import { personOf } from "../../server/identity/session.ts";
import { nameAt, siteOf } from "../../server/identity/settings.ts";

export const metadata: Metadata = { title: "Sign in" };

/** Signing in. Who is signed in already goes on to where they wanted. */
export default async function SignInPage(props: { searchParams: Promise<{ to?: string | string[] }> }) {
  const asked = (await props.searchParams).to;
  const to = ownPath(Array.isArray(asked) ? asked[0] : asked);
  const { auth, prisma, settings } = house();
  if (await personOf(auth, await headers())) redirect(to);
  const here = nameAt(settings, (await headers()).get("host")).rpId;
  const otherNames = siteOf(settings).rpIds.filter((rpId) => rpId !== here);
  const isNew = !(await hasPeople(prisma));
  return (
    <main className="mx-auto flex min-h-dvh max-w-100 flex-col justify-center gap-6 px-page py-8 phone:justify-start">
      <div className="flex items-center gap-3">
        <Logo className="size-7" />
        <h1>Sign in to Slackwater</h1>
      </div>
      <Card aria-label="Sign in">
        <CardContent first className="py-6">
          <SignInForm to={to} otherNames={otherNames} />
        </CardContent>
      </Card>
      {isNew && (
        <Note tone="ask" title="Nobody can sign in yet.">
          <p>Add the first admin: type this on the server, in Slackwater's folder. It shows a password once.</p>
          <code className="block break-words pt-1">{settings.firstAdminCommand}</code>
        </Note>
      )}
      <p className="text-ink2">
        Nobody signs up here: an admin adds people. What users are told stands on the <a href="/status">status page</a>.
      </p>
    </main>
  );
}
