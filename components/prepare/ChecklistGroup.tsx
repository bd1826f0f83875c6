"use client";

import clsx from "clsx";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { ChecklistItemView } from "../../protocol/http/evidence.ts";
import { ChecklistRow } from "./ChecklistRow.tsx";

/** A group of the checklist under its bar; a group that is done folds, and opens on a press. */
export function ChecklistGroup(props: {
  id: string;
  title: string;
  items: readonly ChecklistItemView[];
  aside: string;
  isOpen: boolean;
  isDone: boolean;
  onAsk: (itemId: string) => void;
}) {
  const [isOpen, setIsOpen] = useState(props.isOpen);
  const bar = "flex min-h-8 w-full items-center gap-2 border-line border-t bg-sunken px-4 font-semibold text-label";
  const aside = <span className={props.isDone ? "text-good" : "text-ink3"}>{props.aside}</span>;
  const listId = `checklist-${props.id}`;
  return (
    <section aria-label={props.title}>
      <h2>
        {props.isOpen ? (
          <span className={clsx(bar, "justify-between")}>
            {props.title}
            {aside}
          </span>
        ) : (
          <button
            type="button"
            aria-expanded={isOpen}
            aria-controls={listId}
            onClick={() => setIsOpen(!isOpen)}
            className={clsx(bar, "-outline-offset-2 justify-between text-left hover:text-ink touch:min-h-11")}
          >
            {props.title}
            <span className="flex items-center gap-1">
              {aside}
              <ChevronRight aria-hidden="true" className={clsx("transition-transform", isOpen && "rotate-90")} />
            </span>
          </button>
        )}
      </h2>
      <ul id={listId} hidden={!isOpen}>
        {props.items.map((item) => (
          <ChecklistRow key={item.id} item={item} onAsk={props.onAsk} />
        ))}
      </ul>
    </section>
  );
}
