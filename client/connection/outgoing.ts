/**
 * What a person sends: queued, paced, and sent again after a lost connection, so that nothing typed is lost.
 *
 * With `labeled-response` the answer with a line's label confirms it (with `echo-message` that is the echo of a message).
 * Without it a PING goes after the lines, and its PONG says that the server has handled all that came before.
 * A line whose confirmation was lost together with the connection is sent twice: twice is better than never.
 *
 * @module
 */

import { byteLength, ERR_INPUTTOOLONG, format, LIMITS, type Message, type MessageInit } from "../../protocol.ts";
import type { Clock } from "../clock.ts";
import { foldName } from "../names.ts";
import { linesOf } from "../undelivered.ts";
import { batchOf } from "./multiline.ts";
import { Pace } from "./pace.ts";
import { isRefusal } from "./refusals.ts";
import { type OutgoingMessage, SentMessages } from "./sent.ts";
import type { Part } from "./split.ts";

/** Milliseconds from the sending of a line on, for which its answer is waited for. */
export const PATIENCE = 30_000;

/** The label of what `sendIfIdle` sends, by which its refusal is known. */
const IDLE_LABEL = "trifle";

/** Lines that share one PING where a server knows no labels. */
const BARRIER_LINES = 8;

/** What `Outgoing` needs. */
export interface OutgoingOptions {
  clock: Clock;
  /** Sends one message now. */
  write: (message: MessageInit) => void;
  /** Whether the server labels its responses. */
  hasLabels: () => boolean;
  /** Cuts a message that is too long for a line into several, or has several lines; called when its turn has come. */
  split: (message: MessageInit) => Part[];
  /** Takes in an answer as if the server had given it. */
  answer: (message: Message) => void;
  /** Told of each message that was confirmed; of one that was cut, of each part. */
  onConfirmed: (message: MessageInit, replies: Message[]) => void;
}

/** Whether a message exceeds what a line may have beside its tags. */
function isTooLong({ command, params, lines }: Part): boolean {
  return lines === undefined &&
    byteLength(format(params === undefined ? { command } : { command, params })) > LIMITS.lineBytes - 2;
}

/** The queue of one client's lines, over as many connections as it takes. */
export class Outgoing {
  readonly #options: OutgoingOptions;
  readonly #pace: Pace;
  #queue: OutgoingMessage[] = [];
  readonly #sent = new SentMessages();
  /** Labels and PINGs so far. */
  #count = 0;
  /** The folded targets of what `sendIfIdle` sent. */
  readonly #idleTargets = new Set<string>();
  #isConnected = false;
  /** Whether what people wrote waits, so that only questions are sent. */
  #isHeld = false;
  #cancelTimer: (() => void) | undefined;
  /** Called when nothing waits to be confirmed any more. */
  #onDrained: (() => void)[] = [];

  constructor(options: OutgoingOptions) {
    this.#options = options;
    this.#pace = new Pace(options.clock);
  }

  /** How many lines the server has not confirmed: each line of a message of several counts, and no question does. */
  get lines(): number {
    return this.unconfirmed.reduce((sum, message) => sum + linesOf(message), 0);
  }

  /** For how many milliseconds a server holds back what was sent, if it has the same pace. */
  get heldMs(): number {
    return this.#pace.waitMs;
  }

  /** What people wrote and was not sent on any connection yet. */
  get unsent(): MessageInit[] {
    return this.#queue.filter(({ onLost, isRepeated }) => onLost === undefined && isRepeated !== true)
      .map(({ message }) => message);
  }

  /** What people wrote and the server has not confirmed. Of what was cut, each part counts. */
  get unconfirmed(): MessageInit[] {
    return [...this.#all()].filter(({ onLost }) => onLost === undefined).map(({ message }) => message);
  }

  /** What is sent and not confirmed, and then what is queued. */
  *#all(): Generator<OutgoingMessage, void, undefined> {
    yield* this.#sent.values();
    yield* this.#queue;
  }

