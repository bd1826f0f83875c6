"use client";

import { Search } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "../ui/Button.tsx";
import { ConnectionMark } from "./ConnectionMark.tsx";
import { useOpenCommandMenu } from "./commands/CommandProvider.tsx";
import type { Connection } from "./connection.ts";
import { Logo } from "./Logo.tsx";
import type { Place } from "./places.ts";
import type { MenuLink, Person } from "./UserMenu.tsx";
import { UserMenu } from "./UserMenu.tsx";

function Divider(props: { className?: string }) {
  return <span aria-hidden="true" className={`h-5 w-px flex-none bg-line ${props.className ?? ""}`} />;
}

/**
 * The bar at the top, 48 px. Instead of the places, a page that needs the room (Run) shows where it is: `crumbs`.
 * @param presence who is here: "Mara operates, 7 watching"
 */
export function TopBar(props: {
  places: readonly Place[];
  current: string | undefined;
  crumbs?: ReactNode;
  presence?: ReactNode;
  connection?: Connection | undefined;
  person: Person;
  links?: readonly MenuLink[];
  onSignOut: () => void;
}) {
  const openMenu = useOpenCommandMenu();
  return (
    <header className="flex min-h-12 items-center gap-4 border-line border-b bg-surface px-page phone:gap-2">
      <Link
        href="/"
        className="flex min-h-8 flex-none items-center gap-2 font-semibold text-ink hover:no-underline touch:min-h-11"
      >
        <Logo />
        <span className={props.crumbs === undefined ? undefined : "narrow:sr-only"}>Slackwater</span>
      </Link>
      <Divider className="phone:hidden" />
      {props.crumbs === undefined ? (
        <nav aria-label="Main" className="phone:hidden">
          <ul className="flex gap-1">
            {props.places.map((place) => (
              <li key={place.id}>
                <Link
                  href={place.href}
                  aria-current={place.id === props.current ? "page" : undefined}
                  className="-outline-offset-2 relative flex h-12 items-center px-2 font-medium text-ink2 after:absolute after:inset-x-2 after:-bottom-px after:h-0.5 hover:text-ink hover:no-underline aria-[current=page]:text-ink aria-[current=page]:after:bg-ink forced-colors:aria-[current=page]:after:bg-[Highlight]"
                >
                  {place.label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      ) : (
        <div className="min-w-0 flex-1 overflow-hidden">{props.crumbs}</div>
      )}
      {props.crumbs === undefined && <span className="flex-1" />}
      {props.presence !== undefined && (
        <>
          <span className="narrow:hidden">{props.presence}</span>
          <Divider className="narrow:hidden" />
        </>
      )}
      {props.connection && <ConnectionMark connection={props.connection} />}
      <Divider className="phone:hidden" />
      <span className="phone:hidden">
        <Button variant="quiet" icon={<Search aria-hidden="true" />} keyHint="⌘K" onClick={openMenu}>
          <span className="narrow:sr-only">Command</span>
        </Button>
      </span>
      <UserMenu person={props.person} links={props.links ?? []} onSignOut={props.onSignOut} />
    </header>
  );
}
