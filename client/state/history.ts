/**
 * What a server remembers, brought into the talks (IRCv3 draft/chathistory, soju.im/search): the last lines on coming,
 * what was missed on coming back, older ones and hits when they are asked for. It must not know views.
 *
 * While a talk's history is on its way, what happens in that talk is withheld from the view (`holds`), so that it comes
 * after the history; the state has it at once. One question is asked at a time: so its answer is known on servers without
 * `labeled-response` as well.
 *
 * @module
 */

import { formatTags, type Message, type MessageInit } from "../../protocol.ts";
import { type Batch, Batches } from "../connection/batch.ts";
import { BOUNDS } from "../bounds.ts";
import { detachedTexts, OVERHEAD } from "../sizes.ts";
import { foldName, isMsgid, isName } from "../names.ts";
import type { ClientEvent, Found, Happening, Place, Said } from "./events.ts";
import { timeOf } from "./said.ts";
import { readFound, replay } from "./replay.ts";
import type { State } from "./state.ts";
import type { Anchor, Talk } from "./talk.ts";
import { type Clock, rest, SLICE } from "../clock.ts";

/** How much is asked for, and how long an answer is waited for. */
export const HISTORY = {
  /** Lines of a talk on coming into it, and older ones at a time. */
  lines: 50,
  /** Lines that were missed, in one answer; and how many answers before the rest is left out. */
  page: 500,
  pages: 10,
  /** Private talks that were missed. */
  targets: 100,
  /** Hits of a search. */
  found: 50,
  /** Events that are told at once, more than a server is asked for; what is longer is told in parts. */
  told: 1_000,
  /** Milliseconds for an answer; and by how much the clocks of servers may differ. */
  patience: 10_000,
  fuzz: 10_000,
  /** Milliseconds for which what was written waits for what was missed, from the welcome. */
  hold: 15_000,
} as const;

const DAY = 24 * 60 * 60 * 1000;

/** What `History` needs. */
export interface HistoryOptions {
  state: State;
  clock: Clock;
  /** How many lines to ask for on coming into a channel; 0: none, also of what was missed. */
  lines: number;
  /** Whether a capability is in force. */
  can: (capability: string) => boolean;
  /** Asks the server; undefined comes back if the connection is lost first. */
  ask: (message: MessageInit) => Promise<Message[] | undefined>;
  /** Tells the view of what came. */
  tell: (event: ClientEvent | Happening) => void;
  /** What came unasked could not be handled. */
  onFault: (error: unknown) => void;
  /** Told of each line of this client's own person that was missed: the server has it. */
  onOwn: (said: Said) => void;
}

/** What came back: a batch, a refusal, or nothing. */
type Answer = Batch | { refused: string } | undefined;

/** The memory of one client's server. */
export class History {
  readonly #options: HistoryOptions;
  readonly #batches = new Batches();
  /** The question that is asked at the moment, and its answer as far as it has come. */
  #asked: { command: string; type: string; target: string | undefined; answer: Answer } | undefined;
  /** How many questions had no answer in time. */
  #givenUp = 0;
  #turn: Promise<unknown> = Promise.resolve();
  /** Talks whose history is on its way, with what has happened in each since. */
  readonly #held = new Map<Talk, ClientEvent[]>();
  /** How many, in all of them, and their size. */
  #heldCount = 0;
  #heldSize = 0;
  /** The size of what was missed and is not told yet, in all talks. */
  #missedSize = 0;
  readonly #syncs = new Set<Promise<unknown>>();
  /** What has come and is not in its talk yet, or not told. */
  readonly #tasks = new Set<Promise<void>>();
  readonly #loading = new Map<Talk, Promise<number>>();
  /** When the server spoke last, by its own clock. */
  #lastTime = 0;
  /** When the connection was lost, by the server's clock. */
  #lostAt = 0;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** Whether the server remembers. */
  get isKept(): boolean {
    return this.#options.can("draft/chathistory") && this.#options.can("batch");
  }

  /**
   * Resolves once what has come is in its talk, and told; undefined where it is. No message may be taken before: so all comes
   * in its order, and no more than one answer is kept.
   */
  get settled(): Promise<void> | undefined {
    return this.#tasks.size === 0 ? undefined : Promise.all(this.#tasks).then(() => {});
  }

