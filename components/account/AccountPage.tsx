"use client";

import { useQuery } from "@tanstack/react-query";
import type { Me } from "../../protocol/http/identity.ts";
import type { TrustedKeyView } from "../../protocol/http/trust.ts";
import { getJson } from "../data/apiClient.ts";
import { queryKeys } from "../data/queryKeys.ts";
import { signOut } from "../data/signOut.ts";
import { useMe } from "../data/useMe.ts";
import { TrustCard } from "../hosts/TrustCard.tsx";
import { Page } from "../shell/Page.tsx";
import { PageTitle } from "../shell/PageTitle.tsx";
import { Button } from "../ui/Button.tsx";
import { Card, CardContent } from "../ui/Card.tsx";
import { PasskeysCard } from "./PasskeysCard.tsx";
import { roleWords } from "./roleWords.ts";
import { SshKeysCard } from "./SshKeysCard.tsx";
import { TokensCard } from "./TokensCard.tsx";
import { WaitingPasskeysCard } from "./WaitingPasskeysCard.tsx";

/** One's own account: who one is here, the passkeys, and for approvers their SSH keys and what hosts need to know of both. */
export function AccountPage(props: { me: Me; trusted: readonly TrustedKeyView[] }) {
  const me = useMe(props.me);
  const { data: trusted, refetch } = useQuery({
    queryKey: [...queryKeys.me, "trusted"],
    queryFn: ({ signal }) => getJson<readonly TrustedKeyView[]>("/api/passkeys/trust", signal),
    initialData: props.trusted,
  });
  // An admin signs to break the glass.
  const signs = me.role === "approver" || me.role === "admin";
  return (
    <Page width="text">
      <PageTitle title="Account" note={`${me.name}, ${me.email}`} />
      <div className="mt-4 grid gap-4">
        <Card title="What you may do here" aside={me.role}>
          <CardContent className="flex flex-col gap-1">
            <p>{roleWords(me.role)}</p>
            {me.groups.length > 0 && (
              <p className="text-ink2">Groups that runbooks can name: {me.groups.join(", ")}.</p>
            )}
            <p className="text-ink3 text-label">An admin changes roles and groups.</p>
          </CardContent>
        </Card>
        {(me.role === "approver" || me.role === "admin") && <WaitingPasskeysCard />}
        <PasskeysCard me={me} onAdded={() => void refetch()} />
        {signs && <SshKeysCard me={me} onChanged={() => void refetch()} />}
        {signs && <TrustCard keys={trusted} whose="you" />}
        <TokensCard role={me.role} />
        <div>
          <Button onClick={() => void signOut()}>Sign out</Button>
        </div>
      </div>
    </Page>
  );
}
