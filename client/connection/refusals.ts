/**
 * Which of a server's replies are refusals.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";

/**
 * The numerics by which a server refuses: 400 to 599 (RFC 2812 section 5.2), and those beyond that have come since
 * (modern.ircdocs.horse/#numerics).
 */
const REFUSAL = /^(?:[45]\d\d|69[1678]|723|734|74[23]|90[24-7])$/;

/** Whether a command is a numeric that refuses something. */
export function isRefusalNumeric(command: string): boolean {
  return REFUSAL.test(command);
}

/** Whether a command refuses something: a numeric, or FAIL (IRCv3 standard-replies). */
export function isRefusal(command: string): boolean {
  return isRefusalNumeric(command) || command === "FAIL";
}

/** Whether a server refused what these are the replies to. */
export function isRefused(replies: readonly Message[]): boolean {
  return replies.some(({ command }) => isRefusal(command));
}
