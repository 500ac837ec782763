/**
 * What a connection needs of the client that it is for. Types only.
 *
 * @module
 */

import type { Message, MessageInit } from "../../protocol.ts";
import type { Clock } from "../clock.ts";
import type { Sentences } from "../sentences.ts";
import type { KeptSecret } from "./device.ts";
import type { MultilineBounds } from "./multiline.ts";
import type { Credentials } from "./sasl.ts";
import type { Part } from "./split.ts";
import type { Dial } from "./transport.ts";

/** What a connection needs. */
export interface ConnectionOptions {
  dial: Dial;
  /** The server's address, for sentences. */
  address: string;
  nick: string;
  /** Whether the nick was this client's before (see `ClientOptions`). */
  isOwnNick: boolean;
  /** Whether the person has not chosen the nick: then it is the one that their device had last. */
  isNickSuggested: boolean;
  /** Whether the client has calls. */
  hasCalls?: boolean;
  /** `USER`'s two parts (RFC 2812 section 3.1.3). */
  user: string;
  realname: string;
  password?: string;
  /** The account to log in to on each connection (IRCv3 sasl). */
  login?: Credentials;
  /** The device to come by (see `DeviceEntryOptions`). */
  device: KeptSecret | "transport" | undefined;
  /** Whether the device is to be nobody's first. */
  isSomebodyNew: boolean;
  /** Whether not to come in where logging in fails. */
  isLoginNeeded: boolean;
  /** The account that this client is logged in to, as the server has said. */
  account: () => string | undefined;
  /** Whether not to come in where the server does not know the device. */
  isKnownOnly: boolean;
  /** Whether nobody on the way can read what is sent. */
  isEncrypted: boolean;
  /** Asks the person whether to go on; without it, what needs their consent is refused. */
  confirm?: (question: string, doing: "send") => Promise<boolean>;
  clock: Clock;
  /** A number from 0 up to 1, as Math.random gives. */
  random: () => number;
  /** How long to go on trying to come back, in milliseconds; Infinity: for ever. */
  giveUpMs: number;
  /** Called with each message of the server, in order. */
  onMessage: (message: Message) => void;
  /** Resolves once all messages so far are handled, undefined where they are. The next message waits for that. */
  settled: () => Promise<void> | undefined;
  /**
   * Called when it has registered, for the first time or again: `nick` is what the server calls this client, `wanted` what was
   * asked for. What has to come before queued lines is sent in it by `urgent`; where it gives "later", they wait for `release`.
   */
  onConnected: (nick: string, wanted: string, again: boolean) => "later" | void;
  /** Called when it could not log in by itself; `why` is a clause. It does not try again. */
  onLoginRefused: (account: string, why: string) => void;
  /** See `DeviceEntryOptions.onRenewal`. */
  onRenewal: (token: string) => void;
  /** Called when the server knows the device no longer, so that this person comes as somebody new. */
  onDeviceEnded: () => void;
  /** Called when the connection is lost; the next attempt comes in `retryMs` milliseconds. */
  onDisconnected: (reason: string, retryMs: number) => void;
  /** Called when a message is confirmed (see `Outgoing`). */
  onConfirmed: (message: MessageInit, replies: Message[]) => void;
  /** Called when a message could not be handled; it is left out. */
  onFault: (error: unknown) => void;
  /** What the client says, in the person's language. */
  sentences: () => Sentences;
  /** Cuts messages that are too long or have several lines, see `splitMessage`. */
  split: (message: MessageInit, bounds: MultilineBounds | undefined) => Part[];
}
