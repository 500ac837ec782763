/// <reference lib="dom" />
/**
 * A field in which a channel's name is written.
 *
 * @module
 */

/**
 * A name as people write it, as a channel has it: with a dash for each space between its words. A space at the end stays, since a
 * word may follow.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(dashed("our tea  house"), "our-tea-house");
 * assertEquals(dashed("our "), "our ");
 * ```
 */
export function dashed(name: string): string {
  return name.replace(/(\S)\s+(?=\S)/g, "$1-");
}

/** Writes the name in a field anew, where it has spaces; the caret stays where it was. For `input` and `compositionend`. */
export function dashSpaces(event: Event): void {
  const field = event.target as HTMLInputElement;
  // An input method separates syllables by spaces of its own.
  if (field.name !== "channel" || (event as InputEvent).isComposing) return;
  const { value, selectionEnd } = field;
  const name = dashed(value);
  if (name === value) return;
  const behind = value.length - (selectionEnd ?? value.length);
  field.value = name;
  field.setSelectionRange(name.length - behind, name.length - behind);
}
