/** A piece of a contact's text; with an address where it can be called or written to. */
export interface ContactPart {
  readonly text: string;
  readonly href: string | undefined;
}

const ADDRESS = /([\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(\+?\d[\d ()/-]{5,}\d)/g;

/** Finds telephone numbers and e-mail addresses in a contact as it was written into the window's parameters. */
export function contactLinks(text: string): readonly ContactPart[] {
  const parts: ContactPart[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const [found, mail] = match;
    if (match.index > at) parts.push({ text: text.slice(at, match.index), href: undefined });
    parts.push({ text: found, href: mail === undefined ? `tel:${found.replace(/[^\d+]/g, "")}` : `mailto:${found}` });
    at = match.index + found.length;
  }
  if (at < text.length) parts.push({ text: text.slice(at), href: undefined });
  return parts;
}
