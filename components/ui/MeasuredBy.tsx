"use client";

import type { ReactNode } from "react";
import { lazy, useRef, useState } from "react";
import { Part } from "./Part.tsx";

/** Where a value comes from, how old it is, and how long it is good for. */
export type Measurement = {
  /** "pdx-db-1, df" */
  readonly source: string;
  readonly atMs: number;
  readonly freshForMs?: number;
  /** The IANA zone in which the moment is named. */
  readonly zone: string;
};

const loadPanel = () => import("./MeasuredPanel.tsx");
const MeasuredPanel = lazy(loadPanel);

/** Makes a value pressable: a small panel beside it says who measured it and when. Its script is fetched on the press. */
export function MeasuredBy(props: { label: string; measurement: Measurement; children: ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  const buttonRef = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={buttonRef}
        type="button"
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onPointerEnter={() => void loadPanel()}
        onClick={() => setIsOpen(!isOpen)}
        className="inline-block min-h-6 min-w-6 cursor-help rounded-badge text-left underline decoration-1 decoration-edge decoration-dotted underline-offset-4"
      >
        {props.children}
        <span className="sr-only">, source and age</span>
      </button>
      {isOpen && (
        <Part name="Source and age" floats>
          <MeasuredPanel
            label={props.label}
            measurement={props.measurement}
            anchorRef={buttonRef}
            onClose={() => setIsOpen(false)}
          />
        </Part>
      )}
    </>
  );
}
