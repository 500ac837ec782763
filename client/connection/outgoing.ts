/**
 * What a person has sent and the server has not confirmed yet: queued, paced, and sent again after a lost connection, so
 * that nothing typed is lost. It must not know how a connection is made, nor what the messages mean to a person.
 *
 * With `labeled-response` the answer with a line's label confirms it (with `echo-message` that is the echo of a message).
 * Without it a PING goes after the lines, and its PONG says that the server has handled all that came before.
 * A line whose confirmation was lost together with the connection is sent twice: twice is better than never.
 *
 * @module
 */

import { byteLength, ERR_INPUTTOOLONG, format, LIMITS, type Message, type MessageInit } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { detachedMessage, sizeOf } from "../sizes.ts";
import { foldName } from "../names.ts";
import type { Clock } from "../clock.ts";
import { isRefusal, isRefusalNumeric } from "./refusals.ts";

/** Lines that may go out at once after a quiet time, and lines a second from then on; our server handles 20 and then 4. */
export const PACE = { burst: 15, perSecond: 4 } as const;

/** Milliseconds for a server to answer a line, from its sending on. Whoever waits for it does not wait for longer. */
export const PATIENCE = 30_000;

/** The label of what is of no use later, by which its refusal is known. */
const IDLE_LABEL = "trifle";

/** Lines that share one PING where a server knows no labels. */
const BARRIER_LINES = 8;

interface Entry {
  message: MessageInit;
  /** What the server answered, as far as it can be told. */
  replies: Message[];
  confirmed: (replies: Message[]) => void;
  /** The PING that stands after it, "" before there is one. */
  barrier: string;
  /** Called instead of sending it again, when the connection is lost. */
  lost?: () => void;
  /** Whether it was sent before, on a connection that was lost. */
  again?: true;
  /** Whether it was sent so long ago that no answer is expected any more; and how to take back the looking at the clock. */
  isLate?: boolean;
  cancel?: () => void;
}

/** What `Outgoing` needs. */
export interface OutgoingOptions {
  clock: Clock;
  /** Sends one message now. */
  write: (message: MessageInit) => void;
  /** Whether the server labels its responses. */
  labels: () => boolean;
  /** Cuts a message that is too long for a line into several; called when its turn has come. */
  split: (message: MessageInit) => MessageInit[];
  /** Takes in an answer as if the server had given it. */
  answer: (message: Message) => void;
  /** Told of each message that was confirmed; of one that was cut, of each part. */
  onConfirmed: (message: MessageInit, replies: Message[]) => void;
}

/** Commands by whose name a server says that they were done. */
const DONE = new Set(["REGISTER", "VERIFY", "PASSWD", "DROP"]);

/** Whether a message exceeds what a line may have beside its tags. */
function isTooLong({ command, params }: MessageInit): boolean {
  return byteLength(format(params === undefined ? { command } : { command, params })) > LIMITS.lineBytes - 2;
}

/** The queue of one client's lines, over as many connections as it takes. */
export class Outgoing {
  readonly #options: OutgoingOptions;
  #queue: Entry[] = [];
  /** Sent and not confirmed: by label, in the order in which they were sent. */
  #sent = new Map<string, Entry>();
  /** The batches that are open and belong to a labeled response: its label, and whether they are all of it. */
  readonly #batches = new Map<string, { label: string; whole: boolean }>();
  #count = 0;
  /** The folded targets of what `sendIfIdle` sent. */
  readonly #idleTargets = new Set<string>();
  #connected = false;
  /** Whether what people wrote waits, so that only questions are sent. */
  #isHeld = false;
  #tokens: number = PACE.burst;
  #countedAt: number;
  #cancelTimer: (() => void) | undefined;
  #waiting: (() => void)[] = [];
  /** All replies to what was sent and is not confirmed: how many, and their size. */
  #kept = { count: 0, size: 0 };

  constructor(options: OutgoingOptions) {
    this.#options = options;
    this.#countedAt = options.clock.now();
  }

  /** How many messages the server has not confirmed; questions don't count. */
  get size(): number {
    let size = 0;
    for (const { lost } of this.#entries()) if (lost === undefined) size++;
    return size;
  }

  /** What people wrote and no connection has taken yet. */
  get unsent(): MessageInit[] {
    return this.#queue.filter(({ lost, again }) => lost === undefined && again !== true).map(({ message }) => message);
  }

  *#entries(): Generator<Entry, void, undefined> {
    yield* this.#sent.values();
    yield* this.#queue;
  }

  /**
   * Queues a message. What comes back is what the server answered (with labels: its labeled response; without: the
   * numerics that came in the meantime), once it has confirmed the message. Where it takes too long (`PATIENCE`), what has
   * come so far is given back; the message still counts as not confirmed.
   */
  add(message: MessageInit): Promise<Message[]> {
    const { promise, resolve } = Promise.withResolvers<Message[]>();
    this.#queue.push({ message, replies: [], confirmed: resolve, barrier: "" });
    this.#pump();
    return promise;
  }