  /**
   * Queues a message.
   *
   * @returns What the server answered, once it has confirmed the message: with labels its labeled response, without them the
   * numerics that came in the meantime. Where it takes longer than `PATIENCE`, what has come so far; the message still counts
   * as not confirmed.
   */
  add(message: MessageInit): Promise<Message[]> {
    const { promise, resolve } = Promise.withResolvers<Message[]>();
    this.#queue.push({ message, replies: [], onConfirmed: resolve, barrier: "" });
    this.#pump();
    return promise;
  }

  /**
   * Queues a question of the client's own, before what people wrote. It is not repeated on another connection.
   *
   * @returns The answer; undefined where there is no connection, where it is lost, or where it takes longer than `PATIENCE`.
   */
  ask(message: MessageInit): Promise<Message[] | undefined> {
    if (!this.#isConnected) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<Message[] | undefined>();
    const at = this.#queue.findIndex(({ onLost }) => onLost === undefined);
    const question = { message, replies: [], onConfirmed: resolve, barrier: "", onLost: () => resolve(undefined) };
    this.#queue.splice(at < 0 ? this.#queue.length : at, 0, question);
    this.#pump();
    return promise;
  }

  /**
   * Sends what is of no use later, if nothing waits and the pace leaves room for it; else drops it.
   *
   * @param isUrgent Whether it is sent before all that waits, since there is no later for it.
   * @returns Whether it was sent.
   */
  sendIfIdle(message: MessageInit, isUrgent = false): boolean {
    if (!this.#isConnected) return false;
    if (!isUrgent && (this.#queue.length > 0 || !this.#pace.isIdle)) return false;
    this.#idleTargets.add(foldName(message.params?.[0] ?? ""));
    this.#sendLabeled(message, IDLE_LABEL);
    return true;
  }

  /**
   * Whether a message refuses what `sendIfIdle` sent, of which the person need not know. Without labels, only where it can be
   * about no line.
   */
  isIdleRefusal({ tags, command, params: [, about = ""] }: Message): boolean {
    if (!isRefusal(command)) return false;
    if (this.#options.hasLabels()) return tags.label === IDLE_LABEL;
    const folded = foldName(about);
    return this.#idleTargets.has(folded) && !this.#sent.hasUnanswered(folded);
  }

  /** Sends a message before all that is queued; it is neither confirmed nor repeated, but counts for the pace. */
  urgent(message: MessageInit): void {
    this.#pace.spend();
    this.#options.write(message);
  }

  /**
   * Notes that there is a connection that takes lines; sends first again what was not confirmed on the last one.
   *
   * @param isHeld Whether what people wrote waits for `release`; questions do not.
   */
  start(isHeld = false): void {
    this.#isConnected = true;
    this.#isHeld = isHeld;
    this.#pump();
  }

  /** Sends what `start` held back. */
  release(): void {
    this.#isHeld = false;
    this.#pump();
  }

  /** Notes that the server has a message although it did not confirm it: it is not sent again. */
  noteDelivered(target: string, text: string): void {
    const folded = foldName(target);
    const at = this.#queue.findIndex(({ isRepeated, message: { params = [] } }) =>
      isRepeated && params[1] === text && foldName(params[0] ?? "") === folded
    );
    if (at < 0) return;
    const [found] = this.#queue.splice(at, 1);
    found.onConfirmed([]);
    this.#checkDrained();
  }

  /** Sends nothing more of the queue. What was sent can still be confirmed. */
  end(): void {
    this.#isConnected = false;
    this.#idleTargets.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Notes that the connection is lost. */
  stop(): void {
    this.end();
    const all = [...this.#sent.takeAll(), ...this.#queue];
    this.#queue = all.filter(({ onLost }) => onLost === undefined);
    for (const { onLost } of all) onLost?.();
  }

  /** Resolves once all that was added is confirmed, or waits in vain. */
  drained(): Promise<void> {
    if (!this.#isWaiting()) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onDrained.push(resolve);
    return promise;
  }

  /** Takes each message of the server, after the state has taken it, and finds in it what it confirms. */
  receive(message: Message): void {
    if (this.#options.hasLabels()) {
      const label = this.#sent.receiveLabeled(message);
      if (label !== undefined) this.#confirm(label);
    } else if (message.command === "PONG") {
      // What was sent before the PING is handled.
      for (const label of this.#sent.before(message.params.at(-1) ?? "")) this.#confirm(label);
      this.#ping();
    } else this.#sent.receiveUnlabeled(message);
  }

  #confirm(label: string): void {
    const sent = this.#sent.take(label);
    if (sent === undefined) return;
    this.#options.onConfirmed(sent.message, sent.replies);
    sent.onConfirmed(sent.replies);
    this.#checkDrained();
  }

  /** Gives up waiting for the answer to a line; forgets it if it is a question. */
  #late(label: string, sent: OutgoingMessage): void {
    sent.isLate = true;
    if (sent.onLost === undefined) sent.onConfirmed(sent.replies);
    else {
      this.#sent.take(label);
      sent.onLost();
    }
    this.#checkDrained();
  }

  /** Whether a message may yet be confirmed. */
  #isWaiting(): boolean {
    for (const { onLost, isLate } of this.#all()) if (onLost === undefined && isLate !== true) return true;
    return false;
  }

  #checkDrained(): void {
    if (this.#onDrained.length === 0 || this.#isWaiting()) return;
    for (const resolve of this.#onDrained.splice(0)) resolve();
  }

  /** Sends what is queued, as far as the pace allows, and sees to it that the rest is sent later. */
  #pump(): void {
    if (!this.#isConnected || this.#cancelTimer !== undefined) return;
    const hasNext = () => this.#queue.length > 0 && (!this.#isHeld || this.#queue[0].onLost !== undefined);
    while (hasNext() && this.#pace.isReady) {
      this.#divide();
      this.#sendNext();
    }
    this.#ping();
    if (!hasNext()) return;
    this.#cancelTimer = this.#options.clock.after(this.#pace.waitMs, () => {
      this.#cancelTimer = undefined;
      this.#pump();
    });
  }

  #sendNext(): void {
    const next = this.#queue.shift()!;
    const { message } = next;
    const label = `t${++this.#count}`;
    this.#sent.add(label, next);
    if (isTooLong(message)) {
      // A server may refuse it without saying which line it means, and then the answer would be waited for.
      this.#options.answer({ tags: { label }, command: ERR_INPUTTOOLONG, params: ["*", "Input line was too long"] });
      return this.#confirm(label);
    }
    next.cancel = this.#options.clock.after(PATIENCE, () => this.#late(label, next));
    this.#sendLabeled(message, label);
  }

  /**
   * Sends a message now, with a label where the server knows labels. All lines of a batch go at once, since nothing else may come
   * between them; each counts for the pace.
   */
  #sendLabeled({ lines, ...message }: Part, label: string): void {
    const labeled = this.#options.hasLabels() ? { ...message, tags: { ...message.tags, label } } : message;
    if (lines === undefined) this.urgent(labeled);
    else for (const line of batchOf(labeled, lines, label)) this.urgent(line);
  }

  /** Cuts the first of the queue where it is too long; the last part confirms the whole. */
  #divide(): void {
    const [first] = this.#queue;
    const parts = this.#options.split(first.message);
    if (parts.length === 1) return void (first.message = parts[0]);
    const messages = parts.map((part, i): OutgoingMessage => {
      // Only the first part answers another message: one answer is enough.
      const tags = i === 0 ? part.tags : undefined;
      return { message: { ...part, tags }, replies: [], onConfirmed: () => {}, barrier: "" };
    });
    messages[messages.length - 1].onConfirmed = first.onConfirmed;
    this.#queue.splice(0, 1, ...messages);
  }

  /** Sends a PING after what was sent, unless one is on its way already or more lines will soon share it. */
  #ping(): void {
    if (!this.#isConnected || this.#options.hasLabels()) return;
    const sent = [...this.#sent.values()];
    const uncovered = sent.filter(({ barrier }) => barrier === "");
    if (uncovered.length === 0 || uncovered.length < sent.length) return;
    if (this.#queue.length > 0 && !this.#isHeld && uncovered.length < BARRIER_LINES) return;
    const barrier = `teahouse-${++this.#count}`;
    for (const one of uncovered) one.barrier = barrier;
    this.urgent({ command: "PING", params: [barrier] });
  }
}
