/**
 * What the server's tests share: a room in this process, over real sockets, and named people in it, so that a test reads
 * as a transcript: `await alice.send("JOIN #tea"); await bob.sees(":alice!alice@127.0.0.1 JOIN #tea")`.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { Accounts } from "./auth/accounts.ts";
import type { Call } from "./commands/command.ts";
import { Chat } from "./room/chat.ts";
import type { ChatOptions, Settings } from "./room/options.ts";
import { Reply } from "./room/reply.ts";
import type { Session } from "./room/session.ts";
import { idle } from "./turns/loop.ts";
import { History } from "./store/history.ts";
import { Store } from "./store/store.ts";
import { Connections, type ServeOptions } from "./serve.ts";
import { accept } from "./wire/accept.ts";

/** Numbers from 0 up to but without 1, the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6D2B79F5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * A port that nobody listens on now, and that the system gives nobody who asks for any: a test that closes it for a moment has it
 * again.
 */
export function freePort(): number {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** The accounts of a test, whose passwords are hashed quickly. */
export function quickAccounts(store: Store): Accounts {
  return new Accounts(store, Date.now, { N: 1024, iterations: 4096 });
}

/** How long a person waits for what must come. Long, since it is only ever waited for in vain by a test that fails. */
const PATIENCE = 20_000;

/** What carries a person's lines: a TCP connection, or what passes for one. */
export interface Wire extends Pick<Deno.TcpConn, "readable" | "write" | "setNoDelay" | "closeWrite" | "close"> {
  /** Resolves when it is closed, where that takes time. */
  readonly closed?: Promise<unknown>;
}

/** Someone who speaks the wire format by hand. */
export class Person implements AsyncDisposable {
  readonly nick: string;
  readonly #conn: Wire;
  readonly #chunks: AsyncIterableIterator<Uint8Array>;
  readonly #decoder = new TextDecoder();
  /** Lines that have come and not been read, the next one last; and the beginning of one. */
  #lines: string[] = [];
  #rest = "";
  /** All lines that have been read. */
  readonly seen: string[] = [];
  #barriers = 0;

  constructor(nick: string, conn: Wire) {
    this.nick = nick;
    this.#conn = conn;
    // A PING that waits until what was sent before it is acknowledged would cost 40 ms each time.
    conn.setNoDelay(true);
    this.#chunks = conn.readable.values();
  }

  /** Sends lines, as they are, with CR LF after each. */
  async send(...lines: string[]): Promise<void> {
    await this.sendBytes(new TextEncoder().encode(lines.map((line) => line + "\r\n").join("")));
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
  }

  /** The next line, whatever it is; undefined where the connection has ended. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0) {
      const { value, done } = await deadline(this.#chunks.next(), PATIENCE).catch(() => {
        throw new AssertionError(`${this.nick} waited in vain. Seen:\n${this.seen.join("\n")}`);
      });
      if (done) return undefined;
      // By hand: a thousand people are told a thousand lines each, and a stream of lines takes ten times as long.
      const lines = (this.#rest + this.#decoder.decode(value, { stream: true })).split("\r\n");
      this.#rest = lines.pop()!;
      this.#lines = lines.reverse();
    }
    const line = this.#lines.pop()!;
    this.seen.push(line);
    return line;
  }

  /** Reads on to the first line that matches: equal to a text, or to a pattern. Gives it. */
  async sees(expected: string | RegExp): Promise<string> {
    for (let line = await this.next(); line !== undefined; line = await this.next()) {
      if (typeof expected === "string" ? line === expected : expected.test(line)) return line;
    }
    throw new AssertionError(`${this.nick} never saw ${expected}. Seen:\n${this.seen.join("\n")}`);
  }

  /** Everything up to now: a PING goes ahead, and what comes before its PONG is given. */
  async everything(): Promise<string[]> {
    const token = `barrier-${++this.#barriers}`;
    await this.send(`PING ${token}`);
    const lines: string[] = [];
    for (let line = await this.next(); line !== undefined; line = await this.next()) {
      if (line.endsWith(`:${token}`)) return lines;
      lines.push(line);
    }
    throw new AssertionError(`${this.nick} was cut off. Seen:\n${this.seen.join("\n")}`);
  }

  /** Reads to the end of the connection and gives what came. */
  async rest(): Promise<string[]> {
    const lines: string[] = [];
    for (let line = await this.next(); line !== undefined; line = await this.next()) lines.push(line);
    return lines;
  }

  /** Says that nothing more will be sent, and goes on reading. */
  async closeWrite(): Promise<void> {
    await this.#conn.closeWrite();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The connection first: a test that fails may have left a read waiting, behind which the lines would never end.
    try {
      this.#conn.close();
    } catch {
      // The stream has closed it.
    }
    await this.#chunks.return?.().catch(() => {});
    await this.#conn.closed;
  }
}

/** The session of a person who is in a room. */
export function sessionOf(chat: Chat, nick: string): Session {
  return [...chat.find(nick)!.sessions][0] as Session;
}

/** A command that a person in a room sends, for tests that carry it out themselves. @param label See `Reply`. */
export function callOf(chat: Chat, nick: string, label?: string): Call {
  const session = sessionOf(chat, nick);
  return { chat, session, person: session.person, reply: new Reply(session, label) };
}

/** A room of its own for one test. */
export class Room implements AsyncDisposable {
  readonly chat: Chat;
  readonly log: string[] = [];
  readonly connections: Connections;
  /** What the room takes for the time, in milliseconds; a test sets it forward. */
  now = Date.parse("2026-01-01T12:00:00Z");
  /** How far the clock has been set: so much of `now` is no time that has passed. */
  set = 0;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #stop = new AbortController();
  readonly #people: Person[] = [];
  /** The sessions of all connections so far. */
  readonly sessions = new Set<Session>();
  /** The key that the next connection has proved, if it is to have one. */
  #nextKey: string | undefined;
  readonly #served: Promise<void>;

  constructor(settings: Partial<Settings> = {}, options: ServeOptions = {}, chatOptions: ChatOptions = {}) {
    const onPresence = (text: string) => this.log.push(text);
    this.chat = new Chat({ network: "Tea", motd: [], version: "0", ...settings }, {
      now: () => this.now,
      uptime: () => this.now - this.set,
      onPresence,
      ...chatOptions,
    });
    const { chat } = this;
    const connect = chat.connect.bind(chat);
    chat.connect = (...args) => {
      const session = connect(...args);
      this.sessions.add(session);
      session.person.sharedKey = this.#nextKey;
      this.#nextKey = undefined;
      return session;
    };
    const all = { floodLimit: 0, onError: (text: string) => this.log.push(text), ...options };
    this.connections = new Connections(this.chat, all);
    this.#served = accept(this.#listener, (conn) => this.connections.take(conn), {
      signal: this.#stop.signal,
      onError: all.onError,
    });
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Someone who has connected and said nothing. */
  async stranger(nick = "someone"): Promise<Person> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    const person = new Person(nick, conn);
    this.#people.push(person);
    return person;
  }

  /**
   * Someone who has connected and said nothing, and has proved to be somebody by a device; see `Person.sharedKey`. If somebody
   * of that nick is in the room and has no key, that is who it is.
   */
  async known(nick: string): Promise<Person> {
    const key = `device:${nick}`;
    const there = this.chat.find(nick);
    if (there !== undefined && there.sharedKey === undefined) there.sharedKey = key;
    this.#nextKey = key;
    const person = await this.stranger(nick);
    await person.everything();
    return person;
  }

  /** Another session of somebody who is in the room. What it was told on the way has not been read, but for the welcome. */
  async another(nick: string, { caps = "", asks = nick } = {}): Promise<Person> {
    const person = await this.known(nick);
    if (caps !== "") await person.send(`CAP REQ :${caps}`);
    await person.send(`NICK ${asks}`, `USER tab 0 * :another tab`);
    if (caps !== "") await person.send("CAP END");
    await person.sees(/ (422|376) /);
    return person;
  }

  /** Someone who has come in, with these capabilities, into these channels; what was told on the way has been read. */
  async person(nick: string, { caps = "", join = "" } = {}): Promise<Person> {
    const person = await this.stranger(nick);
    if (caps !== "") await person.send(`CAP REQ :${caps}`);
    await person.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick} the person`);
    if (caps !== "") await person.send("CAP END");
    await person.sees(/ (422|376) /);
    if (join !== "") await person.send(`JOIN ${join}`);
    await person.everything();
    return person;
  }

  /** Stops the room as its program would, and waits until it has ended. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#served;
    await this.connections.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.close();
    for (const person of this.#people) await person[Symbol.asyncDispose]();
    await closed;
    await idle();
  }
}

/** The secrets of devices as clients keep them: of each device the one that the server has told last. */
export class KeptSecrets {
  /** Who has come by a device, by the first secret that it had. */
  readonly #persons = new Map<string, Person[]>();

  /** Notes that somebody comes by a device. @param first The secret that it had first. */
  note(first: string, person: Person): void {
    this.#persons.set(first, [...this.#persons.get(first) ?? [], person]);
  }

  /** The secret that a device has now, as far as its client was told. @param first The one that it had first. */
  of(first: string): string {
    const lines = (this.#persons.get(first) ?? []).flatMap(({ seen }) => seen);
    return lines.map((line) => / DEVICE SECRET (\S+)$/.exec(line)?.[1]).findLast((one) => one !== undefined) ?? first;
  }
}

/** A room that keeps what is said, in memory. What goes wrong with that fails the test. */
export async function withHistory(test: (room: Room) => Promise<void>): Promise<void> {
  const onError = (text: string): never => {
    throw new AssertionError(text);
  };
  const store = new Store(":memory:", { onError });
  const history = new History(store, { onError });
  try {
    await using room = new Room({}, {}, { history });
    await test(room);
  } finally {
    history.close();
    await store.close();
  }
}
