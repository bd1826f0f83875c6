import { zoneName } from "../../domain/format/time.ts";

/** A zone with its distance from UTC at a moment: "Los Angeles (UTC−8)". */
export function zoneWithOffset(zone: string, atMs: number): string {
  if (zone === "UTC") return "UTC";
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts(atMs);
  const offset = parts.find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  return `${zoneName(zone)} (${offset.replace("GMT", "UTC").replace("-", "\u2212")})`;
}
