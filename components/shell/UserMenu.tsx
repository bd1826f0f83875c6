"use client";

import { lazy, useRef, useState } from "react";
import { Avatar } from "../ui/Avatar.tsx";
import { Part } from "../ui/Part.tsx";

/** Who is signed in, as the bar shows it. */
export type Person = {
  readonly name: string;
  /** What they are here: "signs for Database", "support". */
  readonly role?: string;
};

/** A link in the menu, for places that have no room in the bar. */
export type MenuLink = { readonly label: string; readonly href: string };

const loadPanel = () => import("./UserMenuPanel.tsx");
const UserMenuPanel = lazy(loadPanel);

/** The reader's initials, and behind them the theme, further places and the way out. Fetched when first wanted. */
export function UserMenu(props: { person: Person; links?: readonly MenuLink[]; onSignOut: () => void }) {
  const { person } = props;
  const [isOpen, setIsOpen] = useState(false);
  const buttonRef = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={buttonRef}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPointerEnter={() => void loadPanel()}
        onFocus={() => void loadPanel()}
        onClick={() => setIsOpen(!isOpen)}
        className="inline-flex min-h-8 items-center gap-2 whitespace-nowrap rounded-control px-1 text-label hover:bg-sunken touch:min-h-11 touch:min-w-11 touch:justify-center"
      >
        <Avatar name={person.name} own />
        {person.role === undefined ? (
          <span className="sr-only">{person.name}, menu</span>
        ) : (
          <span className="narrow:sr-only">
            {person.name}, {person.role}
            <span className="sr-only">, menu</span>
          </span>
        )}
      </button>
      {isOpen && (
        <Part name="The menu" floats>
          <UserMenuPanel
            person={person}
            links={props.links ?? []}
            anchorRef={buttonRef}
            onSignOut={props.onSignOut}
            onClose={() => setIsOpen(false)}
          />
        </Part>
      )}
    </>
  );
}
