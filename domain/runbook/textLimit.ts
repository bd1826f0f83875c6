/** Longest text of a runbook in characters. It travels to each host with every order, in one frame. */
export const MAX_RUNBOOK_CHARACTERS = 200_000;
