const UNIT_BYTES = { M: 1e6, G: 1e9 } as const;

/** Reads a size as people write it on a command line: 300M, 5G (decimal, at least one megabyte); throws what is wanted. */
export function parseSize(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([MG])B?$/i.exec(text) ?? [];
  const factor = unit?.toUpperCase() === "G" ? UNIT_BYTES.G : UNIT_BYTES.M;
  const sizeBytes = Math.round(Number(amount) * factor);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < UNIT_BYTES.M) {
    throw new Error(`${JSON.stringify(text)} is not a size; write 300M or 5G`);
  }
  return sizeBytes;
}
