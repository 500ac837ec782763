/**
 * The flags of the terminal client: what each means, how they are read, and what is wrong with them.
 *
 * @module
 */

import { namingOf } from "../client/names.ts";
import { channelNamed } from "../client/written.ts";
import { DEFAULT_CHANNEL } from "../shared/default_channel.ts";
import { COMMON, type Flag, NO_VALUE, readFlags, UsageError, usageOf, type Values } from "../shared/flags.ts";
import { nameFault } from "../protocol.ts";
import { formatAddress, parseServer, type Server } from "./address.ts";
import { readFingerprint } from "./known_rooms.ts";
import { readLanguage, sentences, words } from "./language.ts";
import { IMAGES, type Images } from "./pictures/abilities.ts";
import { align } from "./render.ts";
import { ENGLISH, type Strings } from "./strings.ts";
import { PORTS } from "./way_in.ts";
import { readPage } from "./window.ts";

const DEFAULTS = { server: { hostname: "127.0.0.1", port: PORTS.plain }, channel: DEFAULT_CHANNEL } as const;

/** What each flag does, in a language. */
function meaningsIn({ flags }: Strings): Record<keyof Strings["flags"], string> {
  return {
    ...flags,
    server: flags.server(formatAddress(DEFAULTS.server)),
    tls: flags.tls(PORTS.tls),
    channel: flags.channel(DEFAULTS.channel),
  };
}

const MEANINGS = meaningsIn(ENGLISH);

/** All flags, in the order of `--help`. */
const FLAGS = {
  "nick": {
    operand: "NICK",
    meaning: MEANINGS.nick,
    read: (text: string) => {
      if (text === "") throw new RangeError(words().usage.noValue);
      const problem = problemOfNick(text);
      if (problem !== undefined) throw new RangeError(words().usage.noNick(text, ...problem));
      return text;
    },
  },
  "server": {
    operand: "HOST[:PORT]",
    meaning: MEANINGS.server,
    default: DEFAULTS.server.hostname,
    read: (text: string) => parseServer(text, DEFAULTS.server.hostname),
  },
  "tls": {
    meaning: MEANINGS.tls,
  },
  "pin": {
    operand: "FINGERPRINT",
    meaning: MEANINGS.pin,
    read: readFingerprint,
  },
  "channel": {
    operand: "NAME",
    meaning: MEANINGS.channel,
    default: DEFAULTS.channel,
    read: readChannel,
  },
  "login": {
    operand: "[ACCOUNT]",
    meaning: MEANINGS.login,
  },
  "login-password-file": {
    operand: "FILE",
    meaning: MEANINGS["login-password-file"],
  },
  "password": {
    operand: "[WORD]",
    meaning: MEANINGS.password,
  },
  "password-file": {
    operand: "FILE",
    meaning: MEANINGS["password-file"],
  },
  "owner": {
    operand: "[SECRET]",
    meaning: MEANINGS.owner,
  },
  "owner-file": {
    operand: "FILE",
    meaning: MEANINGS["owner-file"],
  },
  "send": {
    operand: "FILE",
    isList: true as const,
    meaning: MEANINGS.send,
    read: (text: string) => {
      if (text === "") throw new RangeError(words().usage.noValue);
      return text;
    },
  },
  "downloads": {
    operand: "FOLDER",
    meaning: MEANINGS.downloads,
    read: readFolder,
  },
  "images": {
    operand: "HOW",
    meaning: MEANINGS.images,
    default: "auto",
    read: (text: string): Images => {
      const images = IMAGES.find((one) => one === text);
      if (images === undefined) throw new RangeError(words().usage.noImages(text));
      return images;
    },
  },
  "window": {
    operand: "ADDRESS",
    meaning: MEANINGS.window,
    read: readPage,
  },
  "no-device": { meaning: MEANINGS["no-device"] },
  "no-color": { meaning: MEANINGS["no-color"] },
  "lang": { operand: "zh|en", meaning: MEANINGS.lang, read: readLanguage },
};

