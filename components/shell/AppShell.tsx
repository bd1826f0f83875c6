"use client";

import clsx from "clsx";
import type { ReactNode } from "react";
import { BottomBar } from "./BottomBar.tsx";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { CommandProvider } from "./commands/CommandProvider.tsx";
import type { Connection } from "./connection.ts";
import type { Place } from "./places.ts";
import { PLACES } from "./places.ts";
import { SkipLink } from "./SkipLink.tsx";
import { TopBar } from "./TopBar.tsx";
import type { MenuLink, Person } from "./UserMenu.tsx";

/**
 * The frame of every page behind the sign-in: skip link, top bar, the banner of a lost connection, the main landmark,
 * the bottom bar on a phone, and the keyboard. What is announced and toasted lives above it, in app/providers.tsx.
 */
export function AppShell(props: {
  children: ReactNode;
  person: Person;
  onSignOut: () => void;
  /** The id of the place this page belongs to: "windows". */
  current?: string;
  places?: readonly Place[];
  /** Further places, in the menu behind the reader's initials. */
  links?: readonly MenuLink[];
  /** Shown in the bar instead of the places, where a page needs to say what it is about. */
  crumbs?: ReactNode;
  presence?: ReactNode;
  connection?: Connection;
  /** What goes on while this page is not connected: "The copy goes on without it." */
  goesOn?: string;
  onTryNow?: () => void;
  /** Where the skip link leads; the main landmark unless the page has something better ("Skip to the current step"). */
  skip?: { readonly targetId: string; readonly label: string };
  /** Off on Decide, where nothing stands between the thumb and the question. */
  bottomBar?: boolean;
}) {
  const places = props.places ?? PLACES;
  const hasBottomBar = props.bottomBar ?? true;
  return (
    <CommandProvider places={places}>
      <SkipLink targetId={props.skip?.targetId ?? "main"}>{props.skip?.label ?? "Skip to the page"}</SkipLink>
      <TopBar
        places={places}
        current={props.current}
        person={props.person}
        links={props.links ?? []}
        onSignOut={props.onSignOut}
        connection={props.connection}
        {...(props.crumbs !== undefined && { crumbs: props.crumbs })}
        {...(props.presence !== undefined && { presence: props.presence })}
      />
      {props.connection && (
        <ConnectionBanner
          connection={props.connection}
          {...(props.goesOn !== undefined && { goesOn: props.goesOn })}
          {...(props.onTryNow && { onTryNow: props.onTryNow })}
        />
      )}
      <main id="main" tabIndex={-1} className={clsx(hasBottomBar && "phone:pb-20")}>
        {props.children}
      </main>
      {hasBottomBar && <BottomBar places={places} current={props.current} />}
    </CommandProvider>
  );
}
