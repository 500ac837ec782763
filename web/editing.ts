/// <reference lib="dom" />
/**
 * Changes the text of a field so that the person can undo it, and makes the field as high as its text.
 *
 * @module
 */

/**
 * Puts a text into a field, as if the person had typed what differs. To assign to `value` would clear the history of what can be
 * undone, so this uses `execCommand`, which is deprecated, but which every browser has and nothing has replaced. The field
 * dispatches "input" as it does when the person types.
 *
 * @param cursor The place of the cursor afterwards, in UTF-16 code units.
 */
export function write(field: HTMLTextAreaElement, text: string, cursor = text.length): void {
  const { value } = field;
  if (value !== text) {
    const [start, end] = differing(value, text);
    const inserted = text.slice(start, text.length - (value.length - end));
    const focused = document.activeElement;
    // The command changes the element that has the focus.
    if (focused !== field) field.focus({ preventScroll: true });
    field.setSelectionRange(start, end);
    // A field behind a dialog can't have the focus, and the command would write into the dialog.
    const isDone = document.activeElement === field &&
      (inserted === "" ? document.execCommand("delete") : document.execCommand("insertText", false, inserted));
    if (!isDone) field.setRangeText(inserted, start, end, "end");
    if (focused !== field && focused instanceof HTMLElement && focused !== document.body) focused.focus();
  }
  field.setSelectionRange(cursor, cursor);
}

/** Whether up-arrow has no row of the text to go to: it has one row, or the cursor is at its beginning. */
export function isInFirstRow(field: HTMLTextAreaElement): boolean {
  const isOneRow = field.scrollHeight < 2 * parseFloat(getComputedStyle(field).lineHeight);
  return isOneRow || field.selectionEnd === 0;
}

/** Whether the browser itself makes a field as high as its text. */
const growsItself = CSS.supports("field-sizing", "content");

/** Makes a field as high as its text, up to a bound in the style sheet. */
export function grow(field: HTMLTextAreaElement): void {
  if (growsItself) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

/** The range of a text in which it differs from another text. The range cuts no surrogate pair in two. */
function differing(text: string, other: string): [start: number, end: number] {
  const most = Math.min(text.length, other.length);
  let start = 0;
  while (start < most && text[start] === other[start]) start++;
  if (isCut(text, start) || isCut(other, start)) start--;
  let same = 0;
  while (same < most - start && text.at(-1 - same) === other.at(-1 - same)) same++;
  if (isCut(text, text.length - same) || isCut(other, other.length - same)) same--;
  return [start, text.length - same];
}

/** Whether a place in a text is inside of a surrogate pair. */
function isCut(text: string, at: number): boolean {
  return at > 0 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}

/**
 * Whether Enter sends. Under a finger it begins another line: the keyboard there has no Shift+Enter, and the button that sends
 * stands beside it. Ctrl+Enter sends everywhere.
 */
export function isSentByEnter(): boolean {
  return !matchMedia("(hover: none) and (pointer: coarse)").matches;
}
