/// <reference lib="dom" />
/**
 * The keyboard of this machine: whether there is one, and what its keys are called.
 *
 * @module
 */

/** Whether this is a Mac (or an iPad, whose keyboard is alike), where Command stands for Ctrl. */
export function isMac(): boolean {
  return /^(?:Mac|iP)/.test(navigator.platform);
}

/** Whether there may be a keyboard: under a finger alone there is none but the one on the screen, which has no such keys. */
export function hasKeyboard(): boolean {
  return !matchMedia("(hover: none) and (pointer: coarse)").matches || matchMedia("(any-pointer: fine)").matches;
}

/** How keys are written for a person, as `Ctrl+K` or `⌘K`. @param keys As on other machines than a Mac. */
export function keysHere(keys: string): string {
  return isMac() ? keys.replaceAll("Ctrl+Shift+", "⇧⌘").replaceAll("Ctrl+", "⌘") : keys;
}

/** The same for a program that reads the page out (`aria-keyshortcuts`). */
export function shortcutHere(keys: string): string {
  return keys.replace("Ctrl", isMac() ? "Meta" : "Control");
}

/**
 * Whether a key that is pressed is a character for the field, though something else has the focus: nothing that takes text has,
 * and no dialog or menu. A space scrolls, or presses a button.
 */
export function isForField(
  { key, ctrlKey, metaKey, altKey, defaultPrevented, isComposing, target }: KeyboardEvent,
): boolean {
  if ([...key].length !== 1 || key === " " || ctrlKey || metaKey || altKey || defaultPrevented || isComposing) {
    return false;
  }
  const takes = "input, textarea, select, dialog, [popover], [role=dialog], [role=menu], [role=search], [role=listbox]";
  return target instanceof Element && target.closest(takes) === null &&
    document.querySelector("dialog[open], [role=menu]") === null;
}
