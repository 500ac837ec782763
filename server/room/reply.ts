/**
 * The reply to one command. It sees to the command's label (IRCv3 labeled-response): no response becomes an ACK, one
 * carries the label, several become a batch.
 *
 * This is how the server tells anyone anything. Use the first that fits:
 *
 * - `reply.send(event)` answers the command at hand. `numeric`, `fail`, `batch` and `batchInSteps` are short ways to write
 *   it.
 * - `reply.sendToPerson(event)` answers it likewise, and tells the person's other sessions: it concerns the person.
 * - `throw new ReplyError(numeric, ...params)` refuses the command, from its handler or from what that calls. Where the
 *   specification has a standard reply (FAIL), the handler calls `reply.fail` and returns.
 * - `reply.publish(channel, event)` tells a channel what the command did there. The sender sees it as the answer.
 * - `channel.publish(event, except)` tells a channel what is not the answer to a command: all members' sessions, but for
 *   the sessions in `except`.
 * - `chat.tellPeers(person, event)` tells all who share a channel with a person, each once, and not that person.
 * - `person.tell(event)` tells all sessions of a person what is no answer.
 * - `session.deliver(event)` tells one connection what is no answer.
 * - `deliverToAll(sessions, event)` tells chosen sessions that are not a channel: watchers, subscribers, operators.
 *
 * @module
 */

import { byteLength, formatTags } from "../../protocol.ts";
import { encode, isFor } from "./encode.ts";
import type { Event } from "./event.ts";
import type { Channel } from "./channel.ts";
import type { Session } from "./session.ts";

/** A refusal of a command: the numeric and its parameters after the nick. One catch sends it as the reply. */
export class ReplyError extends Error {
  override name = "ReplyError";
  readonly numeric: string;
  readonly params: string[];

  constructor(numeric: string, ...params: string[]) {
    super(`${numeric} ${params.join(" ")}`);
    this.numeric = numeric;
    this.params = params;
  }
}

/** A refusal for which there is a standard reply (IRCv3 standard-replies): a FAIL of a command, with a code. */
export class Failure extends ReplyError {
  override name = "Failure";

  constructor(...params: [command: string, code: string, ...contextAndDescription: string[]]) {
    super("FAIL", ...params);
  }

  /** Answers a command with it. */
  answer(reply: Reply): void {
    reply.fail(...this.params as [command: string, code: string]);
  }
}

/** The most bytes of a label that is answered (IRCv3 labeled-response, "Tag value"). */
const LONGEST_LABEL = 64;

/** The reply to one command of one session. */
export class Reply {
  readonly session: Session;
  #label: string | undefined;
  /** The first response of a labeled command, held until it is known whether there are more. */
  #first: Event | undefined;
  /** The batch of the responses, once there are several. */
  #batch: string | undefined;

  /** @param label The command's label, if it has one. Without one every event is sent as it comes. */
  constructor(session: Session, label?: string) {
    this.session = session;
    this.adoptLabel(label);
  }

  /** Has this reply answer another command's label, if that is one that can be answered. */
  adoptLabel(label: string | undefined): void {
    const { session } = this;
    const isUsable = label !== undefined && label !== "" && byteLength(label) <= LONGEST_LABEL;
    if (!isUsable || !session.has("labeled-response") || !session.has("batch")) return;
    this.#label = label;
    session.labeledReplies.add(this);
  }

