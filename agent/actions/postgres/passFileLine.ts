/** A password as PostgreSQL's own programs read it from a PGPASSFILE, for every server: colon and backslash stand behind a backslash (libpq, 34.16). */
export const passFileLine = (password: string): string =>
  `*:*:*:*:${password.replaceAll("\\", "\\\\").replaceAll(":", "\\:")}\n`;
