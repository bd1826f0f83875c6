import { cva } from "class-variance-authority";

/**
 * What a button is for. `primary` is the one thing to do (at most one filled button on a page); `stop` is NO-GO;
 * `destroy` loses data; `back` starts a rollback and `backFilled` is its second confirmation when nothing is lost.
 */
export type ButtonVariant = "primary" | "neutral" | "back" | "backFilled" | "stop" | "destroy" | "quiet";

/** 24, 32, 40 or 56 px high; 44 at least under a finger. */
export type ButtonSize = "small" | "medium" | "large" | "huge";

/** Classes of a button or of a link that looks like one. `off` replaces every variant by the disabled look. */
export const buttonLook = cva(
  "inline-flex cursor-pointer select-none items-center justify-center gap-2 border text-center no-underline transition-colors hover:no-underline touch:min-h-11 forced-colors:aria-disabled:border-[GrayText] forced-colors:aria-disabled:text-[GrayText]",
  {
    variants: {
      look: {
        primary:
          "border-move bg-move text-on hover:bg-[color-mix(in_srgb,var(--move)_88%,var(--ink))] active:bg-[color-mix(in_srgb,var(--move)_76%,var(--ink))]",
        neutral: "border-edge bg-surface text-ink hover:bg-sunken active:bg-line",
        back: "border-back bg-surface text-back hover:bg-back-wash active:bg-[color-mix(in_srgb,var(--back)_16%,var(--surface))]",
        backFilled:
          "border-back bg-back text-on hover:bg-[color-mix(in_srgb,var(--back)_88%,var(--ink))] active:bg-[color-mix(in_srgb,var(--back)_76%,var(--ink))]",
        stop: "border-stop bg-surface text-stop hover:bg-stop-wash active:bg-[color-mix(in_srgb,var(--stop)_16%,var(--surface))]",
        destroy:
          "border-stop bg-stop text-on hover:bg-[color-mix(in_srgb,var(--stop)_88%,var(--ink))] active:bg-[color-mix(in_srgb,var(--stop)_76%,var(--ink))]",
        quiet: "border-transparent text-ink2 hover:bg-sunken hover:text-ink active:bg-line",
        off: "cursor-not-allowed border-line bg-sunken text-ink3",
        quietOff: "cursor-not-allowed border-transparent text-ink3",
      },
      size: {
        small: "min-h-6 rounded-badge px-2 font-medium text-label",
        medium: "min-h-8 rounded-control px-3 py-1 font-medium text-body",
        large: "min-h-10 rounded-control px-3 py-1.5 font-semibold text-body",
        huge: "min-h-14 rounded-card px-4 py-2 font-semibold text-large",
      },
      wide: { true: "w-full", false: "" },
    },
    defaultVariants: { look: "neutral", size: "medium", wide: false },
  },
);
