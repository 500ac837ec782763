/**
 * The flags of the terminal client: what each means, how they are read, and what is wrong with them.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { explainFault, nameFault } from "../protocol.ts";
import { type Address, formatAddress, parseAddress } from "./address.ts";
import { align } from "./render.ts";

const DEFAULTS = { server: { hostname: "127.0.0.1", port: 8888 }, channel: "lobby" } as const;

/** Each flag with its meaning, as `--help` prints them. */
const MEANINGS: [flag: string, meaning: string][] = [
  ["--nick NICK", "your name; default: asked for at a terminal, else guest-1234"],
  ["--server HOST[:PORT]", `the server; default ${formatAddress(DEFAULTS.server)}; IPv6 as [::1]:8888`],
  ["--channel NAME", `the channel to join, with or without #; default ${DEFAULTS.channel}`],
  ["--login [ACCOUNT]", "log in to your account, by default that of your nick; its password is asked for"],
  ["--login-password-file FILE", "a file that holds the account's password; or set TEAHOUSE_LOGIN_PASSWORD"],
  ["--password [WORD]", "the room's password, which others on this machine can see; without WORD it is asked for"],
  ["--password-file FILE", "a file that holds it, or set TEAHOUSE_PASSWORD: nobody else sees it; default: none"],
  ["--no-color", "no colours (so does NO_COLOR); default: colours at a terminal"],
  ["--help", "show this"],
  ["--version", "show the version"],
];

/** What `--help` prints. */
export const HELP = `Joins a chat room from a terminal.

  deno run -A client.ts --nick bob
  echo 'tea is ready :tea:' | deno run -A client.ts --nick kettle

${align(MEANINGS.map(([flag, meaning]) => ["  " + flag, meaning])).join("\n")}

At the prompt, /help lists the commands. Piped input: each line is said; a line that begins with a
command (/to alice) runs it, // begins a text with /, and anything else is text. To send all as text:
sed 's|^/|//|'. It ends when all is delivered, with exit code 0; 1 if something was refused or the
server is away; 2 if a flag is wrong.`;

/** The flags cannot be used as they are; the message says why. The program then ends with exit code 2. */
export class UsageError extends Error {}

/** What the flags say. */
export interface Flags {
  /** Undefined: the person has not chosen one. */
  nick: string | undefined;
  server: Address;
  /** With its `#`. */
  channel: string;
  /** The room's password; "" is one that has to be asked for. */
  password: string | undefined;
  passwordFile: string | undefined;
  /** The account to log in to; "" is that of the nick. */
  login: string | undefined;
  loginPasswordFile: string | undefined;
  color: boolean;
}

/**
 * Reads the flags.
 *
 * @param args The command line, as `Deno.args`.
 * @returns The flags, or what is asked for in place of a chat.
 * @throws {UsageError}
 */
export function readFlags(args: string[]): Flags | "help" | "version" {
  const flags = parseArgs(args, {
    string: ["nick", "server", "channel", "password", "password-file", "login", "login-password-file"],
    boolean: ["no-color", "help", "version"],
    unknown: (arg: string) => {
      throw new UsageError(`Unknown ${arg.startsWith("-") ? "flag" : "argument"} ${arg}; --help lists the flags`);
    },
  });
  if (flags.help) return "help";
  if (flags.version) return "version";
  for (const name of ["nick", "server", "channel", "password-file", "login-password-file"] as const) {
    if (flags[name] === "") throw new UsageError(`--${name} needs a value`);
  }
  const { nick, password, login, "password-file": passwordFile, "login-password-file": loginPasswordFile } = flags;
  if (password !== undefined && passwordFile !== undefined) {
    throw new UsageError("--password and --password-file: one of them is enough");
  }
  if (loginPasswordFile !== undefined && login === undefined) {
    throw new UsageError("--login-password-file is the password of an account, which --login names");
  }
  const problem = nick === undefined ? undefined : problemOfNick(nick);
  if (problem !== undefined) throw new UsageError(`--nick "${nick}" cannot be a nick: ${problem.join(" ")}`);
  const channel = "#" + (flags.channel ?? DEFAULTS.channel).replace(/^[#＃]/, "");
  const fault = nameFault("channel", channel.normalize("NFC"));
  if (fault !== undefined) {
    throw new UsageError(`--channel "${flags.channel}" cannot be a channel's name: ${explainFault(fault)}`);
  }
  const color = !flags["no-color"] && !Deno.noColor && Deno.stdout.isTerminal();
  try {
    const server = parseAddress(flags.server ?? "", DEFAULTS.server);
    return { nick, server, channel, password, passwordFile, login, loginPasswordFile, color };
  } catch (error) {
    throw new UsageError(`--server: ${error instanceof Error ? error.message : error}`);
  }
}

/** Why a text cannot be a nick: the rule, and in brackets how the text breaks it; undefined where it can. */
export function problemOfNick(nick: string): [rule: string, explanation: string] | undefined {
  const fault = nameFault("nick", nick.normalize("NFC"));
  return fault &&
    [
      "letters and digits of any script and -_[]\\`^{}|, not a digit or - first, at most 30",
      `(${explainFault(fault)})`,
    ];
}
