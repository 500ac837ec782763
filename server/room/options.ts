/**
 * How a room is set up: what it calls itself, and what it takes from outside.
 *
 * @module
 */

import type { Accounts } from "../auth/accounts.ts";
import type { Owners } from "../auth/owners.ts";
import type { Guesses } from "../auth/guesses.ts";
import type { Files } from "../files/files.ts";
import type { KeptChannels } from "../store/channels.ts";
import type { History } from "../store/history.ts";
import type { Markers } from "../store/markers.ts";
import type { Metadata } from "../store/metadata.ts";
import type { Store } from "../store/store.ts";
import type { Visits } from "../store/visits.ts";
import type { CallOptions } from "./call_options.ts";

/** How the room presents itself. */
export interface Settings {
  /** The room's name, free text. */
  network: string;
  /** The address of a picture that stands for it. */
  icon?: string | undefined;
  /** The message of the day, a line an item; none where empty. */
  motd: string[];
  /** What one must say to come in (PASS), if anything. */
  password?: string | undefined;
  /** The passwords of the server's operators, by name (OPER). */
  operators?: ReadonlyMap<string, string>;
  /** The program's version. */
  version: string;
}

/** How long people may edit what they have said, in milliseconds, where nothing else is said. */
export const EDIT_FOR = 3_600_000;

/** What a `Chat` takes from outside. */
export interface ChatOptions {
  /** The time in milliseconds since 1970; `Date.now` when left out. */
  now?: () => number;
  /** How many milliseconds have passed since some moment, by a clock that is never set; `performance.now` when left out. */
  uptime?: () => number;
  /**
   * Called with a line for people when someone comes, goes or is renamed, and the address that they come from; and with what
   * else whoever runs the server should know.
   */
  onPresence?: (text: string, address?: string) => void;
  /** The database that all that is kept is written to. */
  store?: Store | undefined;
  /** Where messages are kept; nothing is kept when left out. */
  history?: History | undefined;
  /** How long people may edit what they have said, in milliseconds; 0: not at all; an hour when left out. */
  editFor?: number | undefined;
  /** Where the settings of channels are kept. */
  keptChannels?: KeptChannels | undefined;
  /** The accounts that people may have; there are none when left out. */
  accounts?: Accounts | undefined;
  /** Who owns the room; nobody can when left out. */
  owners?: Owners | undefined;
  /** How fast secrets can be guessed here; as anywhere when left out. */
  guesses?: Guesses | undefined;
  /** Where it is kept up to when people have read; it is not when left out. */
  markers?: Markers | undefined;
  /** Where it is kept up to when people have been in channels; it is not when left out. */
  visits?: Visits | undefined;
  /** Where the metadata of accounts is kept; when left out, people have theirs as long as they are connected. */
  metadata?: Metadata | undefined;
  /** The files that people send each other; there are none when left out. */
  files?: Files | undefined;
  /** How people call each other; they can't when left out. */
  calls?: CallOptions | undefined;
}
