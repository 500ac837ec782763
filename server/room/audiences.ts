/**
 * Who is told what happens in a channel: one feed for each class of capabilities that its members' sessions have.
 *
 * @module
 */

import { nextOrder } from "../fanout/chunks.ts";
import { Feed } from "../fanout/feed.ts";
import { deciding, DECIDING_BITS, encode, feedClass } from "./encode.ts";
import type { Event } from "./event.ts";
import type { Recipient } from "./recipient.ts";

/** The sessions that share a feed: all of them are told messages in the same form. */
class Audience {
  readonly feed = new Feed();
  readonly recipients = new Set<Recipient>();
  /** How many of them have each capability that decides about events of one kind, by its bit. */
  #having: Map<number, number> | undefined;

  add(recipient: Recipient): void {
    this.recipients.add(recipient);
    this.#count(recipient, 1);
  }

  delete(recipient: Recipient): void {
    if (this.recipients.delete(recipient)) this.#count(recipient, -1);
  }

  #count({ caps }: Recipient, by: 1 | -1): void {
    for (const bit of DECIDING_BITS) if (caps & bit) (this.#having ??= new Map()).set(bit, this.having(bit) + by);
  }

  having(bit: number): number {
    return this.#having?.get(bit) ?? 0;
  }
}

/** The audiences of one channel. */
export class Audiences {
  /** By `feedClass`: a dozen at most, however many sets of capabilities there are. */
  readonly #byClass = new Map<number, Audience>();

  /** Has a session told what is published from now on. */
  add(recipient: Recipient): void {
    const like = feedClass(recipient.caps);
    let audience = this.#byClass.get(like);
    if (audience === undefined) this.#byClass.set(like, audience = new Audience());
    audience.add(recipient);
    recipient.outbox.follow(audience.feed);
  }

  /** The reverse of `add`, to be called before the capabilities change. What was published before is still told. */
  delete(recipient: Recipient): void {
    const like = feedClass(recipient.caps);
    const audience = this.#byClass.get(like);
    if (audience === undefined) return;
    recipient.outbox.unfollow(audience.feed);
    audience.delete(recipient);
    if (audience.recipients.size === 0) this.#byClass.delete(like);
  }

  /** Whether a session is told what is published. */
  has(recipient: Recipient): boolean {
    return this.#byClass.get(feedClass(recipient.caps))?.recipients.has(recipient) === true;
  }

  /** The sessions that are told what is published. */
  *recipients(): Generator<Recipient> {
    for (const { recipients } of this.#byClass.values()) yield* recipients;
  }

  /**
   * Tells all sessions an event, or all but some. It costs a line for each feed, however many sessions there are. Only where
   * the sessions of one feed don't agree whether, or in which form, they are told such an event, each is told singly.
   */
  publish(event: Event, except: Iterable<Recipient>): void {
    for (const { outbox } of except) outbox.seal();
    const at = nextOrder();
    const bit = deciding(event);
    let divided: [Audience, without: string | undefined, having: string | undefined][] | undefined;
    for (const [like, audience] of this.#byClass) {
      const having = bit === 0 ? 0 : audience.having(bit);
      if (having > 0 && having < audience.recipients.size) {
        (divided ??= []).push([audience, encode(event, like), encode(event, like | bit)]);
        continue;
      }
      const line = encode(event, having > 0 ? like | bit : like);
      if (line !== undefined) audience.feed.append(line, at);
    }
    for (const { outbox } of except) outbox.skip();
    if (divided === undefined) return;
    const isExcepted = new Set(except);
    for (const [{ recipients }, without, having] of divided) {
      for (const recipient of recipients) {
        const line = recipient.caps & bit ? having : without;
        if (line !== undefined && !isExcepted.has(recipient)) recipient.outbox.tell(line);
      }
    }
  }

  /** By how many bytes the sessions are behind beyond what is usual. */
  get excess(): number {
    return this.#byClass.values().reduce((sum, { feed }) => sum + feed.excess, 0);
  }
}
