/**
 * A session: one connection of a person. It holds what was negotiated on this connection, and what is still to be told
 * over it. Whoever carries the connection's bytes reads `outbox` and calls `close`.
 *
 * @module
 */

import { fit, LIMITS } from "../../protocol.ts";
import type { Exchange } from "../auth/sasl.ts";
import type { Device } from "../auth/device.ts";
import { Outbox } from "../fanout/outbox.ts";
import { inSlices, type Pace, UNPACED } from "../turns/slices.ts";
import { CAPABILITIES, type Capability, isOwnCapability, type OwnCapability } from "./capabilities.ts";
import { encode } from "./encode.ts";
import type { Event, Line } from "./event.ts";
import type { Origin } from "./origin.ts";
import type { Person } from "./person.ts";
import type { Recipient } from "./recipient.ts";
import type { Reached } from "../wire/transport.ts";

/** A message of several lines that has begun and not ended (IRCv3 multiline). */
export interface Multiline {
  /** The batch's reference, as its sender chose it. */
  reference: string;
  target: string;
  /** PRIVMSG or NOTICE, once the first line has said which. */
  command?: string;
  readonly lines: Line[];
  /** The bytes of the text so far, line feeds included. */
  bytes: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Whom its sender means by the target, where that is a nick; see `peerKey`. */
  readonly peer: string | undefined;
  label: string | undefined;
  /** Whether it has been refused. The rest of it is passed over. */
  isRefused: boolean;
}

/** What a connection has said before it is registered. */
interface Registration {
  nick?: string;
  /** The nick that was last asked for: `nick`, or one that somebody else has. */
  wish?: string;
  user?: string;
  realname?: string;
  password?: string;
  /** Whether the password is known to be the room's. */
  hasSaidPassword?: boolean;
  /** Whether CAP LS or REQ was sent, so that registration waits for CAP END (IRCv3 capability-negotiation). */
  negotiating: boolean;
}

/** What a session takes from outside. */
export interface SessionOptions {
  /** Bytes that may wait for the session before it is closed; 1 MiB if left out. */
  sendQ?: number | undefined;
  /** Whether nobody on the way can read or change what it carries; false if left out. */
  isSecure?: boolean;
  /** By which address the peer has come. */
  reached?: Reached | undefined;
  /** Whether so many bytes may wait for the session, where that is less. */
  mayHold?: ((bytes: number) => boolean) | undefined;
  /** Called once, when the session ends: takes it from the person, or the person out of the room. @param reason As QUIT tells it. */
  onEnd: (session: Session, reason: string) => void;
}

/** One connection of a person. */
export class Session implements Recipient {
  readonly origin: Origin;
  readonly outbox: Outbox;
  /** The address that the connection comes from. */
  address: string;
  /** Whether nobody on the way can read or change what it carries. */
  isSecure: boolean;
  /** By which address its peer has come; undefined where that is not known. */
  readonly reached: Reached | undefined;
  /** Whether the connection comes from a gateway and has said nothing yet (IRCv3 webirc). */
  mayStandFor = false;
  /** The address for which such a gateway connects. */
  standsFor: string | undefined;
  /** What the connection has said so far; undefined once it is registered. */
  registration: Registration | undefined = { negotiating: false };
  /** How long work is done that this session sets off, and at whose expense. */
  pace: Pace = UNPACED;
  /** Resolves when the work is done that this session set off. Its next line waits for that. */
  settling: Promise<void> | undefined;
  /** A SASL exchange that is under way, what the client has sent of a message, and what answers a wrong password. */
  sasl: { exchange: Exchange; mechanism: string; text: string; refuse: () => void } | undefined;
  /** The nicks that this session watches (MONITOR) as it wrote them, by folded nick. */
  readonly monitored = new Map<string, string>();
  /** The keys of which it wants to know of others (IRCv3 metadata). */
  readonly subscriptions = new Set<string>();
  /** The message of several lines that it is sending. */
  multiline: Multiline | undefined;
  /** The device by which its person came, or that logged in; see auth/devices.ts. */
  device: Device | undefined;
  /** Where the secret of its device is: in its browser's cookie, or with the client; undefined where another program has it. */
  secretIn: "cookie" | "client" | undefined;
  /** The name under which it has said the password of an operator (OPER). */
  operatorAs: string | undefined;
  /** How often it has guessed a secret wrongly, see auth/guesses.ts. */
  wrongGuesses = 0;
  /** Negotiated capabilities, bits of `CAPABILITIES`. */
  caps = 0;
  /** The other negotiated capabilities. */
  ownCaps: ReadonlySet<OwnCapability> = new Set();
  /** The version that CAP LS named, 301 if it named none. */
  capVersion = 301;
  /** When it last sent a line. Milliseconds since 1970. */
  heardAt: number;
  lostAt: number | undefined;
  provedAt = -Infinity;
  isOver = false;
  /** Whether it has ended though nobody wanted that: its connection was lost. */
  isLost = false;
  /** Called once, when the session is over. */
  onClose: () => void = () => {};
  /** Called with the bytes of what this session says that is kept, where such bytes are charged. */
  onKept: ((bytes: number) => void) | undefined;
  /** Called with the bytes of each signal that it sends in a call, where lines are charged. */
  onSignal: ((bytes: number) => void) | undefined;
  /** Asked before something is kept, where that is charged. Gives what is to be waited for first. */
  affords: ((bytes: number) => Promise<void> | undefined) | undefined;
  /** The replies to labeled commands that are under way. Each adds itself, and takes itself out when it ends. */
  readonly labeledReplies = new Set<{ cut(): string }>();
  readonly #onEnd: SessionOptions["onEnd"];
  #person: Person;
  #ending: AbortController | undefined;
  #listeners: Set<{ readonly excess: number }> | undefined;

