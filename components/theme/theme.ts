/** How the pages are lit: as the device says, or as the person chose. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** The choice lives in a cookie, so that the server renders the right theme and nothing flashes; no inline script. */
export const THEME_COOKIE = "slackwater-theme";

const ONE_YEAR_MS = 31_536_000_000;

/** Reads the cookie's value; anything unknown is the device's own theme. */
export function parseTheme(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}

/** The theme that the page shows now, read from its root element. Browser only. */
export function currentTheme(): Theme {
  return parseTheme(document.documentElement.dataset.theme);
}

/**
 * Shows a theme at once and remembers it for a year. The cookie store exists on every origin that Slackwater serves
 * (HTTPS, or plain HTTP on loopback); where a browser lacks it the choice lasts until the page is left. Browser only.
 */
export async function chooseTheme(theme: Theme): Promise<void> {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  if (!("cookieStore" in window)) return;
  await window.cookieStore.set({
    name: THEME_COOKIE,
    value: theme,
    path: "/",
    sameSite: "lax",
    expires: Date.now() + ONE_YEAR_MS,
  });
}
