"use client";

import type { RefObject } from "react";
import { useRef, useState } from "react";

/** A list that keeps its order while somebody's hand is on it. */
export interface HeldOpen {
  /** The items that stand among the open ones whatever became of them; undefined while nobody's hand is on the list. */
  readonly held: ReadonlySet<string> | undefined;
  /** For the element around the list, with its listeners. */
  readonly ref: RefObject<HTMLElement | null>;
  /** For pointers and focus that come and go. */
  readonly look: () => void;
}

/**
 * Keeps the open items of a list where they are while a pointer is over it, the keyboard is in it, or one of its questions is
 * asked. A list that closes up under a hand gets the wrong question answered, and a row that is made anew elsewhere loses the
 * focus that a closed dialog gives back to it.
 * @param openIds the items that are open now
 */
export function useHeldOpen(openIds: readonly string[]): HeldOpen {
  const ref = useRef<HTMLElement>(null);
  const [held, setHeld] = useState<ReadonlySet<string> | undefined>(undefined);
  const look = (): void => {
    // Only in the next frame do :hover and the focus stand where the event says that they went.
    requestAnimationFrame(() => {
      const list = ref.current;
      const isInHand = list?.matches(":hover, :has(:focus-visible)") || document.querySelector("dialog[open]") !== null;
      setHeld((known) => (isInHand ? (known ?? new Set(openIds)) : undefined));
    });
  };
  return { held, ref, look };
}
