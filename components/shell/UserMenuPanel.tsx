"use client";

import { Popover } from "@base-ui/react/popover";
import Link from "next/link";
import type { RefObject } from "react";
import { useState } from "react";
import { chooseTheme, currentTheme } from "../theme/theme.ts";
import { Button } from "../ui/Button.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import type { MenuLink, Person } from "./UserMenu.tsx";

const THEMES = [
  { value: "system", label: "Device" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

/** The panel of UserMenu: who one is, further places, the theme, the way out. Fetched when first wanted. */
export default function UserMenuPanel(props: {
  person: Person;
  links: readonly MenuLink[];
  anchorRef: RefObject<HTMLButtonElement | null>;
  onSignOut: () => void;
  onClose: () => void;
}) {
  const { person } = props;
  const [theme, setTheme] = useState(currentTheme);
  return (
    <Popover.Root
      open
      onOpenChange={(open, details) => {
        // A press on the initials is its own toggle; closing here as well would open the panel again.
        const target = details.event.target;
        if (open || (target instanceof Node && props.anchorRef.current?.contains(target))) return;
        props.onClose();
      }}
    >
      <Popover.Portal>
        <Popover.Positioner anchor={props.anchorRef} align="end" sideOffset={8} collisionPadding={16} className="z-40">
          <Popover.Popup
            finalFocus={props.anchorRef}
            className="flex min-w-56 flex-col gap-2 rounded-card border border-line bg-surface p-3 shadow-float outline-none"
          >
            <div className="px-1">
              <Popover.Title className="font-semibold text-body">{person.name}</Popover.Title>
              {person.role !== undefined && <p className="text-ink3 text-label">{person.role}</p>}
            </div>
            {props.links.map((link) => (
              <Link
                key={link.href}
                href={link.href}
                onClick={props.onClose}
                className="flex min-h-8 items-center rounded-control px-1 text-ink hover:bg-sunken hover:no-underline touch:min-h-11"
              >
                {link.label}
              </Link>
            ))}
            <div className="flex items-center justify-between gap-4 border-line border-t px-1 pt-3">
              <span aria-hidden="true" className="text-ink3 text-label">
                Theme
              </span>
              <Segmented
                label="Theme"
                options={THEMES}
                value={theme}
                onChange={(chosen) => {
                  setTheme(chosen);
                  void chooseTheme(chosen);
                }}
              />
            </div>
            <Button wide onClick={props.onSignOut}>
              Sign out
            </Button>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
