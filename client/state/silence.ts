/**
 * What keeps this client's person from talking in a channel, as the server has told it.
 *
 * @module
 */

/** Why this person may not talk in a channel, or not come in. */
export interface Silence {
  isMute: boolean;
  /** The nick of the operator. */
  by: string;
  /** Until when, in milliseconds since 1970; `Infinity` without an end. */
  until: number;
  /** "" where none is told. */
  reason: string;
}
