/** The version of the frames between server and agent that this code speaks. */
export const AGENT_PROTOCOL = 2;
/** From this version on, agents hold run packs. */
export const PACKS_SINCE = 2;
/** The oldest version still understood; an older peer is told so and not served. */
export const OLDEST_AGENT_PROTOCOL = 1;

/** The newest version that both sides understand, or undefined when there is none. Each side names its oldest and newest. */
export function negotiate(
  a: { oldest: number; newest: number },
  b: { oldest: number; newest: number },
): number | undefined {
  const newest = Math.min(a.newest, b.newest);
  return newest >= Math.max(a.oldest, b.oldest) ? newest : undefined;
}
