/** What everything has that nobody gave another weight. In a file of its own: the Run page names it, and needs no schemas for that. */
export const NORMAL_WEIGHT = 100;
