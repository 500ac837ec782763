/**
 * What a server remembers, brought into the talks: the last lines on coming, what was missed on coming back, older lines and
 * hits of a search when they are asked for.
 *
 * While a talk's history is on its way, what happens in that talk is withheld from the view (`holds`), so that it is shown
 * after the history; the state has it at once.
 *
 * @module
 */

import type { Message, MessageInit } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { type Clock, inSlices } from "../clock.ts";
import type { Batch } from "../connection/batch.ts";
import { foldName, isMsgid, isName } from "../names.ts";
import { Excerpts, type Point } from "./excerpts.ts";
import type { ClientEvent, Found, Happening, HistoryPart, Said } from "./events.ts";
import { eventSize, HeldEvents } from "./held_events.ts";
import { HistoryQuestions, type SearchQuery } from "./history_questions.ts";
import { lastPlaced, readFound, replay } from "./replay.ts";
import { timeOf } from "./said.ts";
import type { State } from "./state.ts";
import { anchorAt, type InsertOptions, type Talk } from "./talk.ts";

/** How much is asked for and told at once, and for how long it is waited. */
export const HISTORY = {
  /** Lines of a talk on coming into it, and older ones at a time. */
  lines: 50,
  /** Lines that were missed, in one answer; and how many answers before the rest is left out. */
  page: 500,
  pages: 10,
  /** How old unread private lines are that are brought on coming in, in milliseconds: 30 days. */
  unread: 30 * 86_400_000,
  /** From how long ago private talks are opened again, in milliseconds (a week), and how many. */
  reopened: 7 * 86_400_000,
  mostReopened: 20,
  /** Private talks that were missed. */
  targets: 100,
  /** Hits of a search. */
  found: 50,
  /** Events that are told at once, more than a server is asked for; a longer history is told in parts. */
  told: 1_000,
  /** By how many milliseconds the clocks of servers may differ. */
  fuzz: 10_000,
  /** Milliseconds from the welcome for which written lines wait for the missed ones. */
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
  /** Asks the server; resolves to undefined if the connection is lost first. */
  ask: (message: MessageInit) => Promise<Message[] | undefined>;
  /** Tells the view of what came. */
  tell: (event: ClientEvent | Happening) => void;
  /** Told where a history that came unasked could not be handled. */
  onFault: (error: unknown) => void;
  /** Told of each missed line of this client's own person: the server has it. */
  onOwn: (said: Said) => void;
}

/** The memory of one client's server. */
export class History {
  readonly #options: HistoryOptions;
  readonly #questions: HistoryQuestions;
  readonly #excerpts: Excerpts;
  readonly #held: HeldEvents;
  /** The size of the missed lines of all talks that are not told yet. */
  #missedSize = 0;
  /** The talks that are being brought up to date. */
  readonly #syncs = new Set<Promise<unknown>>();
  /** Tasks that bring what has come into its talk and tell it. */
  readonly #tasks = new Set<Promise<void>>();
  /** The talks whose older lines are being loaded. */
  readonly #loading = new Map<Talk, Promise<number>>();
  /** When the server spoke last, by its own clock. */
  #lastTime = 0;
  /** When the connection was lost, by the server's clock. */
  #lostAt = 0;

