/**
 * A nick for a person who has not chosen one.
 *
 * @module
 */

/** Gives a nick such as `guest-1234`. */
export function guestNick(): string {
  return `guest-${1000 + Math.floor(Math.random() * 9000)}`;
}
