/**
 * The flags of the server: what each means, what it may be, and what counts without it.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { type Flag, type Origin, UsageError, usageOf, type Values, variableOf } from "../shared/flags.ts";
import {
  addresses,
  callEngine,
  callers,
  command,
  directoryAddress,
  engineFrom,
  hostAddresses,
  hostNames,
  listOf,
  logLevel,
  numberTo,
  pageAddress,
  path,
  period,
  pictureAddress,
  roomName,
  size,
  turnAddresses,
  uploaders,
} from "./flag_values.ts";

/** All flags, in the order of `--help`. `without` says what counts where a flag without a default is not given. */
export const FLAGS = {
  "config": {
    operand: "FILE",
    meaning: 'a file with settings, as TOML: name = "Tea" for --name Tea; what is given elsewhere counts before it',
    without: "none",
  },
  "host": {
    operand: "ADDRESS",
    meaning: "where to listen",
    without: "all interfaces",
    read: (text: string) => text.replace(/^\[(.*)\]$/, "$1"),
  },
  "port": {
    operand: "N",
    meaning: "the port of the chat; 0 picks a free one",
    default: "8888",
    read: numberTo(65535),
  },
  "web-port": {
    operand: "N",
    meaning: "the port of the page, and of its WebSocket; 0 picks a free one",
    without: "8080, or the next one that is free",
    read: numberTo(65535),
  },
  "no-web": { meaning: "no page", without: "there is one" },
  "tls-port": {
    operand: "N",
    meaning: "the port of the chat over TLS; 0 picks a free one",
    without: "6697, or the next one that is free",
    read: numberTo(65535),
  },
  "web-tls-port": {
    operand: "N",
    meaning: "the port of the page over TLS; 0 picks a free one",
    without: "8443, or the next one that is free",
    read: numberTo(65535),
  },
  "tls-cert": {
    operand: "FILE",
    meaning: "a certificate and those that vouch for it, as PEM, with --tls-key; read again when the files change",
    without: "one that the room's own authority makes, which is kept beside the database",
  },
  "tls-key": { operand: "FILE", meaning: "the key of --tls-cert", without: "none" },
  "acme": {
    operand: "HOST",
    meaning:
      "public host names of this machine, with commas, for which Let's Encrypt is asked for a certificate: you " +
      "agree to its terms, and port 80 of the name leads to --web-port",
    without: "the room's own authority",
    read: hostNames,
    hasCommas: true,
  },
  "acme-directory": {
    operand: "URL",
    meaning: "another authority that is asked by ACME",
    default: "https://acme-v02.api.letsencrypt.org/directory",
    read: directoryAddress,
  },
  "no-tls": { meaning: "no TLS", without: "there is TLS beside the plain ports" },
  "trust-proxy": {
    operand: "A",
    meaning: "addresses, with commas, of proxies before the page, which then tell who asks in X-Forwarded-For, " +
      "and of gateways before the chat, which tell it by WEBIRC; 10.0.0.0/8 is a whole network",
    without: "none",
    read: addresses,
    hasCommas: true,
  },
  "base": {
    operand: "PATH",
    meaning: "the path of the page, for a proxy that passes it on as it is: /chat/",
    default: "/",
    read: path,
  },
  "url": {
    operand: "URL",
    meaning: "the address by which everybody opens the page, where a proxy or a router stands before it: " +
      "https://tea.example.org/; those of files begin with it",
    without: "what this machine knows of itself",
    read: pageAddress,
  },
  "allow-host": {
    operand: "H",
    meaning: "host names, with commas, that the page has for those on this network, beside addresses and local names",
    without: "this machine's name",
    read: listOf,
    hasCommas: true,
  },
  "name": { operand: "NAME", meaning: "what the room is called", default: "Teahouse", read: roomName },
  "icon": {
    operand: "URL",
    meaning: "the address of a picture that stands for the room, for clients that show one",
    without: "none",
    read: pictureAddress,
  },
  "motd": { operand: "FILE", meaning: "a text that people see when they come in", without: "none" },
  "password-file": {
    operand: "FILE",
    meaning: "what people must say to come in, on the first line of a file",
    without: "none",
  },
  "oper-file": {
    operand: "FILE",
    meaning: "who may moderate everywhere, by OPER NAME PASSWORD: NAME:PASSWORD on each line, # before a comment",
    without: "none",
  },
  "password": {
    operand: "WORD",
    meaning: "as --password-file, but whoever else is on this machine sees what is on a command line",
    without: "none",
    isSecret: true,
  },
  "oper": {
    operand: "NAME:PASSWORD",
    meaning: "as a line of --oper-file, likewise; may be given several times",
    without: "none",
    isList: true,
    isSecret: true,
  },
  "new-owner": {
    meaning: "prints an owner's link, which works once, although the room has an owner",
    without: "only while it has none",
  },
  "db": {
    operand: "FILE",
    meaning: "where history and channels are kept; :memory: keeps them while the room is open",
    default: "teahouse.db",
  },
  "keep": {
    operand: "TIME",
    meaning: "how long what is said is kept: 12h, 90d, 0 for not at all",
    default: "forever",
    read: period,
  },
  "edit-for": {
    operand: "TIME",
    meaning: "how long people may edit what they have said: 10m, 1d, forever, 0 for not at all",
    default: "1h",
    read: period,
  },
  "no-files": { meaning: "nobody sends files", without: "people send each other files on the page's port" },
  "file-limit": { operand: "SIZE", meaning: "how large a file may be: 500M, 4G", default: "1G", read: size },
  "file-quota": {
    operand: "SIZE",
    meaning: "how much all files of one person may take",
    default: "4G",
    read: size,
  },
  "files-limit": {
    operand: "SIZE",
    meaning:
      "how much all files may take; half of it, or --file-quota where that is more, from one address. Beside that " +
      "1 GiB of the disk stays free, or 5 %",
    default: "16G",
    read: size,
  },
  "file-keep": {
    operand: "TIME",
    meaning: "how long files are kept, and no longer than what is said: 12h, 90d, forever",
    without: "as long as --keep; no files where that is 0",
    read: period,
  },
  "upload": {
    operand: "WHO",
    meaning: "who may send files: all, or accounts only",
    default: "all",
    read: uploaders,
  },
  "file-check": {
    operand: "COMMAND",
    meaning:
      "a command that looks at each file, whose path follows it, as clamdscan; unless it ends with 0 the file is " +
      "refused",
    without: "none",
    read: command,
  },
  "calls": {
    operand: "WHO",
    meaning: "who may begin calls, which others may join: all, operators, none",
    default: "all",
    read: callers,
  },
  "turn": {
    operand: "URL",
    meaning: "where a TURN server relays calls between people whose routers let nothing through: " +
      "turn:tea.example.org:3478, several with commas; with --turn-secret-file",
    without: "none",
    read: turnAddresses,
    hasCommas: true,
  },
  "turn-secret-file": {
    operand: "FILE",
    meaning: "what that server shares with the room, on the first line of a file: coturn's static-auth-secret",
    without: "none",
  },
  "call-engine": {
    operand: "WHAT",
    meaning:
      "what carries calls of more people than can send to each other: janus, which the room then starts, or where " +
      "one is that runs, as ws://127.0.0.1:8188",
    without: "none",
    read: callEngine,
  },
  "call-engine-secret-file": {
    operand: "FILE",
    meaning: "what a Janus that runs asks of whoever uses it, on the first line of a file: its api_secret",
    without: "none",
  },
  "call-engine-address": {
    operand: "IP",
    meaning:
      "at which address others reach the Janus that the room starts, where the machine itself has another one, as " +
      "behind a router; several with commas",
    without: "the machine's",
    read: hostAddresses,
    hasCommas: true,
  },
  "call-engine-from": {
    operand: "N",
    meaning: "from how many people on a call of a channel is carried by --call-engine, from 2 to 8",
    default: "7",
    read: engineFrom,
  },
  "flood-limit": {
    operand: "N",
    meaning: "lines a second and connection that are handled, after a burst of 5 s worth; more than that waits; " +
      "0 for no limit",
    default: "4",
    read: numberTo(1e6),
  },
  "max-per-ip": {
    operand: "N",
    meaning: "connections from one address; 0 for no limit",
    default: "256",
    read: numberTo(1e6),
  },
  "log-level": {
    operand: "L",
    meaning: "error, info (who comes and goes) or debug",
    default: "info",
    read: logLevel,
  },
} satisfies Record<string, Flag & { without?: string }>;