  /** Takes a message that is an answer, or a part of one. @returns Whether it was. */
  takes(message: Message): boolean {
    this.#lastTime = Math.max(this.#lastTime, timeOf(message, 0));
    if (message.command === "FAIL" && this.#asked?.command === message.params[0]) {
      this.#asked.answer = { refused: message.params[1] ?? "" };
      return true;
    }
    const batch = this.#batches.take(message);
    if (batch === undefined) return false;
    if (batch === "kept") return true;
    if (this.#asks(batch)) this.#asked!.answer = batch;
    else if (batch.type === "chathistory") this.#unasked(batch);
    return true;
  }

  /** Whether a batch answers what is asked; one that is late may be about another talk. */
  #asks({ type, params: [target = ""] }: Batch): boolean {
    const { type: asked, target: about } = this.#asked ?? {};
    return asked === type && (about === undefined || foldName(about) === foldName(target));
  }

  /** Whether an event has to wait for its talk's history; it is told once that has come. */
  holds(event: ClientEvent): boolean {
    // A topic that nobody has just set is said on joining.
    const isOld = event.type === "topic" && event.by === "";
    if (this.#held.size === 0 || isOld || !WAITING.has(event.type)) return false;
    const talk = this.#options.state.talkOf(event);
    const held = talk === undefined ? undefined : this.#held.get(talk);
    if (held === undefined) return false;
    held.push(detachedTexts(event));
    this.#heldCount++;
    this.#heldSize += eventSize(event);
    // A server that keeps them waiting without end: then what was before comes later.
    if (this.#heldCount > BOUNDS.held || this.#heldSize > BOUNDS.heldSize) {
      for (const talk of this.#held.keys()) this.#release(talk);
    }
    return true;
  }

  /** Tells what has waited for the history of a talk. */
  #release(talk: Talk): void {
    const held = this.#held.get(talk)?.splice(0) ?? [];
    this.#heldCount -= held.length;
    for (const event of held) this.#heldSize -= eventSize(event);
    for (const event of held) this.#options.tell(event);
  }

  /** Says that the connection is lost, and notes up to where nothing is missing. */
  lost(): void {
    this.#batches.clear();
    const now = this.#options.clock.now();
    this.#lostAt = (this.#lastTime || now) - HISTORY.fuzz;
    for (const talk of this.#options.state.talks.values()) {
      if (talk.anchor !== undefined || this.#held.has(talk)) continue;
      const { last } = talk;
      talk.anchor = last === undefined ? { time: this.#lostAt } : { time: last.time, msgid: last.msgid! };
    }
  }

  /**
   * Brings a talk up to date: with its last lines, or with what was missed.
   *
   * @returns Whether the server has been asked, and has answered.
   */
  sync(talk: Talk): Promise<boolean> {
    if (!this.isKept || this.#options.lines === 0 || this.#held.has(talk)) return Promise.resolve(false);
    if (this.#held.size >= BOUNDS.channels) return Promise.resolve(false);
    this.#held.set(talk, []);
    const synced = (talk.anchor === undefined ? this.#latest(talk) : this.#missed(talk)).finally(() => {
      this.#syncs.delete(synced);
      this.#release(talk);
      this.#held.delete(talk);
    });
    this.#syncs.add(synced);
    return synced;
  }

  /**
   * Brings the private talks up to date that went on while the connection was lost; resolves once they and the channels
   * that were joined again are.
   */
  async resume(): Promise<void> {
    const { state } = this.#options;
    if (this.#options.lines === 0) return;
    const names = await this.#targets(this.#lostAt);
    for (const talk of state.talks.values()) {
      if (talk.kind === "private" && names !== undefined) talk.anchor = undefined;
    }
    for (const name of names ?? []) {
      const talk = state.open(name);
      talk.anchor ??= lastOf(talk) ?? { time: this.#lostAt };
      void this.sync(talk);
    }
    await Promise.all(this.#syncs);
  }

  /**
   * Loads older lines of a talk, before the first that is there.
   *
   * @param count How many, at least 1; the server may have a bound of its own.
   * @returns How many came; 0 with `talk.complete` where there are no more.
   */
  older(talk: Talk, count: number = HISTORY.lines): Promise<number> {
    const loading = this.#loading.get(talk) ?? this.#older(talk, this.#limit(count));
    this.#loading.set(talk, loading);
    return loading.finally(() => this.#loading.delete(talk));
  }

  /**
   * Searches what was said: in one talk, or wherever this person may look.
   *
   * @returns The hits, oldest first; undefined where the server didn't search, as some do not without a talk.
   */
  async search(text: string, talk?: Talk, limit: number = HISTORY.found): Promise<Found[] | undefined> {
    const where: Record<string, string> = talk === undefined ? {} : { in: talk.name };
    const attributes = formatTags({ ...where, text: text.replaceAll("\0", ""), limit: String(limit) });
    const answer = await this.#question("soju.im/search", undefined, "SEARCH", attributes.slice(1, -1));
    if (answer === undefined || "refused" in answer) return undefined;
    return readFound(this.#options.state, answer.messages.slice(-limit), this.#options.clock.now());
  }

  async #targets(since: number): Promise<string[] | undefined> {
    const { state, clock } = this.#options;
    const until = Math.max(clock.now(), this.#lastTime) + DAY;
    const limit = String(HISTORY.targets);
    const answer = await this.#question(
      "draft/chathistory-targets",
      undefined,
      "CHATHISTORY",
      "TARGETS",
      `timestamp=${iso(since)}`,
      `timestamp=${iso(until)}`,
      limit,
    );
    if (answer === undefined || "refused" in answer) return undefined;
    const targets = answer.messages.filter(({ command, params }) => command === "CHATHISTORY" && params.length > 1);
    const names = targets.map(({ params }) => params[1]);
    return names.filter((name) => isName(name) && !state.isupport.isChannel(name) && !state.isSelf(name))
      .slice(0, HISTORY.targets);
  }

  async #latest(talk: Talk): Promise<boolean> {
    const limit = this.#limit(this.#options.lines);
    const answer = await this.#history("LATEST", talk.name, "*", String(limit));
    if (answer === undefined || "refused" in answer) return answer !== undefined;
    if (answer.messages.length < limit) talk.complete = true;
    await this.#bring(talk, "latest", answer.messages);
    return true;
  }

  async #missed(talk: Talk): Promise<boolean> {
    const limit = this.#limit(HISTORY.page);
    let events: ClientEvent[] = [];
    let size = 0;
    const tell = async () => {
      const told = events;
      this.#missedSize -= size;
      [events, size] = [[], 0];
      if (told.length > 0) await this.#settling(this.#tell(talk, "missed", told));
    };
    try {
      for (let pages = 0; pages < HISTORY.pages; pages++) {
        const from = talk.anchor!;
        const answer = await this.#history("AFTER", talk.name, this.#reference(from, -1), String(limit));
        if (answer === undefined) return false;
        if ("refused" in answer) {
          if (from.msgid === undefined) return true;
          // The line is not there any more; its time is enough, since what is known is not taken twice.
          talk.anchor = { time: from.time };
          continue;
        }
        const { messages } = answer;
        for (const event of await this.#settling(this.#replay(talk, messages, from.msgid, true, false))) {
          events.push(event);
          size += eventSize(event);
          this.#missedSize += eventSize(event);
        }
        const last = messages.at(-1);
        if (messages.length < limit || last === undefined) {
          talk.anchor = undefined;
          return true;
        }
        talk.anchor = {
          time: timeOf(last, from.time),
          ...(isMsgid(last.tags.msgid) ? { msgid: last.tags.msgid } : {}),
        };
        if (this.#missedSize > BOUNDS.missedSize) await tell();
      }
    } finally {
      await tell();
    }
    // More than anybody reads: begin anew at the end, and let the rest be asked for.
    talk.clear();
    return await this.#latest(talk);
  }

  async #older(talk: Talk, count: number): Promise<number> {
    if (!this.isKept || talk.complete) return 0;
    const { first } = talk;
    const answer = first === undefined
      ? await this.#history("LATEST", talk.name, "*", String(count))
      : await this.#before(talk, { time: first.time, msgid: first.msgid! }, count);
    if (answer === undefined || "refused" in answer) return 0;
    if (answer.messages.length < count) talk.complete = true;
    const before = talk.lines.length;
    await this.#bring(talk, "older", answer.messages);
    return talk.lines.length - before;
  }

  async #before(talk: Talk, anchor: Anchor, count: number): Promise<Answer> {
    const answer = await this.#history("BEFORE", talk.name, this.#reference(anchor, 1), String(count));
    if (answer === undefined || !("refused" in answer)) return answer;
    return this.#history("BEFORE", talk.name, this.#reference({ time: anchor.time }, 1), String(count));
  }

  /** A history that came without being asked for, as other servers send it on joining. */
  #unasked({ params: [name = ""], messages }: Batch): void {
    const talk = this.#options.state.find(name);
    if (talk !== undefined) this.#bring(talk, "latest", messages, false).catch(this.#options.onFault);
  }

  /** Brings a part of a history into a talk, and tells of it. */
  #bring(talk: Talk, place: Place, messages: Message[], asked = true): Promise<void> {
    const events = this.#replay(talk, messages, undefined, false, asked);
    return this.#settling(events.then((events) => this.#tell(talk, place, events)));
  }

  async #replay(
    talk: Talk,
    messages: Message[],
    after: string | undefined,
    missed: boolean,
    asked: boolean,
  ): Promise<ClientEvent[]> {
    const { state, clock, onOwn } = this.#options;
    const events = await this.#sliced(
      replay(state, talk, messages, clock.now(), { after, isMissed: missed, isAsked: asked }),
    );
    for (const event of missed ? events : []) if ("private" in event && event.own) onOwn(event);
    return events;
  }

  /** Tells of a history, of a long one in parts. */
  #tell(talk: Talk, place: Place, events: ClientEvent[]): Promise<void> {
    const { tell } = this.#options;
    return this.#sliced((function* () {
      for (let at = 0; at === 0 || at < events.length; at += HISTORY.told) {
        const part = events.slice(at, at + HISTORY.told);
        tell({ type: "history", target: talk.name, place, events: part, complete: talk.complete });
        yield;
      }
    })());
  }

  /** Does something in its steps, and lets keys, signals and timers have their turn in between. */
  async #sliced<T>(steps: Generator<void, T, undefined>): Promise<T> {
    const { clock } = this.#options;
    for (let began = clock.now();;) {
      const { done, value } = steps.next();
      if (done) return value;
      if (clock.now() - began < SLICE) continue;
      await rest(clock);
      began = clock.now();
    }
  }

  /** Has the next messages wait for a task, see `settled`. */
  async #settling<T>(task: Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tasks.add(promise);
    try {
      return await task;
    } finally {
      this.#tasks.delete(promise);
      resolve();
    }
  }

  /** Names a point in a talk; where only its time can be told, some milliseconds off, since others may share it. */
  #reference({ time, msgid }: Anchor, off: number): string {
    const types = this.#options.state.isupport.get("MSGREFTYPES")?.split(",");
    if (msgid !== undefined && (types === undefined || types.includes("msgid"))) return `msgid=${msgid}`;
    return `timestamp=${iso(time + off)}`;
  }

  #limit(count: number): number {
    const most = Number(this.#options.state.isupport.get("CHATHISTORY"));
    return Number.isInteger(most) && most > 0 ? Math.min(most, count) : count;
  }

  #history(subcommand: "LATEST" | "AFTER" | "BEFORE", target: string, ...params: string[]): Promise<Answer> {
    return this.#question("chathistory", target, "CHATHISTORY", subcommand, target, ...params);
  }

  /** Asks one question after the others; gives the batch of that type, and about that target, that comes as the answer. */
  #question(type: string, target: string | undefined, command: string, ...params: string[]): Promise<Answer> {
    const given = this.#givenUp;
    const answer = this.#turn.then(async () => {
      // It waited behind a question that had no answer: there will be none to this one.
      if (this.#givenUp > given) return undefined;
      const { ask, clock } = this.#options;
      const asked = this.#asked = { command, type, target, answer: undefined as Answer };
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const cancel = clock.after(HISTORY.patience, () => {
        this.#givenUp++;
        resolve();
      });
      await Promise.race([ask({ command, params }), late]);
      cancel();
      this.#asked = undefined;
      return asked.answer;
    });
    this.#turn = answer;
    return answer;
  }
}

/** What waits for the history of its talk. */
const WAITING: ReadonlySet<Happening["type"]> = new Set(
  ["message", "action", "notice", "reaction", "redaction", "topic", "mode", "join", "part", "kick"] as const,
);

/** The size of an event; the lines that it tells of are those of the talk. */
function eventSize(event: ClientEvent): number {
  let size = OVERHEAD;
  for (const part of Object.values(event)) if (typeof part === "string") size += part.length;
  return size;
}

function lastOf({ last }: Talk): Anchor | undefined {
  return last === undefined ? undefined : { time: last.time, msgid: last.msgid! };
}

/** The last moment that is written with four digits of a year. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function iso(time: number): string {
  return new Date(Math.min(LATEST, Math.max(0, time))).toISOString();
}
