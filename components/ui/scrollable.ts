/**
 * Spread on a region that scrolls: it takes the keyboard's focus, so that arrow keys can reach its end in browsers that
 * do not do this by themselves.
 */
export const keyboardScrollable = { tabIndex: 0 } as const;