/** All flags in the order of `--help`, as texts in a language: as each stands on a command line, and what it does. */
function flagTextsIn(strings: Strings): { usage: string; meaning: string }[] {
  const meanings: Record<string, string> = meaningsIn(strings);
  return Object.entries<Flag>({ ...FLAGS, ...COMMON }).map(([name, { operand, ...flag }]) => ({
    usage: usageOf(name, operand === undefined ? flag : { ...flag, operand: strings.operand(operand) }),
    meaning: meanings[name],
  }));
}

/** The same in English, for the manual page. */
export const FLAG_TEXTS: readonly { usage: string; meaning: string }[] = flagTextsIn(ENGLISH);

/** What `--help` prints. */
export function help(): string {
  const rows = flagTextsIn(words()).map(({ usage, meaning }) => [`  ${usage}`, meaning]);
  const { title, more } = words().help;
  return `${title}

  deno run -A client.ts --nick bob
  echo 'tea is ready :tea:' | deno run -A client.ts --nick kettle

${align(rows).join("\n")}

${more}`;
}

/**
 * What the flags say. `server` has whether to come over TLS; `password` is the room's, "" one that has to be asked for; `login` is the account to log in to, "" that
 * of the nick.
 */
export type ClientFlags = Omit<Values<typeof FLAGS>, "tls" | "lang">;

/**
 * Reads the command line.
 *
 * @returns The flags, or what is asked for in place of a chat.
 * @throws {UsageError}
 */
export function readClientFlags(args: string[]): ClientFlags | "help" | "version" {
  const flags = readInLanguage(args);
  if (typeof flags === "string") return flags;
  const { usage } = words();
  if (flags.password !== undefined && flags["password-file"] !== undefined) {
    throw new UsageError(usage.oneIsEnough("--password", "--password-file"));
  }
  if (flags.owner !== undefined && flags["owner-file"] !== undefined) {
    throw new UsageError(usage.oneIsEnough("--owner", "--owner-file"));
  }
  if (flags["login-password-file"] !== undefined && flags.login === undefined) {
    throw new UsageError(usage.noLogin);
  }
  const { tls, lang: _, ...rest } = flags;
  const server: Server = tls ? { ...flags.server, isTls: true } : flags.server;
  if (flags.pin !== undefined && server.isTls === false) throw new UsageError(usage.pinIsForTls);
  return { ...rest, server };
}

/** Reads the command line. What shared/flags.ts says of it, which serves the server as well, is put into the language that was chosen. */
function readInLanguage(args: string[]) {
  try {
    return readFlags(FLAGS, args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { usage } = words();
    const [, kind, arg] = /^unknown (flag|argument) (.*); --help lists the flags$/s.exec(error.message) ?? [];
    if (kind !== undefined) throw new UsageError(kind === "flag" ? usage.unknownFlag(arg) : usage.unknownArgument(arg));
    throw error.message.endsWith(` ${NO_VALUE}`)
      ? new UsageError(error.message.slice(0, -NO_VALUE.length) + usage.noValue)
      : error;
  }
}

/** A folder that is there. */
function readFolder(text: string): string {
  try {
    if (Deno.statSync(text).isDirectory) return text.replace(/(?<=.)[/\\]$/, "");
  } catch {
    // It is none.
  }
  throw new RangeError(words().usage.noFolder(text));
}

/** A channel's name, with its `#`. */
function readChannel(text: string): string {
  if (text === "") throw new RangeError(words().usage.noValue);
  const channel = channelNamed(text);
  const fault = nameFault("channel", channel.normalize("NFC"));
  if (fault === undefined) return channel;
  throw new RangeError(words().usage.noChannel(text, sentences().refusals.nameFault(fault)));
}

/** Why a text cannot be a nick: the rule, and how the text breaks it; undefined where it can. */
export function problemOfNick(nick: string): [rule: string, explanation: string] | undefined {
  // Spaces become underlines, and the name with them the display name.
  const fault = nameFault("nick", namingOf(nick).nick);
  return fault && [words().questions.nickRule, sentences().refusals.nameFault(fault)];
}