/** Flags that contradict each other. */
const EXCLUSIVE: readonly [keyof typeof FLAGS, keyof typeof FLAGS][] = [
  ["web-port", "no-web"],
  ["web-tls-port", "no-web"],
  ["web-tls-port", "no-tls"],
  ["tls-port", "no-tls"],
  ["tls-cert", "no-tls"],
  ["tls-key", "no-tls"],
  ["acme", "no-tls"],
  ["acme", "tls-cert"],
  ["acme", "tls-key"],
  ["acme", "no-web"],
];

/** Flags of which neither does without the other. */
const TOGETHER: readonly [keyof typeof FLAGS, keyof typeof FLAGS][] = [
  ["tls-cert", "tls-key"],
  ["turn", "turn-secret-file"],
];

/** What the command line says, by flag. */
export type ServerFlags = Values<typeof FLAGS>;

/** What the environment variables of the server begin with. */
export const PREFIX = "TEAHOUSE_";

/** One flag as text, for what is written of flags: man pages, docs/configuration.md. */
export interface FlagText {
  /** Without the dashes: `web-port`. */
  name: string;
  /** As it stands on a command line: `--web-port N`. */
  usage: string;
  /** The environment variable that says the same: `TEAHOUSE_WEB_PORT`. */
  variable: string;
  /** Whether a configuration file may say it, by its name. */
  isInFile: boolean;
  /** What the flag does; the beginning of a sentence, without a full stop. */
  meaning: string;
  /** What counts where the flag is not given, in words or as one would write it. */
  otherwise: string;
  /** Whether it may be given several times. */
  isList: boolean;
}