  /** Answers the command with an event, if its client may be told such an event at all. */
  send(event: Event): void {
    const { session } = this;
    if (!isFor(event, session.caps)) return;
    if (this.#label === undefined) return session.deliver(event);
    if (this.#batch === undefined && this.#first === undefined) {
      this.#first = event;
      return;
    }
    if (this.#batch === undefined) {
      const batch = this.#batch = session.origin.nextId();
      const start = session.origin.event("BATCH", ["+" + batch, "labeled-response"]);
      session.deliver({ ...start, label: this.#label });
      session.deliver({ ...this.#first!, batch });
    }
    session.deliver({ ...event, batch: this.#batch });
  }

  /** Answers the command with an event that concerns the person, and tells the person's other sessions as news. */
  sendToPerson(event: Event): void {
    const { session, session: { person } } = this;
    if (person.sessions.size > 1) person.tell(event, session);
    this.send(event);
  }

  /** The same with a numeric. */
  numericToPerson(numeric: string, ...params: string[]): void {
    const { origin, person } = this.session;
    this.sendToPerson(origin.event(numeric, [person.nick, ...params]));
  }

  /**
   * Answers with a numeric: `:server numeric nick params...`. What a client wrote may stand in any parameter; `encode`
   * replaces what can't be repeated.
   */
  numeric(numeric: string, ...params: string[]): void {
    const { origin, person } = this.session;
    this.send(origin.event(numeric, [person.nick, ...params]));
  }

  /** Answers with a standard reply (IRCv3 standard-replies): a command, a code, contexts, and a description. */
  fail(...params: [command: string, code: string, ...contextAndDescription: string[]]): void {
    this.send(this.session.origin.event("FAIL", params));
  }

  /** Answers with a batch of events (IRCv3 batch), or with the events alone if the client knows no batches. */
  batch(type: string[], events: Iterable<Event>): void {
    for (const _ of this.batchInSteps(type, events));
  }

  /**
   * The same in steps, for a batch that may be long: its reader can be waited for after each event. As the first answer to a
   * labeled command the batch carries the label, so what the session is told meanwhile is no part of the answer; after other
   * answers it is a batch of its own. The batch is closed even if the events throw.
   *
   * @param events An undefined one is a step that gave no event.
   * @param isEnd See `Event`.
   */
  *batchInSteps(type: string[], events: Iterable<Event | undefined>, isEnd = false): Generator<void> {
    const { session } = this;
    const { origin } = session;
    if (!session.has("batch")) {
      for (const event of events) yield event && this.send(event);
      return;
    }
    const batch = origin.nextId();
    const label = this.#first === undefined ? this.takeLabel() : undefined;
    const start = { ...origin.event("BATCH", ["+" + batch, ...type]), isEnd };
    session.deliver(label === undefined ? start : { ...start, label });
    try {
      for (const event of events) yield event && session.deliver({ ...event, batch });
    } finally {
      session.deliver(origin.event("BATCH", ["-" + batch]));
    }
  }

  /**
   * Tells a channel what this command did there. Its session sees that as the response to a labeled command, or to one from
   * outside the channel, and otherwise in the channel's own order. The person's other sessions see it as members do.
   *
   * @param isEchoed Whether the session sees it at all.
   */
  publish(channel: Channel, event: Event, isEchoed = true): void {
    const isInOrder = isEchoed && this.#label === undefined && channel.isFollowedBy(this.session);
    channel.publish(event, isInOrder ? undefined : [this.session]);
    if (isEchoed && !isInOrder) this.send(event);
  }

  /** Takes the label away from this reply, since a later one answers the command; gives it. */
  takeLabel(): string | undefined {
    const label = this.#label;
    this.#label = undefined;
    this.session.labeledReplies.delete(this);
    return label;
  }

  /** Completes the reply: everything that answers the command has been sent. */
  end(): void {
    const { session } = this;
    if (this.#label === undefined) return;
    if (this.#batch !== undefined) session.deliver(session.origin.event("BATCH", ["-" + this.#batch]));
    else session.deliver({ ...this.#first ?? session.origin.event("ACK", []), label: this.#label });
    this.#label = this.#batch = this.#first = undefined;
    session.labeledReplies.delete(this);
  }

  /** Ends the reply with the session, whose last line answers it. Gives the tags that stand before that line. */
  cut(): string {
    const { session } = this;
    if (this.#batch === undefined) return formatTags({ label: this.#label! });
    session.outbox.send(encode(session.origin.event("BATCH", ["-" + this.#batch]), session.caps)!);
    return "";
  }
}
