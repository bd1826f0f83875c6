"use client";

import { lazy, useEffect, useState } from "react";
import { Part } from "./Part.tsx";
import { onFirstToast } from "./toast.ts";

const ToastStack = lazy(() => import("./ToastStack.tsx"));

/** Mounted once; fetches the part that draws toasts when the first one comes. */
export function ToastHost() {
  const [isWanted, setIsWanted] = useState(false);
  useEffect(() => onFirstToast(() => setIsWanted(true)), []);
  return isWanted ? (
    <Part name="A message that would stand here" floats>
      <ToastStack />
    </Part>
  ) : null;
}
