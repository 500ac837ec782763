/**
 * A talk: what is said in one channel or with one person, in order, and what belongs to it. Each message is in it once, however
 * often it comes.
 *
 * @module
 */

import { reactionOf } from "../../emoji/mod.ts";
import { detached } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { isMsgid } from "../names.ts";
import { isNews, isSpeech, lineSize, putRemoval, type Redaction, type TalkLine } from "./line.ts";
import { Members } from "./members.ts";
import { Peer } from "./peer.ts";
import { PendingReactions } from "./pending_reactions.ts";
import type { Silence } from "./silence.ts";
import { changeReactions, type Identity, type Reactor, reactorOf } from "./reactions.ts";

/** A point in a talk up to which nothing is missing. */
export interface HistoryAnchor {
  time: number;
  msgid?: string;
}

/** Where a part of a history belongs, and how it counts. */
export interface InsertOptions {
  /** The msgid of the line that it comes after, where that is known. */
  after?: string | undefined;
  /**
   * Whether it was said while this client was away, and counts as unread. Else the read marker decides, if there is one.
   */
  isMissed?: boolean;
  /** Whether the bound grows by as many lines until `trim`, since somebody who asks for old lines wants to see them. */
  isAsked?: boolean;
}

/** A channel or a person, and what was said there. */
export class Talk {
  readonly kind: "channel" | "private";
  /** The channel's name or the person's nick, as the server spells it. */
  name: string;
  topic = "";
  /** Of a channel: whether no list has it (mode `s`). */
  isSecret = false;
  /** Who is in the channel, by folded nick; empty for a person, and while there is no connection. */
  readonly members = new Members();
  /** Who is typing, by folded nick (IRCv3 typing). */
  readonly typing = new Map<string, string>();
  /** Why this client's person may not talk here, where the server has told; see restriction_replies.ts. */
  silence: Silence | undefined;
  /** What the person is writing here; the view keeps it here. */
  draft = "";
  /** Whether this person has said something here, or opened the talk by their own will. */
  isChosen = false;
  /** Where the person is, as the server said last (the host of a source). */
  host: string | undefined;
  /** How many lines others said since `markRead`, and how many of these name this person or are private. */
  unread = 0;
  mentions = 0;
  /**
   * Up to when it was read, in milliseconds since 1970, where that is known (IRCv3 draft/read-marker); 0 where nothing was read
   * although this person has been in it before.
   */
  readTime: number | undefined;
  /** Whether all older lines are loaded. */
  complete = false;
  /** Where the history goes on after a lost connection; undefined while nothing is missing. */
  anchor: HistoryAnchor | undefined;
  /**
   * Lines from further back that do not join the others yet, while a person reads there: around a hit of a search, or where a
   * link leads. It is brought by `Excerpts.around`, and the view drops it.
   */
  excerpt: Talk | undefined;
  /** Grows with each change, so that a view can tell whether it has to draw anew. */
  version = 0;

