/** Where the parts of a timeline stand from top to bottom, in px. */
export type TimelineRows = {
  readonly title: number;
  readonly detail: number;
  readonly stems: number;
  readonly planned: { readonly top: number; readonly height: number } | undefined;
  readonly actual: { readonly top: number; readonly height: number };
  readonly axis: number;
  readonly tickText: number;
  readonly height: number;
  readonly names: readonly { readonly text: string; readonly y: number; readonly isStrong: boolean }[];
};

/**
 * The rows of a timeline for a text size. With a gutter the lanes' names stand left of them; without one, above.
 * @param lanes the wall shows only the lower one
 */
export function timelineRows(fontPx: number, hasGutter: boolean, lanes: "both" | "actual"): TimelineRows {
  const unit = fontPx / 11;
  const plannedHeight = 18 * unit;
  const actualHeight = 26 * unit;
  const nameRoom = hasGutter ? 12 * unit : 16 * unit;
  const names: { text: string; y: number; isStrong: boolean }[] = [];
  const first = 50 * unit;
  let planned: TimelineRows["planned"];
  let actualTop = first;
  if (lanes === "both") {
    const top = hasGutter ? first : first + 10 * unit;
    planned = { top, height: plannedHeight };
    names.push({ text: "Planned", y: hasGutter ? top + 13 * unit : top - 4 * unit, isStrong: false });
    actualTop = top + plannedHeight + nameRoom;
    if (hasGutter) {
      names.push({ text: "Actual", y: actualTop + 11 * unit, isStrong: true });
      names.push({ text: "Forecast", y: actualTop + 25 * unit, isStrong: false });
    } else names.push({ text: "Actual, forecast", y: actualTop - 4 * unit, isStrong: true });
  }
  const axis = actualTop + actualHeight + 12 * unit;
  return {
    title: 12 * unit,
    detail: 27 * unit,
    stems: 34 * unit,
    planned,
    actual: { top: actualTop, height: actualHeight },
    axis,
    tickText: axis + 15 * unit,
    height: axis + 21 * unit,
    names,
  };
}
