/**
 * The terminal client: `deno run -A client.ts --nick bob`. Run me.
 *
 * It reads the flags (terminal/flags.ts) and asks for what they leave open. For a person it then goes round the loop between
 * the prompt and the client, which is here; for a program it says what is piped in (terminal/piped.ts). What a client knows
 * is in client/, what only a terminal needs is in terminal/.
 *
 * @module
 */

import { Client, type ClientOptions } from "./client/client.ts";
import { TRIES } from "./client/commands/command.ts";
import { complete } from "./client/commands/complete.ts";
import { lineAfter, pasted } from "./client/commands/pasted.ts";
import { ConnectionError } from "./client/connection/connection_error.ts";
import { fileHost } from "./client/file_address.ts";
import { isSaid, type Said } from "./client/state/events.ts";
import { guestNick } from "./client/guest.ts";
import { namingOf } from "./client/names.ts";
import { readCommand } from "./client/written.ts";
import manifest from "./deno.json" with { type: "json" };
import { UsageError } from "./shared/flags.ts";
import { ERR_PASSWDMISMATCH, isBlank } from "./protocol.ts";
import { formatAddress, type Server } from "./terminal/address.ts";
import { openCall } from "./terminal/calls.ts";
import { type ClientFlags, help, readClientFlags } from "./terminal/flags.ts";
import { chosenLanguage, sentences, speak, words } from "./terminal/language.ts";
import { givenPassword } from "./terminal/password.ts";
import { KnownRooms, RoomsInMemory } from "./terminal/known_rooms.ts";
import { runPiped } from "./terminal/piped.ts";
import { printable } from "./terminal/printable.ts";
import { Prompt } from "./terminal/prompt.ts";
import { askNick, askPassword, askTrust } from "./terminal/questions.ts";
import { KeptDevices, stateFolder } from "./terminal/kept_devices.ts";
import { columns, complain, complainOfUndelivered, isInteractive, say } from "./terminal/screen.ts";
import { onSignals } from "./terminal/signals.ts";
import { connectTcp, TcpTransport } from "./terminal/tcp.ts";
import { connectTls } from "./terminal/tls.ts";
import { transcriber } from "./terminal/transcript.ts";
import { completeFiles, sendAll, TerminalFiles, type TerminalFilesOptions } from "./terminal/files/terminal_files.ts";
import { downloadsFolder } from "./terminal/files/local_files.ts";
import { fileOf, isPicture } from "./terminal/files/shown_file.ts";
import { Abilities, type Images } from "./terminal/pictures/abilities.ts";
import { MOST as MOST_OF_PICTURE } from "./terminal/pictures/decode.ts";
import { Pictures } from "./terminal/pictures/pictures.ts";
import { findWayIn, isLoopback, PORTS, type WayIn } from "./terminal/way_in.ts";
import { openWindow } from "./terminal/window.ts";
import { shorten } from "./terminal/wrap.ts";
import { countAmbiguousAsWide, mayAmbiguousBeWide } from "./terminal/wrap.ts";

/** Columns of a text that is named, at most. */
const BEGINNING = 40;

/** So many lines are pasted without a question. */
const ASKED = 5;

/** What a client needs, without what its view tells it. */
type Options =
  & Omit<ClientOptions, "onEvent" | "onLeave">
  & Pick<TerminalFilesOptions, "authorityFor">
  & { isTls: boolean };

/** What files and pictures need at a prompt. */
type PromptFiles = Pick<TerminalFilesOptions, "authorityFor" | "isSecure" | "login" | "folder"> & { images: Images };

/** Runs the client as the command line says. @returns The exit code. */
async function main(): Promise<number> {
  speak(chosenLanguage(Deno.args));
  countAmbiguousAsWide(mayAmbiguousBeWide());
  const flags = readClientFlags(Deno.args);
  if (flags === "help" || flags === "version") {
    say(...(flags === "help" ? help().split("\n") : [`Teahouse ${manifest.version}`]));
    return 0;
  }
  if (flags.window !== undefined) {
    const failure = await openWindow(flags.window);
    if (failure !== undefined) complain(failure);
    return failure === undefined ? 0 : 1;
  }
  const given = await givenPassword("--password-file", flags["password-file"], "TEAHOUSE_PASSWORD");
  let password = flags.password ?? given;
  const hasColors = !flags["no-color"] && !Deno.noColor && Deno.stdout.isTerminal();
  const options = await readOptions(flags);
  for (let asked = 0;;) {
    if (password === "") {
      asked++;
      const { questions, usage } = words();
      password = await askPassword(questions.passwordOf(options.address), usage.passwordNeedsTerminal);
    }
    const all = { ...options, ...(password === undefined ? {} : { password }) };
    try {
      return await run(all, hasColors, flags);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      complain(...error.message.split("\n"));
      if (error.numeric !== ERR_PASSWDMISMATCH) complain(words().way.another);
      else if (asked < TRIES && isInteractive()) {
        password = "";
        continue;
      }
      return 1;
    }
  }
}

