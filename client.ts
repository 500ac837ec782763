/**
 * The terminal client: `deno run -A client.ts --nick bob`. Run me. Here are the flags, the connecting, and the loop between
 * the prompt and the client; what a client knows is in client/, what a terminal needs in terminal/.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { TextLineStream } from "@std/streams/text-line-stream";
import { constants } from "node:os";
import { Client, type ClientOptions } from "./client/client.ts";
import { complete } from "./client/commands/complete.ts";
import { ConnectionError } from "./client/connection/connection.ts";
import type { ClientEvent } from "./client/state/events.ts";
import { guestNick } from "./client/guest.ts";
import { goingOn, pasted } from "./client/commands/inputs.ts";
import manifest from "./deno.json" with { type: "json" };
import { ERR_PASSWDMISMATCH, explainFault, nameFault } from "./protocol.ts";
import { onNpxGone } from "./parent.ts";
import { type Address, formatAddress, parseAddress } from "./terminal/address.ts";
import { Output } from "./terminal/output.ts";
import { passwordOf, readPassword } from "./terminal/password.ts";
import { Prompt } from "./terminal/prompt.ts";
import { align } from "./terminal/render.ts";
import { columns, complain, say } from "./terminal/screen.ts";
import { connectTcp } from "./terminal/tcp.ts";
import { Transcript } from "./terminal/transcript.ts";

const DEFAULTS = { server: { hostname: "127.0.0.1", port: 8888 }, channel: "lobby" } as const;

/** Flag, and what it means, as `--help` prints it. */
const FLAGS: [flag: string, meaning: string][] = [
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

const HELP = `Joins a chat room from a terminal.

  deno run -A client.ts --nick bob
  echo 'tea is ready :tea:' | deno run -A client.ts --nick kettle

${align(FLAGS.map(([flag, meaning]) => ["  " + flag, meaning])).join("\n")}

At the prompt, /help lists the commands. Piped input: each line is said; a line that begins with a
command (/to alice) runs it, // begins a text with /, and anything else is text. To send all as text:
sed 's|^/|//|'. It ends when all is delivered, with exit code 0; 1 if something was refused or the
server is away; 2 if a flag is wrong.`;

/** A flag that cannot be used. */
class UsageError extends Error {}

interface Flags {
  nick: string | undefined;
  server: Address;
  channel: string;
  /** "" is one that has to be asked for. */
  password: string | undefined;
  passwordFile: string | undefined;
  /** The account to log in to; "" is that of the nick. */
  login: string | undefined;
  loginPasswordFile: string | undefined;
  color: boolean;
}

function readFlags(args: string[]): Flags | "help" | "version" {
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
  const nickFault = nick === undefined ? undefined : nameFault("nick", nick.normalize("NFC"));
  if (nickFault !== undefined) {
    throw new UsageError(`--nick "${nick}" cannot be a nick: ${NICK_RULE} (${explainFault(nickFault)})`);
  }
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

const NICK_RULE = "letters and digits of any script and -_[]\\`^{}|, not a digit or - first, at most 30";

async function askNick(): Promise<string> {
  const suggestion = guestNick();
  for (;;) {
    const question = `Your nick [${suggestion}]:`;
    // Not as `prompt`'s default, which would have to be deleted before another nick can be written.
    const answer = isTerminal() ? await askFirst((terminal) => terminal.ask(question)) : prompt(question);
    // Ctrl-C and Ctrl-D are no answer.
    if (answer === null || answer === undefined) Deno.exit(1);
    const nick = answer.trim() || suggestion;
    const fault = nameFault("nick", nick.normalize("NFC"));
    if (fault === undefined) return nick;
    complain(`"${nick}" cannot be a nick: ${NICK_RULE}.`, `(${explainFault(fault)})`);
  }
}

/** Asks for what `flag` leaves open, without showing it. */
async function askPassword(question: string, flag: string): Promise<string> {
  if (!Deno.stdin.isTerminal()) throw new UsageError(flag);
  const password = await askFirst((terminal) => terminal.secret(question));
  if (password === undefined) Deno.exit(1);
  if (password === "") throw new UsageError(flag);
  return password;
}

/** Asks the person something before there is a prompt. A signal ends the program, the terminal as it was. */
async function askFirst<Answer>(ask: (terminal: Prompt) => Promise<Answer>): Promise<Answer> {
  const end = (code: number) => {
    terminal.close();
    Deno.exit(code);
  };
  using _signals = onSignals(end);
  using terminal: Prompt = new Prompt({ onEnd: () => end(1) });
  return await ask(terminal);
}

/** The password that a file holds, or else a variable of the environment; undefined where there is neither. */
async function givenPassword(flag: string, path: string | undefined, variable: string): Promise<string | undefined> {
  const inEnvironment = Deno.env.get(variable);
  try {
    if (path !== undefined) return await readPassword(path);
    return inEnvironment ? passwordOf(inEnvironment, variable) : undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(path === undefined ? error.message : `${flag}: ${error.message}`);
  }
}

type Options = Omit<ClientOptions, "onEvent" | "onLeave">;

/** Gives a client's events as lines. */
function shower(color: boolean): (event: ClientEvent, client: Client) => string[] {
  const transcript = new Transcript();
  return (event, { state: { nick, channel } }) => transcript.lines(event, { color, nick, channel, now: Date.now() });
}

/** Says what comes on standard input, until it ends; gives the exit code. */
async function runPiped(options: Options, color: boolean): Promise<number> {
  const stop = new AbortController();
  const stdout = new Output(Deno.stdout, () => stop.abort(), columns);
  const show = shower(color);
  const client = new Client({
    ...options,
    giveUpMs: 30_000,
    // What is piped is a program's: it gets what is said from now on.
    history: 0,
    onEvent: (event) => {
      const lines = show(event, client);
      if (event.type === "error" || event.type === "disconnected") { if (lines.length > 0) complain(...lines); }
      else stdout.print(lines);
    },
    onLeave: (reason = "") => farewell = reason,
  });
  let farewell: string | undefined;
  const leave = () => {
    // Who asks twice does not want to wait.
    if (stop.signal.aborted) Deno.exit(1);
    stop.abort();
  };
  using _signals = onSignals(leave);

  const speak = async () => {
    const lines: ReadableStream<string> = Deno.stdin.readable
      .pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    const reading = lines.values();
    for (;;) {
      const { done, value: line } = await reading.next().catch((error) => {
        throw new UsageError(`Cannot read what is to be said: ${error instanceof Error ? error.message : error}`);
      });
      if (done) break;
      await client.input(line, "piped");
      if (farewell !== undefined) break;
      // What is not delivered yet is in memory; a long file waits in its pipe.
      if (client.undelivered > 100) await client.delivered();
    }
    await client.delivered();
  };
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  const running = client.run();
  await Promise.race([running, speak(), stopped]);
  const undelivered = await client.quit(farewell);
  await running;
  await stdout.flushed();
  if (undelivered > 0) complain(notDelivered(undelivered));
  return undelivered > 0 || client.refusals > 0 ? 1 : 0;
}

/** Runs the prompt, until the person leaves; gives the exit code. */
async function runPrompt(options: Options, color: boolean): Promise<number> {
  let terminal: Prompt | undefined;
  const show = shower(color);
  const print = (lines: string[]) => terminal === undefined ? say(...lines) : terminal.print(lines);

  const client = new Client({
    ...options,
    onEvent: (event) => {
      if (code !== undefined) return;
      if (event.type === "connected") terminal ??= open();
      const lines = show(event, client);
      if (lines.length > 0) print(lines);
      if (["target", "nick", "connected", "typing", "info"].includes(event.type)) showTarget();
    },
    onLeave: (reason) => void leave(reason),
    askSecret: (question) => terminal?.secret(question) ?? Promise.resolve(undefined),
    confirm: (question) => terminal?.confirm(question) ?? Promise.resolve(false),
  });

  const open = () =>
    new Prompt({
      onLine: (line) => write([line], "typed"),
      onPaste: (before, lines, after) => {
        const { said, reading, left } = pasted(before, lines, after);
        if (said.length > 0) write(said, reading);
        return left;
      },
      goingOn,
      onChange: (line) => client.typed(line),
      complete: (line) => complete(line, client.state, client.pictures),
      onEnd: () => void leave(undefined),
    });
  const write = (lines: readonly string[], reading: "typed" | "text") => {
    client.inputAll(lines, reading);
    // Who writes has seen what is above.
    for (const talk of client.state.talks.values()) client.markRead(talk);
    const waiting = client.undelivered;
    if (!client.connected && waiting > 0) {
      client.tell({ type: "info", text: `Kept for when the server is back: ${lines.at(-1)}` });
    } else if (lines.length > 15) client.tell({ type: "info", text: `${waiting} lines are on their way, 4 a second.` });
  };
  const showTarget = () => {
    const { nick, target, away } = client.state;
    const name = away === undefined ? nick : `${nick} (away)`;
    const text = target === undefined ? name : `${name} --> ${target}`;
    const typing = [...client.state.current?.typing.values() ?? []];
    terminal?.set(text);
    terminal?.title(typing.length === 0 ? text : `${text} (${typing.join(", ")} typing)`);
  };

  let leaving = false;
  let undelivered = 0;
  /** The exit code where something was asked that nobody answers any more, so that it is not done. */
  let code: number | undefined;
  const leave = async (reason: string | undefined, ifAsking = 1) => {
    // Who asks twice does not want to wait.
    if (leaving) end(1);
    leaving = true;
    if (terminal?.isAsking) {
      code = ifAsking;
      terminal.close();
    }
    undelivered = await client.quit(reason);
  };
  const end = (code: number) => {
    terminal?.close();
    Deno.exit(code);
  };
  using _signals = onSignals((code) => void leave(undefined, code));
  // However it ends, the terminal is as it was before.
  globalThis.addEventListener("error", () => terminal?.close());
  globalThis.addEventListener("unhandledrejection", () => terminal?.close());

  try {
    say(`Connecting to ${options.address} as ${options.nick}...`);
    await client.run();
  } finally {
    terminal?.close();
  }
  if (undelivered > 0) complain(notDelivered(undelivered));
  return code ?? (undelivered > 0 ? 1 : 0);
}

/** Those that end a program: however it ends, the terminal is to be as it was. */
const SIGNALS: (Deno.Signal & keyof typeof constants.signals)[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"];

/** Has each of them call `handle` with the exit code of a program that it ends. */
function onSignals(handle: (code: number) => void): Disposable {
  const listeners = SIGNALS.map((signal) => [signal, () => handle(128 + constants.signals[signal])] as const);
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  // As npx would have passed on SIGTERM.
  const npx = onNpxGone(() => handle(128 + constants.signals.SIGTERM));
  return {
    [Symbol.dispose]: () => {
      npx[Symbol.dispose]();
      for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}

/** Whether a person is at a terminal that can draw. */
function isTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal() && Deno.env.get("TERM") !== "dumb";
}

function notDelivered(count: number): string {
  return count === 1 ? "One line was not delivered." : `${count} lines were not delivered.`;
}

async function main(): Promise<number> {
  const flags = readFlags(Deno.args);
  if (flags === "help" || flags === "version") {
    say(...(flags === "help" ? HELP.split("\n") : [`Teahouse ${manifest.version}`]));
    return 0;
  }
  const { server: { hostname, port }, channel, color } = flags;
  let password = flags.password ??
    await givenPassword("--password-file", flags.passwordFile, "TEAHOUSE_PASSWORD");
  const loginPassword = flags.login === undefined
    ? undefined
    : await givenPassword("--login-password-file", flags.loginPasswordFile, "TEAHOUSE_LOGIN_PASSWORD");
  const nick = flags.nick ?? (Deno.stdin.isTerminal() ? await askNick() : guestNick());
  const address = formatAddress(flags.server);
  const dial = (signal: AbortSignal) => connectTcp(hostname, port, signal);
  const account = flags.login === "" ? nick : flags.login;
  const login = account === undefined ? {} : {
    login: {
      account,
      password: loginPassword ?? await askPassword(
        `Password of the account ${account}:`,
        "--login asks for a password, which needs a terminal; --login-password-file needs none",
      ),
    },
  };
  for (let asked = false;;) {
    if (password === "") {
      asked = true;
      const flag = "--password needs a value where there is no terminal to ask at";
      password = await askPassword(`Password of ${address}:`, flag);
    }
    const options: Options = {
      dial,
      address,
      nick,
      channel,
      ...login,
      ...(password === undefined ? {} : { password }),
    };
    try {
      return await (isTerminal() ? runPrompt : runPiped)(options, color);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      complain(error.message);
      if (error.numeric !== ERR_PASSWDMISMATCH) complain("--server HOST:PORT names another server.");
      else if (!asked && isTerminal()) {
        password = "";
        continue;
      }
      return 1;
    }
  }
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    const isUsage = error instanceof UsageError;
    // What went wrong may be told in words of the server's, so not even this goes to the terminal as it is.
    const story = error instanceof Error ? (isUsage ? error.message : error.stack ?? error.message) : String(error);
    complain(...story.split("\n"));
    Deno.exit(isUsage ? 2 : 1);
  }
}