  constructor(options: HistoryOptions) {
    this.#options = options;
    const { state, clock, ask, tell } = options;
    this.#held = new HeldEvents(tell);
    this.#questions = new HistoryQuestions({
      clock,
      ask,
      isupport: () => state.isupport,
      onUnasked: (batch) => this.#unasked(batch),
    });
    this.#excerpts = new Excerpts({
      questions: this.#questions,
      lines: HISTORY.lines,
      bring: (talk, messages, options) => this.#bring(talk, "older", messages, options),
    });
  }

  /** Whether the server keeps a history. */
  get isAvailable(): boolean {
    return this.#options.can("draft/chathistory") && this.#options.can("batch");
  }

  /**
   * Resolves once what has come is in its talk, and told; undefined where it is. The next message may be taken only then, so that
   * all comes in its order and no more than one answer is kept in memory.
   */
  get settled(): Promise<void> | undefined {
    return this.#tasks.size === 0 ? undefined : Promise.all(this.#tasks).then(() => {});
  }

  /** Takes a message that is an answer, or a part of one. @returns Whether it was. */
  takes(message: Message): boolean {
    this.#lastTime = Math.max(this.#lastTime, timeOf(message, 0));
    return this.#questions.takes(message);
  }

  /** Whether a talk is being brought up to date, see `sync`. */
  isBringing(talk: Talk): boolean {
    return this.#held.has(talk);
  }

  /** Whether an event has to wait for its talk's history; it is told once that has come. */
  holds(event: ClientEvent): boolean {
    return this.#held.takes(event, () => this.#options.state.talkOf(event));
  }

  /** Notes that the connection is lost, and up to where nothing is missing in each talk. */
  lost(): void {
    this.#questions.clear();
    const now = this.#options.clock.now();
    this.#lostAt = (this.#lastTime || now) - HISTORY.fuzz;
    for (const talk of this.#options.state.talks.values()) {
      if (talk.anchor !== undefined || this.#held.has(talk)) continue;
      talk.anchor = anchorAt(talk.last) ?? { time: this.#lostAt };
    }
  }

  /**
   * Brings a talk up to date: with its last lines, or with what was missed.
   *
   * @returns Whether the server has been asked, and has answered.
   */
  sync(talk: Talk): Promise<boolean> {
    if (!this.isAvailable || this.#options.lines === 0 || this.#held.has(talk)) return Promise.resolve(false);
    if (this.#held.talkCount >= BOUNDS.channels) return Promise.resolve(false);
    this.#held.begin(talk);
    const synced = (talk.anchor === undefined ? this.#latest(talk) : this.#missed(talk)).finally(() => {
      this.#syncs.delete(synced);
      this.#held.end(talk);
    });
    this.#syncs.add(synced);
    return synced;
  }

  /**
   * Brings the private talks up to date that went on while the connection was lost. Resolves once they and the channels
   * that were joined again are up to date.
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
      talk.anchor ??= anchorAt(talk.last) ?? { time: this.#lostAt };
      void this.sync(talk);
    }
    await Promise.all(this.#syncs);
  }

  /** Opens the private talks that went on lately, without their lines: these come when a talk is shown. */
  async reopen(): Promise<void> {
    const { state, clock, lines, tell } = this.#options;
    if (!this.isAvailable || lines === 0) return;
    const names = await this.#targets((this.#lastTime || clock.now()) - HISTORY.reopened);
    // The latest come last.
    for (const name of (names ?? []).slice(-HISTORY.mostReopened)) {
      tell({ type: "read", target: state.open(name).name });
    }
  }

  /**
   * Opens a private talk in which something is unread, as the server says on coming in, and brings what is.
   *
   * @param read Up to when it was read, in milliseconds since 1970; undefined: it was never read.
   */
  async unread(name: string, read: number | undefined): Promise<void> {
    const { state } = this.#options;
    if (!isName(name) || state.isupport.isChannel(name) || state.isSelf(name)) return;
    if (!this.isAvailable || this.#options.lines === 0 || this.#held.talkCount >= BOUNDS.channels) return;
    // A talk with a draft from before the page was loaded anew is there already, or one that tells of a call.
    const before = state.find(name);
    if (before !== undefined && (before.last !== undefined || this.#held.has(before))) return;
    const talk = before ?? state.open(name);
    talk.readTime = read;
    talk.anchor = { time: Math.max(read ?? 0, (this.#lastTime || this.#options.clock.now()) - HISTORY.unread) };
    await this.sync(talk);
    // It may have been removed meanwhile.
    const isEmpty = talk.lines.length === 0 && !talk.isChosen && talk.draft === "" && state.current !== talk;
    if (isEmpty && state.find(name) === talk) state.talks.delete(foldName(name));
  }

  /**
   * Loads older lines of a talk, before the first that is there.
   *
   * @param count How many, at least 1; the server may have a bound of its own.
   * @returns How many came; 0 with `talk.complete` where there are no more.
   */
  older(talk: Talk, count: number = HISTORY.lines): Promise<number> {
    const loading = this.#loading.get(talk) ?? this.#older(talk, this.#questions.limit(count));
    this.#loading.set(talk, loading);
    return loading.finally(() => this.#loading.delete(talk));
  }

  /** See `Excerpts.around`. */
  async around(talk: Talk, point: Point): Promise<boolean> {
    return this.isAvailable && await this.#excerpts.around(talk, point);
  }

  /** See `Excerpts.since`. */
  async since(talk: Talk, time: number): Promise<boolean> {
    return this.isAvailable && await this.#excerpts.since(talk, time);
  }

  /** See `Excerpts.newer`. */
  newer(talk: Talk): Promise<boolean> {
    return this.#excerpts.newer(talk);
  }

  /**
   * Searches what was said: in one talk, or wherever this person may look.
   *
   * @returns The hits, oldest first; undefined where the server did not search: some do not search without a talk.
   */
  async search(query: SearchQuery, limit: number = HISTORY.found): Promise<Found[] | undefined> {
    const answer = await this.#questions.search(query, limit);
    if (answer === undefined || "refused" in answer) return undefined;
    return readFound(this.#options.state, answer.messages.slice(-limit), this.#options.clock.now());
  }

  /**
   * What a message said before it was edited.
   *
   * @returns The texts, the first one first, each with the time at which it was written; undefined where there is no answer.
   */
  async earlier(talk: Talk, msgid: string): Promise<Found[] | undefined> {
    const answer = await this.#questions.earlier(talk.name, msgid);
    if (answer === undefined || "refused" in answer) return undefined;
    return readFound(this.#options.state, answer.messages.slice(-HISTORY.found), this.#options.clock.now());
  }

  /** The people with whom something was said since a time. */
  async #targets(since: number): Promise<string[] | undefined> {
    const { state, clock } = this.#options;
    const until = Math.max(clock.now(), this.#lastTime) + DAY;
    const names = await this.#questions.targets(since, until, HISTORY.targets);
    return names?.filter((name) => isName(name) && !state.isupport.isChannel(name) && !state.isSelf(name))
      .slice(0, HISTORY.targets);
  }

  /** Brings the last lines of a talk. @returns Whether the server has answered. */
  async #latest(talk: Talk): Promise<boolean> {
    const limit = this.#questions.limit(this.#options.lines);
    const answer = await this.#questions.latest(talk.name, limit);
    if (answer === undefined || "refused" in answer) return answer !== undefined;
    if (answer.messages.length < limit) talk.complete = true;
    await this.#bring(talk, "latest", answer.messages);
    return true;
  }

  /** Brings what was missed in a talk since its anchor. @returns Whether the server has answered. */
  async #missed(talk: Talk): Promise<boolean> {
    const limit = this.#questions.limit(HISTORY.page);
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
        const answer = await this.#questions.after(talk.name, from, limit);
        if (answer === undefined) return false;
        if ("refused" in answer) {
          if (from.msgid === undefined) return true;
          // The server has forgotten that line. Its time is enough, since lines that are known are not taken twice.
          talk.anchor = { time: from.time };
          continue;
        }
        const { messages } = answer;
        for (const event of await this.#settling(this.#replay(talk, messages, { after: from.msgid, isMissed: true }))) {
          events.push(event);
          size += eventSize(event);
          this.#missedSize += eventSize(event);
        }
        const last = lastPlaced(messages);
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
    // It is more than anybody reads: begin anew at the end, and let the person ask for the rest.
    talk.clear();
    return await this.#latest(talk);
  }

  async #older(talk: Talk, count: number): Promise<number> {
    if (!this.isAvailable || talk.complete) return 0;
    const first = anchorAt(talk.first);
    const answer = first === undefined
      ? await this.#questions.latest(talk.name, count)
      : await this.#questions.before(talk.name, first, count);
    if (answer === undefined || "refused" in answer) return 0;
    if (answer.messages.length < count) talk.complete = true;
    const before = talk.lines.length;
    await this.#bring(talk, "older", answer.messages);
    return talk.lines.length - before;
  }

  /** Takes a history that came without being asked for, as other servers send it on joining. */
  #unasked({ type, params: [name = ""], messages }: Batch): void {
    if (type !== "chathistory") return;
    const talk = this.#options.state.find(name);
    if (talk !== undefined) this.#bring(talk, "latest", messages, { isAsked: false }).catch(this.#options.onFault);
  }

  /** Brings a part of a history into a talk, and tells of it. */
  #bring(talk: Talk, place: HistoryPart, messages: Message[], options?: InsertOptions): Promise<void> {
    const events = this.#replay(talk, messages, options);
    return this.#settling(events.then((events) => this.#tell(talk, place, events)));
  }

  async #replay(talk: Talk, messages: Message[], options?: InsertOptions): Promise<ClientEvent[]> {
    const { state, clock, onOwn } = this.#options;
    const events = await inSlices(clock, replay(state, talk, messages, clock.now(), options));
    for (const event of options?.isMissed ? events : []) {
      // To the server a guest without a device is somebody else on each connection: what has the nick may be what was sent.
      if ("private" in event && (event.own || state.isSelf(event.from))) onOwn(event);
    }
    return events;
  }

  /** Tells the view of a history; of a long one in parts. */
  #tell(talk: Talk, place: HistoryPart, events: ClientEvent[]): Promise<void> {
    const { clock, tell } = this.#options;
    return inSlices(
      clock,
      (function* () {
        for (let at = 0; at === 0 || at < events.length; at += HISTORY.told) {
          const part = events.slice(at, at + HISTORY.told);
          tell({ type: "history", target: talk.name, place, events: part, complete: talk.complete });
          yield;
        }
      })(),
    );
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
}
