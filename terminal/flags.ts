/**
 * The flags of the terminal client: what each means, how they are read, and what is wrong with them.
 *
 * @module
 */

import { namingOf } from "../client/names.ts";
import { channelNamed } from "../client/written.ts";
import { DEFAULT_CHANNEL } from "../shared/default_channel.ts";
import { COMMON, NO_VALUE, readFlags, UsageError, usageOf, type Values } from "../shared/flags.ts";
import { explainFault, nameFault } from "../protocol.ts";
import { formatAddress, parseServer, type Server } from "./address.ts";
import { readFingerprint } from "./known_rooms.ts";
import { align } from "./render.ts";
import { PORTS } from "./way_in.ts";
import { readPage } from "./window.ts";

const DEFAULTS = { server: { hostname: "127.0.0.1", port: PORTS.plain }, channel: DEFAULT_CHANNEL } as const;

/** All flags, in the order of `--help`. */
const FLAGS = {
  "nick": {
    operand: "NICK",
    meaning: "your name; default: who you were there last, or asked for; on a pipe guest-1234; 'Ms Chen' is Ms_Chen",
    read: (text: string) => {
      if (text === "") throw new RangeError(NO_VALUE);
      const problem = problemOfNick(text);
      if (problem !== undefined) throw new RangeError(`"${text}" cannot be a nick: ${problem.join(" ")}`);
      return text;
    },
  },
  "server": {
    operand: "HOST[:PORT]",
    meaning: `the server; default ${
      formatAddress(DEFAULTS.server)
    }; IPv6 as [::1]:8888; tls://HOST as with --tls, tcp://HOST without`,
    default: DEFAULTS.server.hostname,
    read: (text: string) => parseServer(text, DEFAULTS.server.hostname),
  },
  "tls": {
    meaning:
      `come over TLS or not at all; the port is then ${PORTS.tls} by default; without it where the server offers TLS`,
  },
  "pin": {
    operand: "FINGERPRINT",
    meaning: "SHA-256 of the authority that the room is known by from now on; default: asked for the first time",
    read: readFingerprint,
  },
  "channel": {
    operand: "NAME",
    meaning: `the channel to join, with or without #; default ${DEFAULTS.channel}`,
    default: DEFAULTS.channel,
    read: readChannel,
  },
  "login": {
    operand: "[ACCOUNT]",
    meaning: "log in to your account, by default that of your nick; its password is asked for",
  },
  "login-password-file": {
    operand: "FILE",
    meaning: "a file that holds the account's password; or set TEAHOUSE_LOGIN_PASSWORD",
  },
  "password": {
    operand: "[WORD]",
    meaning: "the room's password, which others on this machine can see; without WORD it is asked for",
  },
  "password-file": {
    operand: "FILE",
    meaning: "a file that holds it, or set TEAHOUSE_PASSWORD: nobody else sees it; default: none",
  },
  "owner": {
    operand: "[SECRET]",
    meaning: "own the room, by the secret that its server has printed; without SECRET it is asked for",
  },
  "owner-file": {
    operand: "FILE",
    meaning: "a file that holds that secret; or set TEAHOUSE_OWNER",
  },
  "window": {
    operand: "ADDRESS",
    meaning: "open the page at that address in a window of its own, by an installed Chromium, Edge or Chrome",
    read: readPage,
  },
  "no-device": { meaning: "come as somebody new, and keep nothing by which the server knows you the next time" },
  "no-color": { meaning: "no colours (so does NO_COLOR); default: colours at a terminal" },
};

/** All flags in the order of `--help`, as texts: as each stands on a command line, and what it does. */
export const FLAG_TEXTS: readonly { usage: string; meaning: string }[] = Object.entries({ ...FLAGS, ...COMMON }).map(
  ([name, flag]) => ({ usage: usageOf(name, flag), meaning: flag.meaning }),
);

/** What `--help` prints. */
export function help(): string {
  const rows = FLAG_TEXTS.map(({ usage, meaning }) => [`  ${usage}`, meaning]);
  return `Joins a chat room from a terminal.

  deno run -A client.ts --nick bob
  echo 'tea is ready :tea:' | deno run -A client.ts --nick kettle

${align(rows).join("\n")}

At the prompt, /help lists the commands. Piped input: each line is said; a line that begins with a
command (/to alice) runs it, // begins a text with /, and anything else is text. To send all as text:
sed 's|^/|//|'. It ends when all is delivered, with exit code 0; 1 if something was refused or the
server is away; 2 if a flag is wrong.`;
}

/**
 * What the flags say. `server` has whether to come over TLS; `password` is the room's, "" one that has to be asked for; `login` is the account to log in to, "" that
 * of the nick.
 */
export type ClientFlags = Omit<Values<typeof FLAGS>, "tls">;

/**
 * Reads the command line.
 *
 * @returns The flags, or what is asked for in place of a chat.
 * @throws {UsageError}
 */
export function readClientFlags(args: string[]): ClientFlags | "help" | "version" {
  const flags = readFlags(FLAGS, args);
  if (typeof flags === "string") return flags;
  if (flags.password !== undefined && flags["password-file"] !== undefined) {
    throw new UsageError("--password and --password-file: one of them is enough");
  }
  if (flags.owner !== undefined && flags["owner-file"] !== undefined) {
    throw new UsageError("--owner and --owner-file: one of them is enough");
  }
  if (flags["login-password-file"] !== undefined && flags.login === undefined) {
    throw new UsageError("--login-password-file is the password of an account, which --login names");
  }
  const { tls, ...rest } = flags;
  const server: Server = tls ? { ...flags.server, isTls: true } : flags.server;
  if (flags.pin !== undefined && server.isTls === false) throw new UsageError("--pin is for TLS, and tcp:// for none");
  return { ...rest, server };
}

/** A channel's name, with its `#`. */
function readChannel(text: string): string {
  if (text === "") throw new RangeError(NO_VALUE);
  const channel = channelNamed(text);
  const fault = nameFault("channel", channel.normalize("NFC"));
  if (fault === undefined) return channel;
  throw new RangeError(`"${text}" cannot be a channel's name: ${explainFault(fault)}`);
}

/** Why a text cannot be a nick: the rule, and in brackets how the text breaks it; undefined where it can. */
export function problemOfNick(nick: string): [rule: string, explanation: string] | undefined {
  // Spaces become underlines, and the name with them the display name.
  const fault = nameFault("nick", namingOf(nick).nick);
  return fault &&
    [
      "letters and digits of any script and -_[]\\`^{}|, not a digit or - first, at most 30",
      `(${explainFault(fault)})`,
    ];
}