/** Runs the client for a person at a terminal; for a program, or where files are sent and nothing else, on a pipe. */
async function run(options: Options, color: boolean, { send, downloads, images }: ClientFlags): Promise<number> {
  if (send.length === 0 && !isInteractive()) return await runPiped(options, color);
  const { authorityFor, isTls: isSecure, login } = options;
  const files = { authorityFor, isSecure, login, folder: downloads ?? await downloadsFolder() };
  if (send.length === 0) return await runPrompt(options, color, { ...files, images });
  return await runPiped(options, color, (client, signal) => sendAll(send, { ...files, client: () => client }, signal));
}

/** What the flags say of a client, but for the room's password; asks for what they leave open. */
async function readOptions({ server, channel, login, ...flags }: ClientFlags): Promise<Options> {
  const { address, isTls, dial, authorityFor } = await openWay(server, flags.pin);
  // By the name that the person has written: the way to it may become another one.
  const name = { ...server, port: server.port ?? (server.isTls ? PORTS.tls : PORTS.plain) };
  const loginPassword = login === undefined
    ? undefined
    : await givenPassword("--login-password-file", flags["login-password-file"], "TEAHOUSE_LOGIN_PASSWORD");
  const isAtTerminal = Deno.stdin.isTerminal();
  const folder = flags["no-device"] ? undefined : stateFolder();
  const devices = folder === undefined ? undefined : new KeptDevices(formatAddress(name), folder, complain);
  const lastNick = isAtTerminal && flags.nick === undefined ? devices?.lastNick : undefined;
  const naming = namingOf(flags.nick ?? lastNick ?? (isAtTerminal ? await askNick() : guestNick()));
  const { nick } = naming;
  // A program that is given no nick comes by one of chance, which nobody needs to know again.
  const device = isAtTerminal || flags.nick !== undefined ? devices?.of(nick) : undefined;
  const options: Options = {
    ...(device === undefined ? {} : { device }),
    isNickSuggested: lastNick !== undefined,
    dial,
    authorityFor,
    // On this machine nobody is on the way who could read a password.
    isEncrypted: isTls || isLoopback(address.hostname),
    isTls,
    address: formatAddress(address),
    ...naming,
    channel,
  };
  const owner = flags.owner ?? await givenPassword("--owner-file", flags["owner-file"], "TEAHOUSE_OWNER");
  if (owner !== undefined) {
    options.owner = owner || await askPassword(
      sentences().owners.secretOf,
      words().usage.ownerNeedsTerminal,
    );
  }
  if (login === undefined) return options;
  const account = login === "" ? nick : login;
  const accountPassword = loginPassword ?? await askPassword(
    sentences().accounts.passwordOf(account),
    words().usage.loginNeedsTerminal,
  );
  return { ...options, login: { account, password: accountPassword } };
}

/** Finds the way to a server. @returns The way, and what connects by it. @throws {ConnectionError} */
async function openWay(
  server: Server,
  pin: string | undefined,
): Promise<WayIn & Pick<Options, "dial" | "authorityFor">> {
  const folder = stateFolder();
  const rooms = folder === undefined ? new RoomsInMemory() : new KnownRooms(folder);
  const way = await findWayIn({ server, rooms, pin, ask: isInteractive() ? askTrust : undefined, warn: complain });
  const { address, address: { hostname, port }, isTls } = way;
  return {
    ...way,
    authorityFor: () => isTls ? rooms.authorityOf(formatAddress(address)) : undefined,
    dial: isTls
      ? async (signal) => new TcpTransport(await connectTls(address, { rooms }, signal))
      : (signal) => connectTcp(hostname, port, signal),
  };
}

/**
 * Runs the prompt, until the person leaves.
 *
 * @returns The exit code.
 * @throws {ConnectionError} See `Client.run`.
 */
