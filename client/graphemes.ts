/**
 * Characters as people see them (grapheme clusters, UAX #29), of however many code points, and cutting texts between them.
 *
 * @module
 */

/** Finds the characters of a text. To make one takes long, so all share it. */
export const graphemes: Intl.Segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The longest beginning of a text that has at most `most` code points and cuts no character in two. */
export function firstOf(text: string, most: number): string {
  let [left, end] = [most, 0];
  // A code point takes at most two code units: what is behind that need not be looked at.
  for (const { segment } of graphemes.segment(text.slice(0, 2 * most + 100))) {
    for (const _ of segment) left--;
    if (left < 0) break;
    end += segment.length;
  }
  return text.slice(0, end);
}

/** The same, with `…` behind it, which is not counted, where the text goes on. */
export function beginningOf(text: string, most: number): string {
  const first = firstOf(text, most);
  return first.length < text.length ? `${first}…` : first;
}
