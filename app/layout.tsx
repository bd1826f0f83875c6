import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { parseTheme, THEME_COOKIE } from "../components/theme/theme.ts";
import "./globals.css";
import { Providers } from "./providers.tsx";

export const metadata: Metadata = {
  title: { default: "Slackwater", template: "%s · Slackwater" },
  description: "Maintenance windows and migrations: decided, run, watched and recorded.",
  // Behind a sign-in, and about other people's machines: nothing for a search engine.
  robots: { index: false, follow: false },
  referrer: "same-origin",
  formatDetection: { telephone: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  viewportFit: "cover",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#13171b" },
  ],
};

/**
 * The root of every page that Next renders. The theme comes from a cookie, so that the first byte is already in it:
 * nothing flashes, and no inline script has to be allowed.
 */
export default async function RootLayout(props: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" {...(theme !== "system" && { "data-theme": theme })}>
      <body>
        <Providers serverNowMs={Date.now()}>{props.children}</Providers>
      </body>
    </html>
  );
}
