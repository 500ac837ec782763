/**
 * For tests: a clock that stands still until it is moved, and a server that says what the test says, so that a test reads as a
 * dialogue and needs no socket and no sleep.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { format, formatTags, type MessageInit, parse } from "../protocol.ts";
import { Client, type ClientOptions } from "./client.ts";
import type { ClientEvent, Happening } from "./state/events.ts";
import { isSpeech } from "./state/line.ts";
import type { Clock } from "./clock.ts";
import type { Dial, Transport } from "./connection/transport.ts";

/** Lets everything run that is ready to run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** How many texts are brought into a Unicode normal form while `task` runs: for each this takes a part of a millisecond. */
export function normalized(task: () => void): number {
  const { normalize } = String.prototype;
  let count = 0;
  String.prototype.normalize = function (form) {
    count++;
    return normalize.call(this, form);
  };
  try {
    task();
  } finally {
    String.prototype.normalize = normalize;
  }
  return count;
}

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 10, 25, 12);
  #slowness = 0;
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.#now += this.#slowness;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves the clock without running timers, as work does that lets nothing else have its turn. */
  spend(ms: number): void {
    this.#now += ms;
  }

  /** Moves the clock by so many milliseconds with each look at it, as work between two looks does. */
  slow(ms: number): void {
    this.#slowness = ms;
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Moves the clock, and runs each timer on the way at its time. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await turn();
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
    await turn();
  }
}

