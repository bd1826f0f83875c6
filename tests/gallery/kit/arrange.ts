/** Samples beside each other, as many as fit at a width. */
export const grid = (columns: string) => ({
  display: "grid",
  gap: 16,
  gridTemplateColumns: `repeat(auto-fit, minmax(min(100%, ${columns}), 1fr))`,
});

/** Samples one after the other, in lines. */
export const flow = { display: "flex", flexWrap: "wrap", gap: 8, alignItems: "center" } as const;