  /** @param person Whose connection it is. */
  constructor(origin: Origin, person: Person, { sendQ, isSecure = false, reached, mayHold, onEnd }: SessionOptions) {
    this.origin = origin;
    this.#person = person;
    this.address = person.address;
    this.isSecure = isSecure;
    this.reached = reached;
    this.#onEnd = onEnd;
    this.heardAt = origin.now();
    person.sessions.add(this);
    this.outbox = new Outbox({
      ...(sendQ === undefined ? {} : { limit: sendQ }),
      mayHold,
      onOverflow: () => {
        this.lostAt = this.heardAt;
        this.lose("SendQ exceeded", true);
      },
    });
  }

  /** Whose connection it is. */
  get person(): Person {
    return this.#person;
  }

  /** Becomes a connection of another person; to be called by attaching.ts. */
  belongTo(person: Person): void {
    this.#person.sessions.delete(this);
    this.#person = person;
    person.sessions.add(this);
  }

  /** Comes from another address, because a gateway says so. To be called before registration is complete. */
  comeFrom(address: string): void {
    this.address = address;
    this.#person.comeFrom(address);
  }

  /** Whether registration is complete. */
  get isRegistered(): boolean {
    return this.registration === undefined;
  }

  /** Aborted when the session is over, for whatever waits in its name. */
  get ending(): AbortSignal {
    this.#ending ??= new AbortController();
    if (this.isOver) this.#ending.abort();
    return this.#ending.signal;
  }

  has(capability: Capability): boolean {
    return isOwnCapability(capability) ? this.ownCaps.has(capability) : (this.caps & CAPABILITIES[capability]) !== 0;
  }

  /** By how many bytes those are behind whom this session has talked to since the last `forgetListeners`. */
  get listenersExcess(): number {
    return this.#listeners?.values().reduce((sum, { excess }) => sum + excess, 0) ?? 0;
  }

  /** Counts a channel's members, or one person's outbox, among those whom this session talks to. */
  noteListeners(listeners: { readonly excess: number }): void {
    (this.#listeners ??= new Set()).add(listeners);
  }

  forgetListeners(): void {
    this.#listeners = undefined;
  }

  deliver(event: Event): void {
    if (this.isOver) return;
    const line = encode(event, this.caps);
    if (line !== undefined) this.outbox.send(line);
  }

  /**
   * Does long work that this session sets off, in slices and at its expense. The session's next line waits for it.
   *
   * @param steps Yields after each small step. They are finished even if the session ends.
   * @param failure What is reported if a step throws: "cannot tell of accounts".
   * @returns Resolves when the work is done. Never rejects.
   */
  setOff(steps: Iterator<void>, failure: string): Promise<void> {
    const done = inSlices(this.pace, steps, (error) => this.origin.reportFailure(failure, error));
    this.waitFor(done);
    return done;
  }

  waitFor(done: Promise<void>): void {
    const settling = Promise.all([this.settling, done]).then(() => {
      if (this.settling === settling) this.settling = undefined;
    });
    this.settling = settling;
  }

  /** Ends the session since its connection is lost. Its person may soon be back. See `close`. */
  lose(reason: string, abandon = false): void {
    if (this.isOver) return;
    this.isLost = true;
    this.close(reason, abandon);
  }

  /**
   * Ends the session, from whatever cause. The person leaves the room with the last one. The session is told why; the
   * transport then closes the connection.
   *
   * @param reason As QUIT tells it to others.
   * @param abandon Whether what is queued is dropped, because nobody reads it.
   */
  close(reason: string, abandon = false): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#ending?.abort();
    this.#onEnd(this, reason);
    if (abandon) this.outbox.abandon(errorLine(reason));
    else this.endTelling(reason);
    this.onClose();
  }

  /** Tells the session why it ends, and nothing more. To be called before `close` where it is not to hear what others do meanwhile. */
  endTelling(reason: string): void {
    this.outbox.send(([...this.labeledReplies].at(-1)?.cut() ?? "") + errorLine(reason));
    this.outbox.end();
  }
}

/** What a session is told last. */
function errorLine(reason: string): string {
  return fit(`ERROR :Closing link: (${reason}`, LIMITS.lineBytes - 3) + ")";
}
