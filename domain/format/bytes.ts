/** A value and its unit apart, so that the unit can be set smaller. */
export type ValueWithUnit = { readonly value: string; readonly unit: string };

const NO_BREAK_SPACE = "\u00a0";

const UNITS = [
  { unit: "B", spoken: "bytes", sizeBytes: 1 },
  { unit: "kB", spoken: "kilobytes", sizeBytes: 1e3 },
  { unit: "MB", spoken: "megabytes", sizeBytes: 1e6 },
  { unit: "GB", spoken: "gigabytes", sizeBytes: 1e9 },
  { unit: "TB", spoken: "terabytes", sizeBytes: 1e12 },
  { unit: "PB", spoken: "petabytes", sizeBytes: 1e15 },
] as const;

type Unit = (typeof UNITS)[number];

/** The largest decimal unit in which the size is at least 1; 999.6 kB is already 1.00 MB, as it would be rounded. */
function unitFor(sizeBytes: number): Unit {
  let chosen: Unit = UNITS[0];
  for (const unit of UNITS) if (Math.abs(sizeBytes) >= unit.sizeBytes * 0.9995) chosen = unit;
  return chosen;
}

function inUnit(sizeBytes: number, unit: Unit, digits: number): string {
  return new Intl.NumberFormat("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    sizeBytes / unit.sizeBytes,
  );
}

/** Three significant digits, as an engineer reads them aloud: 214, 87.2, 1.07. Bytes stay whole. */
function digitsFor(sizeBytes: number, unit: Unit): number {
  const value = Math.abs(sizeBytes / unit.sizeBytes);
  if (unit.sizeBytes === 1 || value >= 99.95) return 0;
  return value >= 9.995 ? 1 : 2;
}

/** A size in decimal units with three significant digits, value and unit apart: 1073741824 → "1.07", "GB". */
export function bytesParts(sizeBytes: number): ValueWithUnit {
  if (!Number.isFinite(sizeBytes)) return { value: "unknown", unit: "" };
  const unit = unitFor(sizeBytes);
  return { value: inUnit(sizeBytes, unit, digitsFor(sizeBytes, unit)), unit: unit.unit };
}

/** A size as text, "1.07 GB", its unit held to it by a no-break space. */
export function formatBytes(sizeBytes: number): string {
  const { value, unit } = bytesParts(sizeBytes);
  return unit === "" ? value : `${value}${NO_BREAK_SPACE}${unit}`;
}

/** A rate, value and unit apart: "22.6", "MB/s". */
export function rateParts(bytesPerSecond: number): ValueWithUnit {
  const { value, unit } = bytesParts(bytesPerSecond);
  return { value, unit: unit === "" ? "" : `${unit}/s` };
}

/** A rate as text, "22.6 MB/s". */
export function formatRate(bytesPerSecond: number): string {
  const { value, unit } = rateParts(bytesPerSecond);
  return unit === "" ? value : `${value}${NO_BREAK_SPACE}${unit}`;
}

function bytesOf(doneBytes: number, totalBytes: number): { done: string; total: string; unit: Unit } {
  const unit = unitFor(totalBytes);
  // One digit more than a lone size has, so that progress is seen to move: 29.28 of 48.00 GB.
  const digits = unit.sizeBytes === 1 ? 0 : Math.abs(totalBytes / unit.sizeBytes) >= 99.995 ? 1 : 2;
  return { done: inUnit(doneBytes, unit, digits), total: inUnit(totalBytes, unit, digits), unit };
}

/** How much of how much, both in the unit of the whole: "29.28 of 48.00 GB". */
export function formatBytesOf(doneBytes: number, totalBytes: number): string {
  const { done, total, unit } = bytesOf(doneBytes, totalBytes);
  return `${done} of ${total}${NO_BREAK_SPACE}${unit.unit}`;
}

/** The same for a screen reader: "29.28 of 48.00 gigabytes". */
export function speakBytesOf(doneBytes: number, totalBytes: number): string {
  const { done, total, unit } = bytesOf(doneBytes, totalBytes);
  return `${done} of ${total} ${unit.spoken}`;
}
