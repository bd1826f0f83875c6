const STORAGE_KEY = "slackwater-keys";

/**
 * Whether single keys order things. Whoever speaks to their computer, or has a restless hand, can turn them off; Command
 * or Control K always works. Kept in this browser only.
 */
export function areKeysOn(): boolean {
  try {
    return window.localStorage.getItem(STORAGE_KEY) !== "off";
  } catch {
    // Storage refused: the choice cannot be kept, and the keys are on as they are for everyone else.
    return true;
  }
}

/** Turns single keys on or off, for this browser, from now on. */
export function chooseKeys(isOn: boolean): void {
  try {
    window.localStorage.setItem(STORAGE_KEY, isOn ? "on" : "off");
  } catch {
    // As above: it lasts until the page is left.
  }
}
