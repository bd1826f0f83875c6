"use client";

import type { ReactNode } from "react";
import type { Me } from "../../protocol/http/identity.ts";
import { LiveProvider, useConnection } from "../data/live/LiveProvider.tsx";
import { signOut } from "../data/signOut.ts";
import { toShellPerson, useMe } from "../data/useMe.ts";
import { AppShell } from "../shell/AppShell.tsx";
import type { PLACES } from "../shell/places.ts";
import type { MenuLink } from "../shell/UserMenu.tsx";

/** Places that have no room in the bar. */
const LINKS: readonly MenuLink[] = [
  { label: "Account and passkeys", href: "/account" },
  { label: "Public status page", href: "/status" },
];

/**
 * The frame of a page of somebody who is signed in: their name, the way out, and one line to the server that everything on the page
 * hears by.
 * @param current the place of the top bar that the page belongs to
 */
export function SignedInFrame(props: { me: Me; current?: (typeof PLACES)[number]["id"]; children: ReactNode }) {
  return (
    <LiveProvider>
      <Connected {...props} />
    </LiveProvider>
  );
}

function Connected(props: { me: Me; current?: (typeof PLACES)[number]["id"]; children: ReactNode }) {
  const me = useMe(props.me);
  const { connection, tryNow } = useConnection();
  return (
    <AppShell
      person={toShellPerson(me)}
      onSignOut={() => void signOut()}
      links={LINKS}
      connection={connection}
      onTryNow={tryNow}
      {...(props.current !== undefined && { current: props.current })}
    >
      {props.children}
    </AppShell>
  );
}
