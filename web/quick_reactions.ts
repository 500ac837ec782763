/**
 * The few reactions that stand beside a message, so that nobody looks for them: those this person has chosen last, and where these
 * are fewer, what people react with most.
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

/** Notes a reaction that was chosen. What stands among them keeps its place. A picture of the room is not noted: it may be gone. */
export function noteReaction(emoji: string): void {
  const known = quickReactions();
  if (!known.includes(emoji) && !emoji.startsWith(":")) settings.set("reactions", [emoji, ...known].slice(0, MOST));
}
