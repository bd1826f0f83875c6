/**
 * Puts text on the clipboard. Where the page has no secure origin (plain HTTP in an office network) the modern way is
 * missing, and the old one is taken.
 * @returns false when neither worked, so that the page can say so and show the text instead
 */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused (no focus, no permission): the old way may still work.
    }
  }
  const holder = document.createElement("textarea");
  holder.value = text;
  holder.setAttribute("readonly", "");
  holder.style.cssText = "position:fixed;opacity:0;pointer-events:none";
  const focused = document.activeElement;
  document.body.append(holder);
  holder.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    holder.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
