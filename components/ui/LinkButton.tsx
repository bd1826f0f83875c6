import clsx from "clsx";
import Link from "next/link";
import type { ComponentPropsWithRef, ReactNode } from "react";
import type { ButtonSize, ButtonVariant } from "./buttonLook.ts";
import { buttonLook } from "./buttonLook.ts";

/** A link that looks like a button: it goes somewhere and orders nothing. */
export function LinkButton({
  children,
  variant = "neutral",
  size = "medium",
  icon,
  wide = false,
  className,
  ...rest
}: ComponentPropsWithRef<typeof Link> & {
  children: ReactNode;
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: ReactNode;
  wide?: boolean;
}) {
  return (
    <Link {...rest} className={clsx(buttonLook({ look: variant, size, wide }), className)}>
      {icon}
      {children}
    </Link>
  );
}
