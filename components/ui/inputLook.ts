import { cva } from "class-variance-authority";

/** Classes of everything one types or chooses in. Wrong (aria-invalid) takes the `stop` edge, twice as thick. */
export const inputLook = cva(
  "w-full min-w-0 rounded-control border border-edge bg-surface px-3 text-ink transition-colors touch:min-h-11 touch:text-large aria-invalid:border-stop aria-invalid:shadow-[inset_0_0_0_1px_var(--stop)] disabled:cursor-not-allowed disabled:border-line disabled:bg-sunken disabled:text-ink3",
  {
    variants: {
      size: {
        small: "min-h-6 px-2 text-label",
        medium: "min-h-8 py-1 text-body",
        large: "min-h-10 py-1.5 text-large",
      },
      mono: { true: "font-mono", false: "" },
    },
    defaultVariants: { size: "medium", mono: false },
  },
);

export type InputSize = "small" | "medium" | "large";
