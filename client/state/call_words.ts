/**
 * The words by which the server tells what somebody in a call does (docs/calls.md).
 *
 * @module
 */

/** What somebody in a call does: is heard, shows themselves, shows a screen, is muted, has their hand up. */
export const CALL_WORDS = ["audio", "video", "screen", "muted", "hand"] as const;

export type CallWord = typeof CALL_WORDS[number];

/** Reads the words of somebody's state; those that are not known are left out. */
export function readWords(text: string): Set<CallWord> {
  const known: readonly string[] = CALL_WORDS;
  return new Set(text.slice(0, 200).split(",").filter((word): word is CallWord => known.includes(word)));
}

/** Writes them as the server reads them. */
export function writeWords(words: Iterable<CallWord>): string {
  return [...words].join(",");
}
