/**
 * What a view gives a client, functions that the client calls among it. Types only.
 *
 * @module
 */

import type { ClientEvent } from "./state/events.ts";
import type { KeptSecret } from "./connection/device.ts";
import type { Credentials } from "./connection/sasl.ts";
import type { FileView } from "./commands/file_view.ts";
import type { Sentences } from "./sentences.ts";
import type { Clock } from "./clock.ts";
import type { Dial } from "./connection/transport.ts";

/** What a client needs. */
export interface ClientOptions {
  dial: Dial;
  /** The server's address, for sentences. */
  address: string;
  /** The address of the page, where the view is one: others may come in by it. */
  page?: string;
  nick: string;
  /** Under which name this person is to be shown, where that is not the nick; see `namingOf`. */
  displayName?: string;
  /** Whether that nick was this person's a moment ago: a lost connection of theirs may still have it, and then it is waited for. */
  isOwnNick?: boolean;
  /** Whether the person has not chosen the nick: then it is the one that their device had last, where the server knows it. */
  isNickSuggested?: boolean;
  /**
   * The device by which this person comes back: where its secret is kept, or "transport" where it comes with the transport, as
   * a cookie does. Without it they come as somebody new.
   */
  device?: KeptSecret | "transport";
  /** Has the page's cookie set anew, by a token of the server's, where the device's secret comes with the transport. */
  renewCookie?: (token: string) => void;
  /** Whether not to come in where the server does not know the device: `run` then throws `UnknownDeviceError`. */
  isKnownOnly?: boolean;
  /** Whether the device is to be nobody's first, so that whoever had it before is not this person. */
  isSomebodyNew?: boolean;
  /** Whether not to come in where logging in by `login` fails: `run` then throws. */
  isLoginNeeded?: boolean;
  /** Whether the view shows the message of the day by itself (`Client.motd`): then it is not told when this person comes in. */
  showsMotd?: boolean;
  /** Whether the private talks of the last days are opened on coming in. */
  isReopening?: boolean;
  /** Whether `channel` is joined only where the device brings no channel back. */
  isChannelOptional?: boolean;
  /** Whether the view goes to another joined channel where the shown one is left; else the next line goes nowhere until a talk is chosen. */
  goesToNextChannel?: boolean;
  /** Why this person is away, if they were away before the page was loaded anew. */
  away?: string;
  /** The channel to join first, "": none. */
  channel: string;
  /** The channel to join where that one can't be joined. */
  otherChannel?: string;
  /**
   * Asks the person for the key of a channel. Without this function the refusal is shown.
   *
   * @param isWrong Whether they have given one that is not right.
   */
  askKey?: (channel: string, isWrong: boolean) => Promise<string | undefined>;
  /** The room's password (IRC's PASS). */
  password?: string;
  /** The secret by which this person owns the room from now on; see `Client.claim`. */
  owner?: string;
  /** The account to log in to, each time it connects. */
  login?: Credentials;
  /**
   * Asks the person for a password, without showing it or keeping it anywhere; resolves to undefined where they give none.
   * Without this function, commands that need a password are refused.
   */
  askSecret?: (question: string) => Promise<string | undefined>;
  /**
   * Asks the person for a new password and for the same once more, both at once, where the view can; resolves to both as they
   * were written, or to undefined where one is not given. Without this function `askSecret` asks one after the other.
   */
  askNewSecret?: (question: string, onceMore: string) => Promise<string[] | undefined>;
  /** Whether nobody on the way can read what is sent, as with TLS; false where this is not given. */
  isEncrypted?: boolean;
  /**
   * Asks the person whether to do something that others could take advantage of, or that can't be undone. Without this function
   * nothing is sent that others could read, and what the person says is done.
   *
   * @param doing What is to be done.
   */
  confirm?: (question: string, doing: "send" | "remove") => Promise<boolean>;
  /** How the view sends and gets files; without it the commands about files are refused. */
  fileView?: FileView;
  /** Whether the view has calls, so that it is told of them. */
  hasCalls?: boolean;
  /**
   * Brings the person into the call of a talk, or to where they can join it; without this function `/call` is refused.
   *
   * @param target A channel that they have joined, or somebody else.
   */
  openCall?: (target: string) => void | Promise<void>;
  /** What the client says, in the language that the person has chosen; in English where this is not given. */
  sentences?: () => Sentences;
  /** Called with all that happens, in order. */
  onEvent: (event: ClientEvent) => void;
  /** Called when the person leaves by `/quit`, with the reason; the view then calls `quit`. */
  onLeave: (reason: string | undefined) => void;
  /** Names of picture emoji, which stay codes. */
  pictures?: ReadonlySet<string>;
  /** How many lines of history to ask for on coming into a talk, 50 by default; 0: none, and no missed lines either. */
  history?: number;
  /** How many lines of each talk are kept, 10,000 by default. */
  lines?: number;
  /** How long a lost server is waited for, in milliseconds; for ever where this is not given. */
  giveUpMs?: number;
  clock?: Clock;
  random?: () => number;
}
