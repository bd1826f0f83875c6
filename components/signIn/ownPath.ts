/**
 * Where to go after signing in: a path of our own pages, or home. What stands in `?to=` was written by whoever made the link, so
 * anything that a browser could read as another site's address is not followed.
 * @param asked the value of `to`, as it came
 */
export function ownPath(asked: string | undefined): string {
  if (asked === undefined || !asked.startsWith("/")) return "/";
  // Parsed as the browser will: "//elsewhere", "/\elsewhere" and tabs in between all lead away.
  const url = URL.parse(asked, "https://own.invalid");
  if (url === null || url.origin !== "https://own.invalid") return "/";
  const path = `${url.pathname}${url.search}${url.hash}`;
  return path.startsWith("//") || url.pathname === "/sign-in" ? "/" : path;
}
