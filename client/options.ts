/**
 * What a view gives a client, and what of it the client calls. Types only.
 *
 * @module
 */

import type { ClientEvent } from "./state/events.ts";
import type { Credentials } from "./connection/sasl.ts";
import type { Sentences } from "./sentences.ts";
import type { Clock } from "./clock.ts";
import type { Dial } from "./connection/transport.ts";

/** What a client needs. */
export interface ClientOptions {
  dial: Dial;
  /** The server's address, for sentences. */
  address: string;
  nick: string;
  /** Whether that nick was this person's a moment ago: while a lost connection of theirs has it, it is waited for. */
  isOwnNick?: boolean;
  /** Why this person is away, where they were so before the page was loaded anew. */
  away?: string;
  /** The channel to join first. */
  channel: string;
  /** The room's password (IRC's PASS). */
  password?: string;
  /** The account to log in to, each time it connects. */
  login?: Credentials;
  /**
   * Asks the person for a password, without showing it or keeping it anywhere; undefined comes back where they would
   * rather not. Without this function what needs a password is refused.
   */
  askSecret?: (question: string) => Promise<string | undefined>;
  /** Whether nobody on the way can read what is sent, as with TLS; false where this isn't given. */
  isEncrypted?: boolean;
  /**
   * Asks the person whether to do something that others could make use of; false comes back where they would rather not.
   * Without this function it is not done.
   */
  confirm?: (question: string) => Promise<boolean>;
  /** What the client says, in the language that the person has chosen by then; in English where this isn't given. */
  sentences?: () => Sentences;
  /** Told of all that happens, in its order. */
  onEvent: (event: ClientEvent) => void;
  /** Called when the person leaves by `/quit`, with the reason; the view then calls `quit`. */
  onLeave: (reason: string | undefined) => void;
  /** Names of picture emoji, which stay codes. */
  pictures?: ReadonlySet<string>;
  /** How many lines of history to ask for on coming into a talk, 50 by default; 0: none, nor what was missed. */
  history?: number;
  /** How many lines of each talk are kept, 10,000 by default. */
  lines?: number;
  /** How long a lost server is waited for, in milliseconds; for ever if it isn't given. */
  giveUpMs?: number;
  clock?: Clock;
  random?: () => number;
}