  /** The size of all lines (see BOUNDS). */
  #size = 0;
  readonly #lines: TalkLine[] = [];
  /** Of a talk with a person, the other one. */
  readonly peer = new Peer(this.#lines);
  readonly #byMsgid = new Map<string, TalkLine>();
  readonly #pending = new PendingReactions();
  readonly #limit: number;
  readonly #onGrown: (talk: Talk) => void;
  #allowed: number;

  /**
   * @param limit How many lines are kept at least before the oldest are dropped.
   * @param onGrown Called when lines or reactions have come; it may make this talk drop some.
   */
  constructor(
    name: string,
    kind: Talk["kind"],
    limit: number = BOUNDS.lines,
    onGrown: (talk: Talk) => void = () => {},
  ) {
    this.name = name;
    this.kind = kind;
    this.#onGrown = onGrown;
    this.#limit = this.#allowed = limit;
  }

  /** The lines, oldest first. */
  get lines(): readonly TalkLine[] {
    return this.#lines;
  }

  /** The size of all that is kept, in UTF-16 units, about. */
  get size(): number {
    return this.#size + this.#pending.size;
  }

  /** Drops the older half, since there is too much in all talks together. */
  halve(): void {
    this.#pending.clear();
    this.#drop(Math.ceil(this.#lines.length / 2));
  }

  /** The line with that msgid. */
  find(msgid: string | undefined): TalkLine | undefined {
    return msgid === undefined ? undefined : this.#byMsgid.get(msgid);
  }

  /** The last line with a msgid, by which a history can be asked for. */
  get last(): TalkLine | undefined {
    return this.#lines.findLast(({ msgid }) => msgid !== undefined);
  }

  /** When the last line came that is told as read: one with a msgid, or a call that was missed. */
  get lastTime(): number | undefined {
    return this.#lines.findLast(({ msgid, call }) => msgid !== undefined || call?.what === "missed")?.time;
  }

  /** The first line with a msgid. */
  get first(): TalkLine | undefined {
    return this.#lines.find(({ msgid }) => msgid !== undefined);
  }

  /** What was said, newest first, without what was removed. */
  *said(): Generator<TalkLine, void, undefined> {
    for (let i = this.#lines.length - 1; i >= 0; i--) {
      const line = this.#lines[i];
      if (isSpeech(line) && line.redacted === undefined) yield line;
    }
  }

  /** Takes a line that has just come. @returns Whether it is new. */
  append(line: TalkLine): boolean {
    if (this.find(line.msgid) !== undefined) return false;
    if (line.peer !== undefined) this.#size += this.peer.meet(line.peer);
    this.#lines.push(line);
    this.#index(line);
    this.#count(line);
    this.#bound();
    this.version++;
    return true;
  }

  /**
   * Takes a part of the history.
   *
   * @param lines In order. Those that are there already show where the others belong; where there are none, their time does.
   * @returns Those that are new, in their order.
   */
  insert(lines: readonly TalkLine[], options: InsertOptions = {}): TalkLine[] {
    const steps = this.inserting(lines, options);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  /** The same in steps, one line each. Between the steps lines may be dropped, but no new lines may be appended. */
  *inserting(
    lines: readonly TalkLine[],
    { after, isMissed = false, isAsked = !isMissed }: InsertOptions = {},
  ): Generator<void, TalkLine[], undefined> {
    const added: TalkLine[] = [];
    let last = this.find(after);
    let at = last === undefined ? this.#lowerBound(lines[0]?.time ?? 0) : this.#lines.indexOf(last) + 1;
    for (const line of lines) {
      if (last !== undefined && this.#lines[at - 1] !== last) {
        const place = this.#lines.indexOf(last);
        at = place < 0 ? this.#lowerBound(line.time) : place + 1;
      }
      const known = this.find(line.msgid);
      if (known !== undefined) at = this.#lines.indexOf(known) + 1;
      else {
        while (at < this.#lines.length && this.#lines[at].time < line.time) at++;
        this.#lines.splice(at++, 0, line);
        this.#index(line);
        // A server is asked from the moment before the last line that was read.
        if (isMissed && line.time > (this.readTime ?? -Infinity)) this.#count(line);
        added.push(line);
      }
      last = known ?? line;
      yield;
    }
    if (!isMissed && this.readTime !== undefined) this.#countUnread(this.readTime, new Set(added));
    if (isAsked) this.#allowed += added.length;
    this.#bound();
    if (added.length > 0) this.version++;
    return added;
  }

  /**
   * Takes over the talk with the person who had the same nick before: the lines, what is unread, and the drafts.
   * @param isShown Whether the other one is shown, so that the person means whom it is with.
   */
  takeOver(other: Talk, isShown = false): void {
    if (other === this) return;
    const { unread, mentions } = this;
    if ((isShown || other.draft !== "") && other.peer.last !== this.peer.last) this.peer.held = other.meant;
    this.insert(other.lines);
    this.unread = unread + other.unread;
    this.mentions = mentions + other.mentions;
    this.draft = [other.draft, this.draft].filter((text) => text !== "").join("\n");
    this.isChosen ||= other.isChosen;
  }

  /** Forgets all lines, since a gap could not be filled. */
  clear(): void {
    this.#pending.clear();
    this.#drop(this.#lines.length);
    this.anchor = undefined;
  }

  /** Drops the oldest lines beyond the bound, those too that the person asked for; they can be loaded again. */
  trim(): void {
    this.#allowed = this.#limit;
    if (this.#lines.length > this.#limit) this.#drop(this.#lines.length - this.#limit);
  }

  /**
   * Adds a reaction, or takes it back. A reaction to a line that is not there is kept until it is loaded.
   *
   * @returns The line, if that has changed something.
   */
  react(msgid: string, text: string, nick: string, isAdded: boolean, identity?: Identity): TalkLine | undefined {
    if (!isMsgid(msgid) || text === "" || [...text].length > BOUNDS.reactionLength) return undefined;
    const reaction = reactionOf(text);
    const line = this.find(msgid);
    if (line === undefined && this.excerpt?.find(msgid) !== undefined) {
      return this.excerpt.react(msgid, text, nick, isAdded, identity);
    }
    const reactor = reactorOf(nick, identity);
    if (line === undefined) this.#pending.keep(msgid, reaction, reactor, isAdded);
    const isChanged = line !== undefined && this.#react(line, reaction, reactor, isAdded);
    if (isAdded) this.#onGrown(this);
    return isChanged ? line : undefined;
  }

  /** Changes the reactions to a line. @returns Whether that changed something. */
  #react(line: TalkLine, reaction: string, reactor: Reactor, isAdded: boolean): boolean {
    if (line.redacted !== undefined) return false;
    const grown = changeReactions(line.reactions, reaction, reactor, isAdded);
    if (grown === undefined) return false;
    this.#size += grown;
    this.version++;
    line.changes = (line.changes ?? 0) + 1;
    return true;
  }

  /** Gives a line that was said another text. @returns What it said before; undefined where there is no such line. */
  edit(msgid: string, { kind, text }: Pick<TalkLine, "kind" | "text">, time: number): string | undefined {
    const line = this.find(msgid);
    if (line === undefined && this.excerpt !== undefined) return this.excerpt.edit(msgid, { kind, text }, time);
    if (line === undefined || line.redacted !== undefined || !isSpeech(line)) return undefined;
    const before = line.text;
    this.#size += text.length - before.length;
    line.kind = kind;
    line.text = detached(text);
    line.edited = time;
    line.changes = (line.changes ?? 0) + 1;
    this.version++;
    this.#onGrown(this);
    return before;
  }

  /** Takes the text out of a line. @returns The line, if it is there and was not removed before. */
  redact(msgid: string, redaction: Redaction): TalkLine | undefined {
    const line = this.find(msgid);
    if (line === undefined && this.excerpt !== undefined) return this.excerpt.redact(msgid, redaction);
    if (line === undefined || line.redacted !== undefined) return undefined;
    this.#size -= lineSize(line);
    putRemoval(line, redaction);
    this.#size += lineSize(line);
    this.version++;
    this.#onGrown(this);
    return line;
  }

  /** Notes that all is read. */
  markRead(): void {
    if (this.unread > 0 || this.mentions > 0) this.version++;
    this.unread = this.mentions = 0;
    this.trim();
  }

  /** Notes up to when it was read, here or on another device of the same person. */
  readUpTo(time: number): void {
    if (this.readTime !== undefined && time <= this.readTime) return;
    this.readTime = time;
    this.unread = this.mentions = 0;
    this.#countUnread(time);
    this.version++;
  }

  /**
   * Counts what was said after a time as unread. A line that stands before one of that time or earlier is read, whatever its own
   * time: the server's clock may have been ahead, and then set right.
   *
   * @param among The lines that count; all of them where this is left out.
   */
  #countUnread(time: number, among?: ReadonlySet<TalkLine>): void {
    const lastRead = this.#lines.findLastIndex((line) => line.time <= time);
    for (const line of this.#lines.slice(lastRead + 1)) if (among?.has(line) !== false) this.#count(line);
  }

  /** Whom what is said here is meant for: see `Peer.meant`. In a channel it is for everybody. */
  get meant(): string | undefined {
    return this.kind === "channel" ? undefined : this.peer.meant;
  }

  /** See `Peer.note`. */
  noteMeant(): () => boolean {
    return this.kind === "channel" ? () => true : this.peer.note();
  }

  #count(line: TalkLine): void {
    if (line.redacted !== undefined || !isNews(line)) return;
    this.unread++;
    if (line.mention || line.call !== undefined || (line.private && line.kind !== "notice")) this.mentions++;
  }

  #index(line: TalkLine): void {
    this.#size += lineSize(line);
    this.isChosen ||= line.own;
    if (line.msgid === undefined) return;
    this.#byMsgid.set(line.msgid, line);
    for (const [reaction, nicks] of this.#pending.take(line.msgid)) {
      for (const reactor of nicks.reactors()) this.#react(line, reaction, reactor, true);
    }
  }

  #bound(): void {
    // A tenth is dropped at once: dropping one line is as much work as dropping a thousand.
    if (this.#lines.length > this.#allowed) this.#drop(this.#lines.length - Math.ceil(this.#allowed * 0.9));
    this.#onGrown(this);
  }

  #drop(count: number): void {
    for (const line of this.#lines.splice(0, count)) {
      this.#size -= lineSize(line);
      if (line.msgid !== undefined) this.#byMsgid.delete(line.msgid);
    }
    this.complete = false;
    this.version++;
  }

  /** The index of the first line that is not older than `time`. */
  #lowerBound(time: number): number {
    const at = this.#lines.findIndex((line) => line.time >= time);
    return at < 0 ? this.#lines.length : at;
  }
}

/** The point of a line that has a msgid. */
export function anchorAt(line: TalkLine | undefined): HistoryAnchor | undefined {
  return line === undefined ? undefined : { time: line.time, msgid: line.msgid! };
}
