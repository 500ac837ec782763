/**
 * The few reactions that stand beside a message, so that nobody looks for them: what people react with most, and in the last
 * place what this person has chosen last.
 *
 * @module
 */

import { settings } from "./settings.ts";

/** How many there are. */
const MOST = 3;

const USUAL = ["👍", "❤️", "😂"];

/** The reactions, in their order. */
export function quickReactions(): string[] {
  return [...new Set([...settings.get("reactions"), ...USUAL])].slice(0, MOST);
}

/**
 * Notes a reaction that was chosen. It takes the last place, since whoever is used to the others presses them without a look. A
 * picture of the room is not noted: it may be gone.
 */
export function noteReaction(emoji: string): void {
  const known = quickReactions();
  if (!known.includes(emoji) && !emoji.startsWith(":")) settings.set("reactions", [...known.slice(0, MOST - 1), emoji]);
}
