/**
 * What the tests of the store share: a history and what it has reported.
 *
 * @module
 */

import { History, type HistoryOptions } from "./history.ts";
import { channelKey, type MessageRecord, nextId } from "./records.ts";
import { Store } from "./store.ts";

/** Takes all steps of something that is done in steps, and gives what it returns. */
export function done<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** A history of one test, and what it has reported. */
export class Kept implements AsyncDisposable {
  readonly log: string[] = [];
  readonly store: Store;
  readonly history: History;
  #last = 0;
  /** What was said last. */
  last: MessageRecord | undefined;
  /** The time that the system's clock tells, in milliseconds since 1970. */
  now: number;
  /** How long it has run, in milliseconds, whatever the clock says. */
  uptime = 0;

  constructor(file = ":memory:", options: HistoryOptions = {}, now = Date.parse("2026-01-01T12:00:00Z")) {
    this.now = now;
    const onError = (text: string) => this.log.push(text);
    this.store = new Store(file, { onError });
    this.history = new History(this.store, {
      now: () => this.now,
      uptime: () => this.uptime,
      onError,
      ...options,
    });
    this.#last = this.history.last;
  }

  /** Lets time pass, in milliseconds, as the clock says it, too. */
  pass(time: number): void {
    this.now += time;
    this.uptime += time;
  }

  /** How many messages are in the database. */
  get count(): number {
    return Number(this.store.db.prepare("SELECT count(*) AS n FROM messages").get()!.n);
  }

  /** Someone says something in a channel; gives its id. */
  say(
    text: string,
    { target = "#tea", nick = "alice", ...more }: Partial<MessageRecord> & { nick?: string } = {},
  ): number {
    const id = this.#last = nextId(this.#last, this.now);
    this.history.add(
      this.last = {
        id,
        conversation: channelKey(target),
        command: "PRIVMSG",
        source: `${nick}!${nick}@127.0.0.1`,
        sender: `guest:${nick}@127.0.0.1`,
        target,
        text,
        ...more,
      },
    );
    return id;
  }

  texts(range: Parameters<History["range"]>[1], ...channels: string[]): string[] {
    const conversations = channels.length === 0 ? ["#tea"] : channels;
    return this.#read(done(this.history.range(conversations, range)));
  }

  found(text: string, more: Partial<Parameters<History["search"]>[1]> = {}, ...channels: string[]): string[] {
    const conversations = channels.length === 0 ? ["#tea"] : channels;
    return this.#read(done(this.history.search(conversations, { text, limit: 50, latest: true, ...more })).ids);
  }

  #read(ids: number[]): string[] {
    return ids.map((id) => this.history.find(id)!.text);
  }

  /** Whom an identity has talked with, the latest last, and in which conversations. */
  talks(identity: string, { after = 0, before = Infinity, latest = false } = {}): [string, string[]][] {
    const peers = [...this.history.peers(identity, { after, before, latest })].filter((peer) => peer !== undefined);
    return peers.map(({ peer }) => [peer, done(this.history.conversations(identity, peer))]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.history.close();
    await this.store.close();
  }
}
