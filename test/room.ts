/**
 * What the whole-program tests share: `server.ts` in a process of its own, people in its room, and what it costs the
 * machine. The tests see the server's flags, its port and what it prints, and none of its modules.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { delay } from "@std/async/delay";
import { fromFileUrl } from "@std/path/from-file-url";
import { TextLineStream } from "@std/streams/text-line-stream";
import { freePort, Person, type Wire } from "../server/testing.ts";
import { openWebSocket } from "./websocket.ts";

export { freePort, Person };

const ROOT = new URL("..", import.meta.url);

/** How long is waited for what must come: long, since only a test that fails ever waits for it in vain. Milliseconds. */
export const PATIENCE = 40_000;

/** What each server of a test is told, so that it keeps to itself. A test's own flags come after them. */
const FLAGS = ["--host", "127.0.0.1", "--port", "0", "--db", ":memory:"];

/**
 * Asks again and again, for what nobody announces: another program's screen, a file, a figure of the kernel.
 *
 * @param what What is waited for, as a failure names it.
 * @param ask Gives the answer, or undefined where it is not there yet.
 * @param show What there is instead, for the failure.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  show: () => string = () => "",
): Promise<T> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await delay(20)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  throw new AssertionError(`Waited in vain for ${what}. ${show()}`);
}

/** Asks again and again, until the answer is equal to what is expected, as JSON. @param what Whose answer it is. */
export async function untilEqual<T>(what: string, expected: T, ask: () => Promise<T>): Promise<void> {
  let last: T | undefined;
  const wanted = JSON.stringify(expected);
  await until(
    `${what} to be ${wanted}`,
    async () => JSON.stringify(last = await ask()) === wanted || undefined,
    () => `It is ${JSON.stringify(last)}.`,
  );
}

/** Whether a program is installed. */
export async function isInstalled(program: string): Promise<boolean> {
  const { success } = await new Deno.Command("sh", { args: ["-c", 'command -v "$1"', "sh", program], stdout: "null" })
    .output();
  return success;
}

/** What a test's name says where it is skipped for want of these programs; nothing where none is missing. */
export function skipped(missing: string[]): string {
  const isOrAre = missing.length > 1 ? "are" : "is";
  return missing.length > 0 ? ` (skipped: ${missing.join(" and ")} ${isOrAre} not installed)` : "";
}

/** How a server is run. */
export interface ServerProgram {
  /** A program, and its arguments up to the server's own flags. What a test has the runtime do before follows `run`. */
  command: string[];
  cwd: string | URL;
  env?: Record<string, string>;
}

/** A program in one file, which has all that it needs: nothing beside it, nothing that was downloaded, no configuration. */
export function packedProgram(file: string): ServerProgram {
  const cwd = file.slice(0, file.lastIndexOf("/"));
  const alone = ["--no-config", "--no-lock", "--no-remote", "--no-npm", "--cached-only"];
  return { command: [Deno.execPath(), "run", ...alone, "-A", file], cwd, env: { DENO_DIR: `${cwd}/deno` } };
}

/** The server as it is in the project's folder. */
export const SOURCES: ServerProgram = { command: [Deno.execPath(), "run", "-A", "server.ts"], cwd: ROOT };

/** The server of all tests that name no other: the sources, or the file that this variable names, by its whole path. */
const SERVER_FILE = Deno.env.get("TEAHOUSE_SERVER_FILE");
const SERVER: ServerProgram = SERVER_FILE === undefined ? SOURCES : packedProgram(SERVER_FILE);

/** What the server calls itself where it complains. */
export const SERVER_NAME = SERVER_FILE === undefined ? "server.ts" : "teahouse";

