/**
 * A recipient: one connection that is told events, as far as persons, channels and the metadata's subscribers need it.
 * `Session` is the one implementation.
 *
 * @module
 */

import type { Device } from "../auth/device.ts";
import type { Outbox } from "../fanout/outbox.ts";
import type { Capability } from "./capabilities.ts";
import { encode, tellingCapabilities } from "./encode.ts";
import type { Event } from "./event.ts";

/** A connection that events can be delivered to. */
export interface Recipient {
  /** What is queued for it. */
  readonly outbox: Outbox;
  /** The capabilities that decide how an event is encoded: bits of `CAPABILITIES`. */
  readonly caps: number;
  /** Whether the connection is over. Nothing is delivered to it any more. */
  readonly isOver: boolean;
  /** When the connection was last heard, where it ended because it fell silent. Milliseconds since 1970. */
  readonly lostAt: number | undefined;
  /** When the connection last sent a line. Milliseconds since 1970. */
  readonly heardAt: number;
  /** The address that the connection comes from. */
  readonly address: string;
  /** Whether nobody on the way can read or change what it carries. */
  readonly isSecure: boolean;
  /** The device by which its person came, if they did. */
  device: Device | undefined;
  /** When it last proved that it knows the password of the account, in milliseconds of `Guesses.now`. */
  provedAt: number;
  /** Whether registration is complete. */
  readonly isRegistered: boolean;
  /** The keys of which it wants to know of others (IRCv3 metadata). */
  readonly subscriptions: ReadonlySet<string>;
  /** Whether it has negotiated a capability. */
  has(capability: Capability): boolean;
  /** Tells it an event at once, after everything that is queued for it. */
  deliver(event: Event): void;
  /** Ends it. @param reason As QUIT tells it to others. */
  close(reason: string): void;
  /** Has the next line that comes from it wait until something is done. */
  waitFor(done: Promise<void>): void;
}

/**
 * Tells several recipients the same event. The event is encoded once for all who negotiated the same capabilities.
 *
 * @param recipients May name one more than once only if it is to be told more than once.
 */
export function deliverToAll(recipients: Iterable<Recipient>, event: Event): void {
  const lines = new Map<number, string | undefined>();
  for (const { isOver, caps: all, outbox } of recipients) {
    if (isOver) continue;
    const caps = tellingCapabilities(event, all);
    if (!lines.has(caps)) lines.set(caps, encode(event, caps));
    const line = lines.get(caps);
    if (line !== undefined) outbox.tell(line);
  }
}

/** The sessions of several persons, one after the other. */
export function* sessionsOf(persons: Iterable<{ readonly sessions: Iterable<Recipient> }>): Generator<Recipient> {
  for (const { sessions } of persons) yield* sessions;
}