/** All flags of the server but --help and --version, in the order of `--help`, as data: nothing in it is read or run. */
export const FLAG_TEXTS: readonly FlagText[] = Object.entries<Flag & { without?: string }>(FLAGS).map(
  ([name, flag]) => ({
    name,
    usage: usageOf(name, flag),
    variable: variableOf(PREFIX, name),
    isInFile: !flag.isSecret && name !== "config",
    meaning: flag.meaning,
    otherwise: (flag.default ?? flag.without)!,
    isList: flag.isList ?? false,
  }),
);

/**
 * Settles what contradicts each other: what is said in a place that counts before another one, as the command line before the
 * environment, leaves out what does not go with it there.
 *
 * @param origins Where each flag's value is from.
 * @throws {UsageError} If one place contradicts itself.
 */
export function settle(flags: ServerFlags, origins: ReadonlyMap<string, Origin>): ServerFlags {
  const settled: Record<string, unknown> = { ...flags };
  for (const [one, other] of EXCLUSIVE) {
    const [first, second] = [origins.get(one), origins.get(other)];
    if (first === undefined || second === undefined || !isGiven(settled[one]) || !isGiven(settled[other])) continue;
    if (first.rank === second.rank) throw new UsageError(`${first.from} and ${second.from} exclude each other`);
    const left = first.rank > second.rank ? one : other;
    settled[left] = "operand" in FLAGS[left] ? undefined : false;
  }
  for (const [one, other] of TOGETHER) {
    if (isGiven(settled[one]) === isGiven(settled[other])) continue;
    const { from } = origins.get(isGiven(settled[one]) ? one : other)!;
    throw new UsageError(`${from}: --${one} and --${other} belong together`);
  }
  return settled as ServerFlags;
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== false;

/** Columns of `--help`: where what a flag means begins, and where its lines end. */
const COLUMNS = { meaning: 20, end: 101 };

/** What `--help` prints. */
export function help(): string {
  const paragraphs = FLAG_TEXTS.map((flag) => {
    const words = `${flag.meaning} (default: ${flag.otherwise})`.split(" ");
    const usage = `  ${flag.usage}`;
    const isLong = usage.length > COLUMNS.meaning - 2;
    const lines = isLong ? [usage, ""] : [usage];
    for (const word of words) {
      const last = lines.at(-1)!;
      if (last.length + 1 + word.length > COLUMNS.end) lines.push("");
      const line = lines.at(-1)!;
      lines[lines.length - 1] = line.length < COLUMNS.meaning ? line.padEnd(COLUMNS.meaning) + word : `${line} ${word}`;
    }
    return lines.join("\n");
  });
  return `Teahouse ${config.version}: opens a chat room that people join from a browser, a terminal or
any IRC client.

Usage: deno run -A server.ts [flags]

${paragraphs.join("\n")}
  --help, --version

Environment: each flag has a variable, which counts where the flag is not given: TEAHOUSE_WEB_PORT for
--web-port, TEAHOUSE_NO_WEB=1 for --no-web. TEAHOUSE_OPER may hold several NAME:PASSWORD, with commas
or line ends between them; those of --oper and --oper-file count as well.

On SIGHUP it reads again what can change while the room is open: the configuration file, the message of
the day, passwords, operators, the secret of --turn, the certificate, --flood-limit, --max-per-ip and --log-level.`;
}