  /**
   * Queues a question of the client's own, before what people wrote. It is not repeated when the connection is lost: then,
   * where there is none, and where it takes too long (`PATIENCE`), undefined comes back.
   */
  ask(message: MessageInit): Promise<Message[] | undefined> {
    if (!this.#connected) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<Message[] | undefined>();
    const entry: Entry = { message, replies: [], confirmed: resolve, barrier: "", lost: () => resolve(undefined) };
    const at = this.#queue.findIndex(({ lost }) => lost === undefined);
    this.#queue.splice(at < 0 ? this.#queue.length : at, 0, entry);
    this.#pump();
    return promise;
  }

  /** Sends what is of no use later, if there is room for it and nothing waits; else drops it. */
  sendIfIdle(message: MessageInit): void {
    this.#refill();
    if (!this.#connected || this.#queue.length > 0 || this.#tokens <= PACE.burst / 2) return;
    this.#idleTargets.add(foldName(message.params?.[0] ?? ""));
    this.urgent(this.#options.labels() ? { ...message, tags: { ...message.tags, label: IDLE_LABEL } } : message);
  }

  /** Whether a message refuses what `sendIfIdle` sent, which the person need not know; without labels, only where it can be about no line. */
  refusesIdle({ tags, command, params: [, about = ""] }: Message): boolean {
    if (!isRefusal(command)) return false;
    if (this.#options.labels()) return tags.label === IDLE_LABEL;
    const folded = foldName(about);
    if (!this.#idleTargets.has(folded)) return false;
    for (const { message: { params = [] }, replies } of this.#sent.values()) {
      if (replies.length === 0 && foldName(params[0] ?? "") === folded) return false;
    }
    return true;
  }

  /** Sends a message before all that is queued; it is neither confirmed nor repeated, but counts for the pace. */
  urgent(message: MessageInit): void {
    this.#refill();
    // A server that asks without end must not keep the person from talking.
    this.#tokens = Math.max(-PACE.burst, this.#tokens - 1);
    this.#options.write(message);
  }

  /**
   * Says that there is a connection that takes lines; sends first again what was not confirmed on the last one.
   *
   * @param held Whether what people wrote waits for `release`; questions do not.
   */
  start(held = false): void {
    this.#connected = true;
    this.#isHeld = held;
    this.#refill();
    this.#pump();
  }

  /** Sends what `start` held back. */
  release(): void {
    this.#isHeld = false;
    this.#pump();
  }

  /** Says that the server has a message, although it did not confirm it: it is not sent again. */
  found(target: string, text: string): void {
    const folded = foldName(target);
    const at = this.#queue.findIndex(({ again, message: { params = [] } }) =>
      again && params[1] === text && foldName(params[0] ?? "") === folded
    );
    if (at < 0) return;
    const [entry] = this.#queue.splice(at, 1);
    entry.confirmed([]);
    this.#drain();
  }

  /** Says that the connection is lost. */
  stop(): void {
    this.#connected = false;
    this.#idleTargets.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#batches.clear();
    this.#kept = { count: 0, size: 0 };
    for (const entry of this.#sent.values()) {
      entry.replies = [];
      entry.barrier = "";
      entry.again = true;
      entry.isLate = false;
      entry.cancel?.();
    }
    const entries = [...this.#entries()];
    this.#queue = entries.filter(({ lost }) => lost === undefined);
    this.#sent.clear();
    for (const { lost } of entries) lost?.();
  }

  /** Resolves once all that was added is confirmed, or waits in vain. */
  drained(): Promise<void> {
    if (!this.#isWaiting()) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }

  /** Takes each message of the server, after the state has taken it, and finds in it what it confirms. */
  receive(message: Message): void {
    if (this.#options.labels()) this.#labeled(message);
    else if (message.command === "PONG") this.#passed(message.params.at(-1) ?? "");
    else if (/^\d/.test(message.command) || message.command === "FAIL" || DONE.has(message.command)) {
      this.#unlabeled(message);
    }
  }

  #labeled(message: Message): void {
    const { tags, command, params } = message;
    const [reference = ""] = params;
    if (command === "BATCH" && reference.startsWith("-")) {
      const batch = this.#batches.get(reference.slice(1));
      this.#batches.delete(reference.slice(1));
      if (batch?.whole) this.#confirm(batch.label);
      return;
    }
    const label = tags.label ?? this.#batches.get(tags.batch ?? "")?.label;
    if (label === undefined) return;
    const entry = this.#sent.get(label);
    if (entry !== undefined) this.#reply(entry, message);
    // A batch in a batch is a part of the same response.
    if (command === "BATCH") {
      if (entry === undefined || this.#batches.size >= BOUNDS.batches) return;
      this.#batches.set(reference.slice(1), { label, whole: tags.label !== undefined });
    } else if (tags.label !== undefined) this.#confirm(label);
  }

  /** Without labels it is a guess whom an answer is for: a refusal for the message to the target it names, the rest for commands. */
  #unlabeled(message: Message): void {
    const { command, params: [failed = "", about = ""] } = message;
    const refuses = isRefusalNumeric(command);
    const folded = refuses ? foldName(about) : "";
    for (const entry of this.#sent.values()) {
      const { message: { command: sent, params = [] }, replies } = entry;
      // A standard reply names the command that it is about.
      if (command === "FAIL") { if (sent === failed) this.#reply(entry, message); }
      else if (DONE.has(command)) { if (sent === command) this.#reply(entry, message); }
      else if (sent !== "PRIVMSG" && sent !== "NOTICE") this.#reply(entry, message);
      else if (refuses && replies.length === 0 && foldName(params[0] ?? "") === folded) {
        this.#reply(entry, message);
        return;
      }
    }
  }

  /** Notes what answers a message, as long as a server does not answer without end. */
  #reply({ replies }: Entry, message: Message): void {
    const size = sizeOf(message);
    if (this.#kept.count >= BOUNDS.replies || this.#kept.size + size > BOUNDS.replySize) return;
    this.#kept.count++;
    this.#kept.size += size;
    replies.push(detachedMessage(message));
  }

  /** Takes an entry out of those that were sent. */
  #take(label: string, entry: Entry): void {
    this.#sent.delete(label);
    entry.cancel?.();
    this.#kept.count -= entry.replies.length;
    for (const reply of entry.replies) this.#kept.size -= sizeOf(reply);
  }

  /** A PONG has come: what was sent before its PING is handled. */
  #passed(barrier: string): void {
    for (const [label, entry] of this.#sent) {
      if (entry.barrier === barrier && barrier !== "") this.#confirm(label);
    }
    this.#ping();
  }

  #confirm(label: string): void {
    const entry = this.#sent.get(label);
    if (entry === undefined) return;
    this.#take(label, entry);
    this.#options.onConfirmed(entry.message, entry.replies);
    entry.confirmed(entry.replies);
    this.#drain();
  }

  /** Gives up waiting for the answer to a line; where that was a question, forgets it. */
  #late(label: string, entry: Entry): void {
    entry.isLate = true;
    if (entry.lost === undefined) entry.confirmed(entry.replies);
    else {
      this.#take(label, entry);
      entry.lost();
    }
    this.#drain();
  }

  /** Whether a message may yet be confirmed. */
  #isWaiting(): boolean {
    for (const { lost, isLate } of this.#entries()) if (lost === undefined && isLate !== true) return true;
    return false;
  }

  #drain(): void {
    if (this.#waiting.length === 0 || this.#isWaiting()) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #refill(): void {
    const now = this.#options.clock.now();
    const gained = Math.max(0, now - this.#countedAt) / 1000 * PACE.perSecond;
    this.#tokens = Math.min(PACE.burst, this.#tokens + gained);
    this.#countedAt = now;
  }

  #pump(): void {
    if (!this.#connected || this.#cancelTimer !== undefined) return;
    this.#refill();
    const isReady = () => this.#queue.length > 0 && (!this.#isHeld || this.#queue[0].lost !== undefined);
    while (isReady() && this.#tokens >= 1) {
      this.#divide();
      const entry = this.#queue.shift()!;
      const label = `t${++this.#count}`;
      this.#sent.set(label, entry);
      if (isTooLong(entry.message)) {
        // A server may refuse it without saying which line it means, and then it would be waited for.
        this.#options.answer({ tags: { label }, command: ERR_INPUTTOOLONG, params: ["*", "Input line was too long"] });
        this.#confirm(label);
        continue;
      }
      entry.cancel = this.#options.clock.after(PATIENCE, () => this.#late(label, entry));
      this.#tokens--;
      const { message } = entry;
      this.#options.write(this.#options.labels() ? { ...message, tags: { ...message.tags, label } } : message);
    }
    this.#ping();
    if (!isReady()) return;
    const wait = Math.ceil((1 - this.#tokens) / PACE.perSecond * 1000);
    this.#cancelTimer = this.#options.clock.after(wait, () => {
      this.#cancelTimer = undefined;
      this.#pump();
    });
  }

  /** Cuts the first of the queue where it is too long; the last part confirms the whole. */
  #divide(): void {
    const [entry] = this.#queue;
    const parts = this.#options.split(entry.message);
    if (parts.length === 1) return;
    const entries = parts.map((message, i): Entry => {
      // One answer is enough.
      const tags = i === 0 ? message.tags : undefined;
      return { message: { ...message, tags }, replies: [], confirmed: () => {}, barrier: "" };
    });
    entries[entries.length - 1].confirmed = entry.confirmed;
    this.#queue.splice(0, 1, ...entries);
  }

  /** Sends a PING after what was sent, unless one is on its way already or more lines will soon share it. */
  #ping(): void {
    if (!this.#connected || this.#options.labels()) return;
    const open = [...this.#sent.values()];
    const uncovered = open.filter(({ barrier }) => barrier === "");
    if (uncovered.length === 0 || uncovered.length < open.length) return;
    if (this.#queue.length > 0 && !this.#isHeld && uncovered.length < BARRIER_LINES) return;
    const barrier = `teahouse-${++this.#count}`;
    for (const entry of uncovered) entry.barrier = barrier;
    this.urgent({ command: "PING", params: [barrier] });
  }
}
