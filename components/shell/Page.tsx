import clsx from "clsx";
import type { ReactNode } from "react";

const WIDTH = {
  full: "",
  home: "max-w-300",
  decide: "max-w-284",
  text: "max-w-180",
} as const;

/** The room of a page: its edge (24 px, 16 on a phone) and its greatest width (1200, 1136, 720, or all there is). */
export function Page(props: { children: ReactNode; width?: keyof typeof WIDTH; className?: string }) {
  return (
    <div className={clsx("mx-auto px-page py-6 phone:py-4", WIDTH[props.width ?? "full"], props.className)}>
      {props.children}
    </div>
  );
}
