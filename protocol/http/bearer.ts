/**
 * What stands behind `Authorization: Bearer`, whatever it is: whoever sends one is not taken for the person of a cookie beside it. Another
 * scheme is somebody else's, such as that of a proxy which asks for a password of its own: undefined, as where there is no header.
 */
export function bearerOf(authorization: string | null | undefined): string | undefined {
  const [scheme = "", token = ""] = (authorization ?? "").trim().split(/\s+/, 2);
  return scheme.toLowerCase() === "bearer" ? token : undefined;
}