async function runPrompt(options: Options, color: boolean, { images, ...fileOptions }: PromptFiles): Promise<number> {
  let terminal: Prompt | undefined;
  /**
   * What has become of the last secret that was asked for: `given` until its command is done, `failed` where that told an error.
   * Whoever does not see what they type may type it once more when it is asked for no longer.
   */
  let secret: "none" | "given" | "failed" = "none";
  const linesOf = transcriber(color);
  const abilities = new Abilities(images, color);

  const files = new TerminalFiles({
    ...fileOptions,
    client: () => client,
    onStatus: (row) => terminal?.status(row ?? ""),
  });
  const client: Client = new Client({
    ...options,
    fileView: files,
    hasCalls: true,
    openCall: (target) => openCall(client, target),
    sentences,
    onEvent: (event) => {
      if (exitCode !== undefined) return;
      if (event.type === "connected" && terminal === undefined) {
        terminal = openPrompt();
        if (abilities.isAsked) terminal.askAbilities();
      }
      if (event.type === "editing") terminal?.put(`/edit ${event.line.text}`);
      const lines = linesOf(event, client.state);
      if (terminal !== undefined) terminal.print(lines);
      else if (lines.length > 0) say(...lines);
      if (isSaid(event) && !event.history) showPicture(event);
      if (event.type === "error" && secret === "given") secret = "failed";
      if (event.type === "unsaid" && terminal !== undefined) giveBack(event.text);
      if (event.type === "target" && event.target === undefined) {
        client.tell({ type: "info", text: client.state.noTalk });
      }
      if (["target", "nick", "connected", "typing", "info"].includes(event.type)) showTarget();
    },
    onLeave: (reason) => void leave(reason),
    askSecret: async (question) => {
      const answer = await terminal?.secret(question);
      // Whoever pressed Ctrl-C knows that nothing is asked any more.
      secret = answer ? "given" : answer === "" ? "failed" : "none";
      void client.actions.inputs.handled.then(() => {
        if (secret === "given") secret = "none";
      });
      return answer;
    },
    confirm: (question) => terminal?.confirm(question) ?? Promise.resolve(false),
  });

  const pictures = new Pictures({
    abilities,
    load: (url) => files.picture(url, MOST_OF_PICTURE.bytes),
    print: (rows) => terminal?.print(rows),
    columns,
  });
  const showPicture = (said: Said) => {
    const file = fileOf(said, fileHost(client.state.isupport));
    if (file !== undefined && isPicture(file)) pictures.show(file.url, words().transfers.shown(file.name, said.from));
  };
  const openPrompt = () =>
    new Prompt({
      onCleared: () => client.tell({ type: "info", text: words().prompt.onceMore }),
      onLine: (line) => inputOrAsk(line, pastedLine !== undefined && line.startsWith(pastedLine) ? "text" : "typed"),
      onPaste: (before, lines, after) => {
        const { said, reading, left, all } = pasted(before, lines, after);
        pastedLine = reading === "text" ? (before + lines[0]).trimStart() : undefined;
        if (all.join("\n").split("\n").length > ASKED || (secret !== "none" && said.length > 0)) {
          void askFirst(all.join("\n"), reading);
          return all.some((text) => text === left) ? "" : left;
        }
        for (const text of said) input(text, reading);
        return left;
      },
      goingOn: lineAfter,
      onChange: (line) => client.typed(line),
      complete: (line) => completeFiles(line) ?? complete(line, client.state, client.actions.pictures),
      onStop: () => files.stop(),
      onAnswer: (sequence) => abilities.answered(sequence),
      onEnd: () => void leave(undefined),
    });
  /** The first line of what was pasted where the line begins: such a line is no command. */
  let pastedLine: string | undefined;
  /** Keeps what was not said, and says how it comes back. */
  const giveBack = (text: string) => {
    terminal?.giveBack(text);
    const [beginning] = text.split("\n");
    client.tell({ type: "info", text: words().prompt.isBehindArrow(shorten(printable(beginning), BEGINNING)) });
  };
  /** Asks before many lines are said. Those that are not said are brought back by keys. */
  const askFirst = async (text: string, reading: "typed" | "text") => {
    secret = "none";
    const count = text.split("\n").length;
    const target = reading === "text" ? client.state.target : undefined;
    const { current } = client.state;
    const isWanted = await terminal?.confirm(words().prompt.maySend(count, target));
    if (isWanted && client.state.current === current) return input(text, reading);
    client.tell({ type: "info", text: words().prompt.notSent(count) });
    giveBack(text);
  };
  /** Asks about a text behind a secret that is in doubt, before it is said: it may be that secret. */
  const inputOrAsk = async (text: string, reading: "typed" | "text") => {
    const isText = !isBlank(text) && (reading === "text" || readCommand(text) === undefined);
    const isDoubtful = secret !== "none" && isText;
    secret = "none";
    if (!isDoubtful) return input(text, reading);
    const { target, current } = client.state;
    const isWanted = await terminal?.confirm(words().prompt.maySendThis(target));
    if (isWanted && client.state.current === current) input(text, reading);
    else client.tell({ type: "info", text: words().prompt.notSentThis });
  };
  const input = (text: string, reading: "typed" | "text") => {
    pastedLine = undefined;
    // Whoever writes has seen what is above. It is said before the lines, behind which it would be dropped.
    for (const talk of client.state.talks.values()) client.markRead(talk);
    const { isConnected, undelivered, state: { target = "" } } = client;
    client.inputAll(text.split("\n"), reading);
    const count = text.includes("\n") ? client.actions.countMessages(target || "#", text) : 1;
    if (!isConnected) tellKept(text, undelivered);
    else if (count > 15) client.tell({ type: "info", text: words().prompt.onTheirWay(count) });
  };
  /** Tells that a text waits for the server, if it does: a command may have been done here. @param before What waited before it. */
  const tellKept = async (text: string, before: number) => {
    await Promise.race([client.actions.inputs.handled, new Promise((resolve) => setTimeout(resolve))]);
    if (client.isConnected || client.undelivered <= before) return;
    client.tell({ type: "info", text: words().prompt.isKept(text.split("\n").at(-1)!) });
  };
  const showTarget = () => {
    const { nick, target, away } = client.state;
    const name = away === undefined ? nick : words().prompt.away(nick);
    const to = target ?? (client.state.hasLostChannel ? words().prompt.nobody : undefined);
    const text = to === undefined ? name : `${name} --> ${to}`;
    const typing = [...client.state.current?.typing.values() ?? []];
    terminal?.set(text);
    terminal?.title(typing.length === 0 ? text : words().prompt.typing(text, typing.join(", ")));
  };

  let isLeaving = false;
  /** Set where the person leaves a question unanswered, so that what it was about is not done. */
  let exitCode: number | undefined;
  const leave = async (reason: string | undefined, exitCodeIfAsking = 1) => {
    // Whoever asks twice does not want to wait.
    if (isLeaving) {
      terminal?.close();
      tellUndelivered();
      Deno.exit(1);
    }
    isLeaving = true;
    if (terminal?.isAsking) {
      exitCode = exitCodeIfAsking;
      terminal.close();
    }
    await files.close();
    await client.quit(reason);
  };
  /** Says what was not delivered. @returns Whether there is such. */
  const tellUndelivered = () => {
    const { undelivered } = client;
    if (undelivered > 0) complainOfUndelivered(undelivered, client.undeliveredTexts);
    return undelivered > 0;
  };
  using _signals = onSignals((code) => void leave(undefined, code));
  // However it ends, the terminal is as it was before.
  globalThis.addEventListener("error", () => terminal?.close());
  globalThis.addEventListener("unhandledrejection", () => terminal?.close());

  try {
    const { address, nick, isNickSuggested = false, isTls } = options;
    say((isTls ? "🔒 " : "") + words().way.connecting(address, nick, isNickSuggested));
    await client.run();
  } finally {
    terminal?.close();
  }
  const isLost = tellUndelivered();
  return exitCode ?? (isLost ? 1 : 0);
}

/** A message as it stands on a line of its own. */
function sentence(message: string): string {
  return message.slice(0, 1).toUpperCase() + message.slice(1);
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    if (error instanceof ConnectionError) {
      complain(...error.message.split("\n"));
      Deno.exit(1);
    }
    const isUsage = error instanceof UsageError;
    // What went wrong may be told in words of the server's, so not even this goes to the terminal as it is.
    const story = error instanceof Error
      ? (isUsage ? sentence(error.message) : error.stack ?? error.message)
      : String(error);
    complain(...story.split("\n"));
    Deno.exit(isUsage ? 2 : 1);
  }
}
