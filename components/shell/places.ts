/** A place one can go to from everywhere. `key` is pressed after G. */
export type Place = { readonly id: string; readonly label: string; readonly href: string; readonly key: string };

/** The four places of the top bar, and of the bottom bar on a phone. */
export const PLACES = [
  { id: "home", label: "Home", href: "/", key: "h" },
  { id: "windows", label: "Windows", href: "/windows", key: "w" },
  { id: "runbooks", label: "Runbooks", href: "/runbooks", key: "r" },
  { id: "hosts", label: "Hosts", href: "/hosts", key: "s" },
] as const satisfies readonly Place[];
