/**
 * What somebody in a call does, in the words that clients tell each other: `audio,video,muted`; and how they react.
 *
 * @module
 */

import { byteLength } from "../../protocol.ts";

/** The words: has a microphone, a camera, shows a screen, is muted, has a hand up. */
const WORDS = ["audio", "video", "screen", "muted", "hand"] as const;

type CallWord = (typeof WORDS)[number];

/** What one person does, each word once. */
export type CallWords = ReadonlySet<CallWord>;

/** Reads words with commas between them. Others than these are left out: a newer client may have more. */
export function parseWords(text: string): CallWords {
  const written = new Set(text.toLowerCase().split(","));
  return new Set(WORDS.filter((word) => written.has(word)));
}

export function wordsText(words: CallWords): string {
  return [...words].join(",");
}

export function isSame(some: CallWords, others: CallWords): boolean {
  return wordsText(some) === wordsText(others);
}

/** Whether somebody who does this is neither heard nor seen: as those must be who may not talk in a channel. */
export function isListening(words: CallWords): boolean {
  return words.has("muted") && !words.has("video") && !words.has("screen");
}

/** The same words of somebody who is muted. */
export function muted(words: CallWords): CallWords {
  return parseWords(wordsText(new Set([...words, "muted"])));
}

/** The same words of somebody who only listens from now on. */
export function listening(words: CallWords): CallWords {
  return new Set([...muted(words)].filter((word) => word !== "video" && word !== "screen"));
}

/**
 * A reaction: what an emoji is made of (Unicode's UTS 51, section 1.4), also one that is newer than the runtime, and no text. An
 * emoji of a whole family takes 41 bytes.
 */
const REACTION =
  /^[\p{Extended_Pictographic}\p{Regional_Indicator}][\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\p{Variation_Selector}\p{Join_Control}\u{e0020}-\u{e007f}]*$/u;
const REACTION_BYTES = 64;

/** Whether a text can be a reaction in a call. */
export function isReaction(text: string): boolean {
  return REACTION.test(text) && byteLength(text) <= REACTION_BYTES;
}