/** One side of a queue: values that are waited for. */
class Queue<T> {
  readonly #values: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  get size(): number {
    return this.#values.length;
  }

  push(value: T): void {
    this.#values.push(value);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** The next value; undefined once it has ended. */
  async next(): Promise<T | undefined> {
    while (this.#values.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#values.shift();
  }

  /** All values that are there. */
  take(): T[] {
    return this.#values.splice(0);
  }
}

/** The capabilities of a server that keeps a history. */
export const MEMORY = "echo-message labeled-response batch message-tags server-time draft/chathistory " +
  "draft/event-playback draft/message-redaction soju.im/search";

/** A message of a history: its msgid, the second after 12:00 at which it was said, the rest of the line. */
export type Remembered = [msgid: string, second: number, line: string];

/** The server's time, `second` seconds after 12:00. */
export function at(second: number): string {
  return new Date(Date.UTC(2026, 10, 25, 12, 0, second)).toISOString();
}

/** A line with its tags, as a server sends it from its history. */
export function remembered([msgid, second, line]: Remembered, tags: Record<string, string> = {}): string {
  const message: MessageInit = parse(line);
  return format({ ...message, tags: { ...tags, time: at(second), msgid, ...message.tags } });
}

const TOKENS = "PREFIX=(ov)@+ CHANTYPES=# CHATHISTORY=1000 MSGREFTYPES=msgid,timestamp";

/** A server that says what the test says. */
export class FakeServer {
  /** Why nobody can connect at the moment. */
  down: string | undefined;
  /** How often somebody dialled. */
  dialled = 0;
  #toServer = new Queue<string>();
  #toClient = new Queue<string>();

  readonly dial: Dial = (_signal) => {
    this.dialled++;
    if (this.down !== undefined) return Promise.reject(new Error(this.down));
    const toClient = this.#toClient = new Queue();
    const toServer = this.#toServer = new Queue();
    const transport: Transport = {
      lines: (async function* () {
        for (;;) {
          const line = await toClient.next();
          if (line === undefined) return;
          yield line;
        }
      })(),
      send: (line) => toServer.push(line),
      close: () => {
        toClient.end();
        toServer.end();
      },
    };
    return Promise.resolve(transport);
  };

  /** Says lines to the client, and lets it take them. */
  async says(...lines: string[]): Promise<void> {
    for (const line of lines) this.#toClient.push(line);
    await turn();
  }

  /** Waits for the client's next lines. */
  async sees(...lines: string[]): Promise<void> {
    const seen: (string | undefined)[] = [];
    for (const _ of lines) seen.push(await this.#toServer.next());
    assertEquals(seen, lines);
  }

  /** Waits for the client's next line and answers the label on it: `answer` gets the label and the rest of the line. */
  async answers(answer: (label: string, line: string) => string[]): Promise<string> {
    const line = await this.#toServer.next() ?? "";
    const { tags: { label } } = parse(line);
    assert(label !== undefined, `no label on: ${line}`);
    const rest = line.slice(line.indexOf(" ") + 1);
    await this.says(...answer(label, rest));
    return rest;
  }

  /** Answers the client's next line, a question about the history, with these messages; gives the question. */
  recalls(target: string, ...messages: Remembered[]): Promise<string> {
    return this.answers((label, line) => {
      const [command, subcommand] = line.split(" ");
      const type = command === "SEARCH"
        ? "soju.im/search"
        : subcommand === "TARGETS"
        ? "draft/chathistory-targets"
        : "chathistory";
      return [
        `${formatTags({ label })}BATCH +m ${type} ${target}`.trimEnd(),
        ...messages.map((message) => remembered(message, { batch: "m" })),
        "BATCH -m",
      ];
    });
  }

  /** All that the client sent and nobody looked at yet. */
  async rest(): Promise<string[]> {
    await turn();
    return this.#toServer.take();
  }

  /** Ends the connection. */
  async hangsUp(): Promise<void> {
    this.#toClient.end();
    await turn();
  }

  /** Registers a client; `capabilities` are what the server offers. */
  async welcomes(nick: string, capabilities = "echo-message labeled-response batch message-tags"): Promise<void> {
    await this.sees("CAP LS 302", `NICK ${nick}`);
    assert((await this.rest())[0].startsWith("USER "));
    await this.says(`CAP * LS :${capabilities}`);
    const [request] = await this.rest();
    if (request !== "CAP END") {
      await this.says(`CAP * ACK :${parse(request).params[1]}`);
      await this.sees("CAP END");
    }
    await this.says(`:tea 001 ${nick} :Welcome`, `:tea 005 ${nick} ${TOKENS} :are supported`);
    if (!capabilities.includes("draft/metadata-3")) return;
    await this.sees("CAP REQ draft/metadata-3");
    await this.says(`CAP ${nick} ACK :draft/metadata-3`);
    const subscribed = await this.answers((label) => [`@label=${label} :tea 770 ${nick} display-name status`]);
    assertEquals(subscribed, "METADATA * SUB display-name status");
  }

  /** Takes the JOIN of the first channel, in which these people are already. */
  async letsIn(nick: string, channel: string, ...others: string[]): Promise<void> {
    await this.answers((label) => [
      `@label=${label} BATCH +1 labeled-response`,
      `@batch=1 :${nick}!~tea@host JOIN ${channel}`,
      `@batch=1 :tea 353 ${nick} = ${channel} :${[nick, ...others].join(" ")}`,
      `@batch=1 :tea 366 ${nick} ${channel} :End`,
      "BATCH -1",
    ]);
  }
}

/** A person at a client, with a server that says what the test says. */
export class Person {
  readonly server = new FakeServer();
  readonly clock = new FakeClock();
  readonly client: Client;
  /** Resolves when the client has ended: "left", or the sentence that says why. */
  readonly ended: Promise<string>;
  #events: Happening[] = [];

  constructor(nick: string, options: Partial<ClientOptions> = {}) {
    this.client = new Client({
      dial: this.server.dial,
      address: "tea.example:8888",
      nick,
      channel: "lobby",
      clock: this.clock,
      random: () => 0,
      onEvent: ({ time: _, ...event }: ClientEvent) => this.#events.push(event),
      onLeave: () => {},
      ...options,
    });
    this.ended = this.client.run().then(() => "left", (error) => error.message);
  }

  /** Somebody who is in #lobby with others. */
  static async inLobby(nick: string, ...others: string[]): Promise<Person> {
    const person = new Person(nick);
    await person.server.welcomes(nick);
    await person.server.letsIn(nick, "#lobby", ...others);
    person.told();
    return person;
  }

  /** Somebody who is in #lobby, on a server that keeps a history. */
  static async recalling(nick: string, ...messages: Remembered[]): Promise<Person> {
    const person = new Person(nick);
    await person.server.welcomes(nick, MEMORY);
    await person.server.letsIn(nick, "#lobby", "alice");
    await person.server.recalls("#lobby", ...messages);
    person.told();
    return person;
  }

  /** Somebody to whom alice, an operator, and carol have said something in #lobby. */
  static async hearing(nick: string, capabilities = MEMORY, options: Partial<ClientOptions> = {}): Promise<Person> {
    const person = new Person(nick, { history: 0, ...options });
    await person.server.welcomes(nick, capabilities);
    await person.server.letsIn(nick, "#lobby", "@alice", "carol");
    await person.server.says(
      "@msgid=a1 :alice!a@10.0.0.7 PRIVMSG #lobby :tea?",
      "@msgid=c1 :carol!c@10.0.0.8 PRIVMSG #lobby :coffee",
      `@msgid=b1 :${nick}!~tea@host PRIVMSG #lobby :one`,
      `@msgid=b2 :${nick}!~tea@host PRIVMSG #lobby :two`,
    );
    person.told();
    return person;
  }

  /** What the person was told since the last call. */
  told(): Happening[] {
    return this.#events.splice(0);
  }

  /** The same, only what is said in sentences. */
  heard(): string[] {
    return this.told().flatMap((event) =>
      event.type === "error" || event.type === "info" ? [event.text] : event.type === "message" ? [event.text] : []
    );
  }

  /** What was said in a talk, as the state has it: `alice: hi`. */
  lines(talk = "#lobby"): string[] {
    return (this.client.state.find(talk)?.lines ?? []).filter(isSpeech).map(({ from, text }) => `${from}: ${text}`);
  }

  /** Writes a line and lets it be handled as far as it can be. */
  async writes(...lines: string[]): Promise<void> {
    for (const line of lines) void this.client.input(line);
    await turn();
  }

  /** Writes a line, and gives what the server is sent, each without its label and confirmed. */
  async sends(written: string): Promise<string[]> {
    await this.writes(written);
    const sent: string[] = [];
    for (const line of await this.server.rest()) {
      const { tags: { label, ...tags }, ...message } = parse(line);
      sent.push(format({ tags, ...message }));
      await this.server.says(`@label=${label} :tea ACK`);
    }
    return sent;
  }

  /** Leaves, so that nothing stays behind. */
  async leaves(): Promise<void> {
    const left = this.client.quit("bye", 0);
    await this.clock.advance(0);
    await left;
    await this.server.hangsUp();
    assertEquals(await this.ended, "left");
    assertEquals(this.clock.timers, 0, "timers are left behind");
  }
}
