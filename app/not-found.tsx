import type { Metadata } from "next";
import { Logo } from "../components/shell/Logo.tsx";
import { LinkButton } from "../components/ui/LinkButton.tsx";

export const metadata: Metadata = { title: "Not there" };

/** An address under which there is nothing. */
export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-130 flex-col items-start justify-center gap-4 px-page">
      <Logo className="size-7" />
      <h1>There is nothing under this address</h1>
      <p className="text-ink2">
        It may have been removed, or the link was cut off. Nothing was changed by opening it, and nothing that runs
        depends on it.
      </p>
      <LinkButton href="/">Go home</LinkButton>
    </main>
  );
}