/** Runs a program to its end. */
export async function run(
  program: string,
  args: string[],
  input = "",
  { cwd = ROOT, env = {} }: Partial<ServerProgram> = {},
) {
  const child = new Deno.Command(program, {
    args,
    cwd,
    // In English, whoever runs the test.
    env: { NO_COLOR: "1", LC_ALL: "C.UTF-8", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  // A program that ends before it has read all is not the test's concern.
  await writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** Runs the server to its end. */
export function runServer(...flags: string[]) {
  const [program, ...args] = SERVER.command;
  return run(program, [...args, ...flags], "", SERVER);
}

/** A folder for a test's files, which goes with the test. */
export async function openFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ prefix: "teahouse-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** What a server runs before itself where a test looks at what it keeps: it collects garbage when it is told to. */
export const COLLECTS = "test/collect_when_told.ts";

/** How a room is opened. */
export interface RoomOptions {
  /** The most files that the server may have open; the machine's own limit when left out. */
  openFiles?: number;
  /** Whether there is a page, which takes 14 MiB; "default" leaves its port, and those of TLS, to the server. Default true. */
  page?: boolean | "default";
  /** Where it listens; the server chooses and prints it when left out. */
  port?: number;
  /** Whether it is told not to print where it listens: it is open when somebody can connect. It needs `port`. */
  isQuiet?: boolean;
  /** Whether the test opens it again on the same ports, which nobody else may get meanwhile. */
  isReopened?: boolean;
  /** What it is told by its environment, beside `NO_COLOR`. */
  env?: Record<string, string>;
  /** What people must say to come in. */
  password?: string | undefined;
  /** A file that the server runs before itself, to bring about what does not happen by itself. */
  preload?: string | undefined;
  /** A program and its arguments that runs what follows them in its place, as one that mounts a disk before. */
  inside?: string[];
  /** Another server than that of all tests. */
  program?: ServerProgram;
}

/** Opens a room: `await using room = await openRoom(["--flood-limit", "0"])`. */
export async function openRoom(
  flags: string[] = [],
  options: RoomOptions = {},
): Promise<Room> {
  const { env = {}, openFiles, page = true, isReopened = false, password, port, preload, inside = [] } = options;
  const { isQuiet = false } = options;
  const { program = SERVER } = options;
  const before = preload === undefined ? [] : ["--preload", fromFileUrl(new URL(preload, ROOT))];
  const server = [...program.command.slice(0, 2), ...before, ...program.command.slice(2), ...FLAGS];
  const anyPort = () => `${isReopened ? freePort() : 0}`;
  if (isReopened) server.push("--port", anyPort());
  if (page !== "default") {
    server.push(...(page ? ["--web-port", anyPort()] : ["--no-web"]));
    // The usual ports of TLS are for one room at a time. A test that holds them would wait for all others.
    if (!flags.includes("--no-tls")) server.push("--tls-port", "0", ...(page ? ["--web-tls-port", "0"] : []));
  }
  server.push(...flags);
  if (password !== undefined) server.push("--password", password);
  if (port !== undefined) server.push("--port", `${port}`);
  const limits = openFiles === undefined ? [] : ["sh", "-c", `ulimit -n ${openFiles}; exec "$@"`, "sh"];
  const limited = [...inside, ...limits, ...server];
  const room = new Room(
    new Deno.Command(limited[0], {
      args: limited.slice(1),
      cwd: program.cwd,
      env: { NO_COLOR: "1", ...program.env, ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
    password,
  );
  try {
    if (isQuiet) {
      room.port = port!;
      await until("a connection", () => room.connect().catch(() => undefined));
    } // It prints this when all its ports are bound, the page's as well.
    else room.port = Number(/\d+$/.exec(await room.logs(/ is open on port \d+$/))![0]);
  } catch (error) {
    await room[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
  return room;
}

/** A server that runs. Closing it is asking it to end, which it must do with exit code 0. */
export class Room implements AsyncDisposable {
  port = 0;
  /** The lines that it has printed, on both outputs. */
  readonly log: string[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #password: string | undefined;
  readonly #outputs: Promise<void>[];
  readonly #closing: AsyncDisposable[] = [];
  #ended: Deno.CommandStatus | undefined;

  constructor(process: Deno.ChildProcess, password?: string) {
    this.#process = process;
    this.#password = password;
    process.status.then((status) => this.#ended = status);
    this.#outputs = [this.#keep(process.stdout), this.#keep(process.stderr)];
  }

  async #keep(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const lines = output.pipeThrough(new TextDecoderStream()).pipeThrough<string>(new TextLineStream());
    for await (const line of lines) this.log.push(line);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Where the page is, as it prints it. */
  async page(): Promise<string> {
    return /http:\S+/.exec(await this.logs(/the page is at http:\S+$/))![0];
  }

  /** The port of the chat over TLS, as it prints it. */
  async tlsPort(): Promise<number> {
    return Number(/TLS is on port (\d+)/.exec(await this.logs(/TLS is on port \d+/))![1]);
  }

  /** Waits until it has printed such a line, and gives it. */
  async logs(expected: string | RegExp): Promise<string> {
    return await until(`${expected} in the server's log`, () => {
      const line = this.log.find((line) =>
        typeof expected === "string" ? line.includes(expected) : expected.test(line)
      );
      if (line === undefined && this.#ended !== undefined) throw this.#gone();
      return line;
    }, () => this.#story());
  }

  /** The process, for what only the kernel can be asked to do with it. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Why it is no longer there, in a sentence; undefined while it runs. */
  get end(): string | undefined {
    if (this.#ended === undefined) return undefined;
    return `The server has ended with exit code ${this.#ended.code}, and printed at last:\n${
      this.log.slice(-8).join("\n")
    }`;
  }

  /** Files and connections that it has open. */
  get descriptors(): number {
    return [...Deno.readDirSync(`/proc/${this.#process.pid}/fd`)].length;
  }

  /** Has garbage collected, in a room that was opened with `preload: COLLECTS`. */
  async collect(): Promise<void> {
    this.kill("SIGUSR2");
    // The one who answers has done it, since signals are handled in the same thread.
    await this.servesNewcomers();
  }

  /** The most memory that it has had since `forgetPeak`, in bytes, as the kernel knows it. */
  get peak(): number {
    const status = Deno.readTextFileSync(`/proc/${this.#process.pid}/status`);
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
  }

  forgetPeak(): void {
    Deno.writeTextFileSync(`/proc/${this.#process.pid}/clear_refs`, "5");
  }

  /** Memory that is in use, in bytes. */
  get memory(): number {
    const pages = Deno.readTextFileSync(`/proc/${this.#process.pid}/statm`).split(" ")[1];
    return Number(pages) * 4096;
  }

  /** Time that it has computed, in milliseconds; the kernel counts in steps of 10. */
  get computed(): number {
    // The name stands in parentheses and may hold spaces; user and system time are fields 14 and 15.
    const fields = Deno.readTextFileSync(`/proc/${this.#process.pid}/stat`).split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** A connection, which the room closes at its end. */
  async connect(): Promise<Deno.TcpConn> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    this.#closing.push({
      [Symbol.asyncDispose]() {
        try {
          conn.close();
        } catch {
          // It is closed already.
        }
        return Promise.resolve();
      },
    });
    return conn;
  }

  /** Someone who has connected and said nothing; by a WebSocket where a subprotocol is given. */
  async stranger(nick = "someone", subprotocol?: string): Promise<Person> {
    const wire: Wire = subprotocol === undefined
      ? await Deno.connect({ hostname: "127.0.0.1", port: this.port })
      : await openWebSocket(await this.page(), subprotocol);
    const person = new Person(nick, wire);
    this.#closing.push(person);
    return person;
  }

  /** Someone who has come in, and into these channels; what was told on the way has been read. */
  async person(nick: string, { caps = "", join = "", over = undefined as string | undefined } = {}): Promise<Person> {
    const person = await this.stranger(nick, over);
    if (caps !== "") await person.send(`CAP REQ :${caps}`);
    if (this.#password !== undefined) await person.send(`PASS ${this.#password}`);
    await person.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
    if (caps !== "") await person.send("CAP END");
    await person.sees(/ (422|376) /);
    if (join !== "") await person.send(`JOIN ${join}`);
    await person.everything();
    return person;
  }

  /** Whether someone who comes now is served: the last line of most tests here. */
  async servesNewcomers(): Promise<void> {
    const newcomer = await this.person("newcomer", { join: "#newcomers" });
    await newcomer.send("PRIVMSG newcomer :is anybody there?");
    await newcomer.sees(":newcomer!newcomer@127.0.0.1 PRIVMSG newcomer :is anybody there?");
    await newcomer.send("QUIT");
    await newcomer.rest();
  }

  /** Sends a signal; one that has ended needs none. */
  kill(signal: Deno.Signal): void {
    try {
      this.#process.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Waits until it has ended, and gives the exit code. */
  async ended(): Promise<number> {
    const { code } = await until("the server's end", () => this.#ended, () => this.#story());
    await Promise.all(this.#outputs);
    return code;
  }

  #gone(): AssertionError {
    return new AssertionError(`The server has ended with exit code ${this.#ended?.code}. ${this.#story()}`);
  }

  #story(): string {
    return `It has printed:\n${this.log.join("\n")}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const wasRunning = this.#ended === undefined;
    // First, since someone who still waits for a line lets go only when the connection ends.
    if (wasRunning) this.kill("SIGTERM");
    await Promise.all(this.#closing.map((resource) => resource[Symbol.asyncDispose]()));
    let code: number;
    try {
      code = await this.ended();
    } catch (error) {
      this.kill("SIGKILL");
      await this.#process.status;
      await Promise.all(this.#outputs);
      throw error;
    }
    if (wasRunning && code !== 0) throw this.#gone();
  }
}
