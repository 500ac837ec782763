/**
 * What the tests of the fan-out share.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { assert } from "@std/assert";
import { nextOrder } from "./chunks.ts";
import { Feed } from "./feed.ts";
import type { Outbox } from "./outbox.ts";

export const decoder = new TextDecoder();

/** Makes a feed that these outboxes follow. */
export function feedOf(...outboxes: Outbox[]): Feed {
  const feed = new Feed();
  for (const outbox of outboxes) outbox.follow(feed);
  return feed;
}

/** Appends lines to a feed, each as an event of its own. */
export function append(feed: Feed, ...lines: string[]): void {
  for (const line of lines) feed.append(line, nextOrder());
}

/** Reads the next batch. The test fails if none is ready. */
export async function batch(outbox: Outbox): Promise<string> {
  assert(outbox.backlog > 0, "nothing is ready");
  const { value } = await outbox.next();
  return decoder.decode(value);
}

/** Reads everything that is ready now, as lines. */
export async function ready(outbox: Outbox): Promise<string[]> {
  let text = "";
  while (outbox.backlog > 0) text += await batch(outbox);
  return text.split("\r\n").slice(0, -1);
}

/** Ends outboxes. A feed that nobody follows any more has no timer. */
export function end(...outboxes: Outbox[]): void {
  for (const outbox of outboxes) outbox.end();
}

/** Lets the event loop turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lets everything happen that happens at the end of this turn. */
export async function microtasks(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

/** Returns how many bytes `act` copies from one array into another. */
export function copiedBy(act: () => void): number {
  const { set } = Uint8Array.prototype;
  let copied = 0;
  Uint8Array.prototype.set = function (source, offset) {
    copied += source.length;
    return set.call(this, source, offset);
  };
  try {
    act();
  } finally {
    Uint8Array.prototype.set = set;
  }
  return copied;
}
