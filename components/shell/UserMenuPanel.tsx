"use client";

import { Menu } from "@base-ui/react/menu";
import Link from "next/link";
import type { RefObject } from "react";
import { useState } from "react";
import type { Theme } from "../theme/theme.ts";
import { chooseTheme, currentTheme, parseTheme } from "../theme/theme.ts";
import { Glyph } from "../ui/Glyph.tsx";
import type { MenuLink, Person } from "./UserMenu.tsx";

const THEME_WORDS = { system: "As the device", light: "Light", dark: "Dark" } as const satisfies Record<Theme, string>;
const THEME_ORDER = ["system", "light", "dark"] as const;

const ITEM =
  "flex min-h-8 w-full cursor-pointer items-center gap-2 rounded-badge px-2 text-ink text-left no-underline outline-none hover:no-underline data-highlighted:bg-sunken touch:min-h-11";

/** The panel of UserMenu. */
export default function UserMenuPanel(props: {
  person: Person;
  links: readonly MenuLink[];
  anchorRef: RefObject<HTMLButtonElement | null>;
  onSignOut: () => void;
  onClose: () => void;
}) {
  const [theme, setTheme] = useState(currentTheme);
  return (
    <Menu.Root
      open
      modal={false}
      onOpenChange={(open, details) => {
        // A press on the initials is its own toggle; closing here as well would open the menu again.
        const target = details.event.target;
        if (open || (target instanceof Node && props.anchorRef.current?.contains(target))) return;
        props.onClose();
      }}
    >
      <Menu.Portal>
        <Menu.Positioner anchor={props.anchorRef} align="end" sideOffset={8} collisionPadding={16} className="z-40">
          <Menu.Popup
            finalFocus={props.anchorRef}
            className="min-w-52 rounded-card border border-line bg-surface p-1.5 shadow-float outline-none"
          >
            <div className="px-2 py-1">
              <p className="font-semibold">{props.person.name}</p>
              {props.person.role !== undefined && <p className="text-ink3 text-label">{props.person.role}</p>}
            </div>
            {props.links.map((link) => (
              <Menu.LinkItem key={link.href} className={ITEM} render={<Link href={link.href} />}>
                {link.label}
              </Menu.LinkItem>
            ))}
            <Menu.Separator className="my-1 border-line border-t" />
            <Menu.Group>
              <Menu.GroupLabel className="px-2 pt-1 text-ink3 text-label">Theme</Menu.GroupLabel>
              <Menu.RadioGroup
                value={theme}
                onValueChange={(value) => {
                  const chosen = parseTheme(String(value));
                  setTheme(chosen);
                  void chooseTheme(chosen);
                }}
              >
                {THEME_ORDER.map((value) => (
                  <Menu.RadioItem key={value} value={value} closeOnClick={false} className={ITEM}>
                    <span className="inline-flex w-4">
                      <Menu.RadioItemIndicator>
                        <Glyph name="check" className="text-move" />
                      </Menu.RadioItemIndicator>
                    </span>
                    {THEME_WORDS[value]}
                  </Menu.RadioItem>
                ))}
              </Menu.RadioGroup>
            </Menu.Group>
            <Menu.Separator className="my-1 border-line border-t" />
            <Menu.Item className={ITEM} onClick={props.onSignOut}>
              Sign out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
