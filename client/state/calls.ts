/**
 * What a client knows of calls: who is in the call of a channel or of a person, what each of them does there, and who calls this
 * person. It knows of no sound and no picture: a view that has those negotiates them itself, by the signals that pass through
 * here.
 *
 * A call is named as its talk is: by the channel, or by the other person. The server tells of each who leaves it: whoever's
 * connection is lost has their place for a while, so that QUIT alone takes nobody out.
 *
 * @module
 */

import { detached, type Message } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { graphemes } from "../graphemes.ts";
import { foldName, isName, isSameName } from "../names.ts";
import { type CallWord, readWords } from "./call_words.ts";
import type { CallRecord } from "./line.ts";

/** The capability by which a server tells of calls. */
export const CALLS = "teahouse.chat/call";

/** The token of 005 that says how many people a call can have; absent where there are no calls. */
export const MOST_IN_CALL = "teahouse.chat/CALL";

/** The tag by which two people in a call negotiate how they hear each other. */
export const SIGNAL_TAG = "+teahouse.chat/rtc";

/** Somebody in a call. */
export interface CallMember {
  readonly nick: string;
  readonly words: ReadonlySet<CallWord>;
}

/** A server that helps two people to reach each other, with what it asks for. */
export interface IceServer {
  readonly urls: string;
  readonly username?: string;
  readonly credential?: string;
}

/** The call of a talk. */
export interface Call {
  /** The channel, or the other person. */
  readonly target: string;
  /** Those who are in it, by folded nick. */
  readonly members: Map<string, CallMember>;
  /**
   * Since when it runs, in milliseconds since 1970: in a channel from its beginning, between two from the answer. Undefined where
   * this client does not know it.
   */
  since: number | undefined;
  /** What the server gave this client on joining. */
  iceServers: IceServer[];
  /** To whom signals go where an engine carries the call: the server. Undefined where they go to each of the others. */
  engine: string | undefined;
  /** Whether it is a call to this person, which they have not answered. */
  isRinging: boolean;
  /** Whether the view has been told of it. */
  isTold: boolean;
}

/** What has changed in a call. `members`: who is in it was told anew. */
export type CallChange =
  | "join"
  | "state"
  | "part"
  | "kick"
  | "mute"
  | "react"
  | "ring"
  | "answered"
  | "members"
  | "renamed";

/** A change of a call. */
export interface CallEvent {
  type: "call";
  /** The call's name as it is now. */
  target: string;
  change: CallChange;
  /** About whom it is. */
  nick: string;
  /** Who has done it, where that is somebody else. */
  by: string;
  /** Whether it is about this client's own person. */
  own: boolean;
  /** Why somebody left, in their words or the server's; how they react; the call's name before, where it has another now. */
  text: string;
  /** Whether this client hears of a call for the first time that ran before. */
  isNew?: true;
  /** What the talk keeps of it as a line, if it has begun or ended the call. */
  record?: CallRecord;
}

/** What somebody in a call sent to this client, as it came: see `SIGNAL_TAG`. */
export interface SignalEvent {
  type: "signal";
  from: string;
  value: string;
}

/** Who asks: what a call needs to know of the client. */
interface Reader {
  readonly nick: string;
  readonly isupport: { isChannel(name: string): boolean };
}

/** To whom signals go in such a mode of a call, if to one for all. */
function engineOf([mode, name]: readonly string[]): string | undefined {
  return mode === "engine" && name !== undefined && isName(name) ? detached(name) : undefined;
}

/** All calls that one client knows of. */
export class Calls {
  readonly #all = new Map<string, Call>();
  /** The calls that there were when the connection was lost: this client may come back to them. */
  #before: ReadonlyMap<string, Call> = new Map();
  /** Who has come or gone in a call since its members were listed last, by folded names: the answer may be read later. */
  readonly #since = new Map<string, Set<string>>();
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** The call of a talk; undefined where there is none. */
  of(target: string): Call | undefined {
    return this.#all.get(foldName(target));
  }

  /** The calls to this person that they have not answered. */
  get ringing(): Call[] {
    return [...this.#all.values()].filter(({ isRinging }) => isRinging);
  }

  /** Forgets all of them: the connection is lost, and nobody tells who leaves. */
  clear(): void {
    if (this.#all.size > 0) this.#before = new Map(this.#all);
    this.#all.clear();
    this.#since.clear();
  }

  /** Forgets the call of a channel that this person has left. */
  forget(target: string): void {
    this.#all.delete(foldName(target));
    this.#since.delete(foldName(target));
  }

  /** Takes a CALL of the server. @param from Its source's nick. @param now As in `leave`. */
  take({ tags, params }: Message, from: string, now: number): CallEvent | undefined {
    const [subcommand = "", told = "", ...rest] = params;
    const target = this.#nameOf(told, from);
    if (!isName(target)) return undefined;
    const isListed = tags.batch !== undefined;
    return this.#commands.get(subcommand.toUpperCase())?.(target, from, rest, now, isListed);
  }

  /**
   * Takes who is in a call, as the server has listed it: whoever is not named is not there, but for those who have come or gone
   * since.
   *
   * @param members The parameters of its CALL MEMBER, without the first two.
   * @param isNew Whether this person has joined, and knew of no call there before.
   */
  list(target: string, members: readonly string[][], now: number, isNew = false): CallEvent {
    const before = this.of(target);
    const nicks = new Set(members.map(([nick = ""]) => foldName(nick)));
    const since = this.#since.get(foldName(target)) ?? new Set();
    this.#since.delete(foldName(target));
    for (const folded of before?.members.keys() ?? []) {
      if (!nicks.has(folded) && !since.has(folded)) before!.members.delete(folded);
    }
    for (const [nick = "", words = ""] of members) if (!since.has(foldName(nick))) this.#put(target, nick, words);
    this.#dropEmpty(target);
    const call = this.of(target);
    if (call === undefined || !this.#isIn(call)) return this.#event(target, "members", this.#reader.nick);
    call.isRinging = false;
    if (isNew && call.members.size === 1 && this.#isOfChannel(call)) {
      call.since = now;
      return this.#event(target, "members", this.#reader.nick, { record: { what: "began" } });
    }
    this.#goOn(call);
    if (!this.#isOfChannel(call) && call.members.size > 1) call.since ??= now;
    return this.#event(target, "members", this.#reader.nick);
  }

  /** Somebody has another nick. @returns The call that has another name by that. */
  rename(from: string, to: string): CallEvent | undefined {
    for (const { target, members } of this.#all.values()) {
      const member = members.get(foldName(from));
      if (member === undefined) continue;
      for (const nick of [from, to]) this.#moved(target, nick);
      members.delete(foldName(from));
      members.set(foldName(to), { ...member, nick: detached(to) });
    }
    return this.of(from) === undefined ? undefined : this.renameTarget(from, to);
  }

  /** A talk has another name, and so has its call. */
  renameTarget(from: string, to: string): CallEvent | undefined {
    const call = this.of(from);
    if (call === undefined) return undefined;
    this.forget(from);
    this.#all.set(foldName(to), { ...call, target: detached(to) });
    return this.#event(to, "renamed", this.#reader.nick, { text: from });
  }

  /**
   * Somebody has left a call, or does not take it.
   *
   * @param now Milliseconds since 1970, by this machine's clock.
   */
  leave(target: string, nick: string, now: number, reason = ""): CallEvent {
    this.#moved(target, nick);
    // This person may leave while there is no connection.
    const call = this.of(target) ?? (this.#isSelf(nick) ? this.#before.get(foldName(target)) : undefined);
    this.#forgetBefore(target);
    const record = call && this.#leave(call, nick, now, reason);
    return this.#event(target, "part", nick, { text: reason, ...(record === undefined ? {} : { record }) });
  }

  /** Takes somebody out of a call. @returns What is told of the call, if it is over by that. */
  #leave(call: Call, nick: string, now: number, reason: string): CallRecord | undefined {
    const { target, members, isRinging, since } = call;
    const lasted = since === undefined ? {} : { lasted: Math.max(0, now - since) };
    if (this.#isOfChannel(call)) {
      members.delete(foldName(nick));
      if (members.size > 0) return undefined;
      this.forget(target);
      return { what: "ended", ...lasted };
    }
    // A call of two is over with either.
    this.forget(target);
    if (isRinging) return { what: this.#isSelf(nick) ? "declined" : "missed" };
    if (!this.#isIn(call)) return undefined;
    if (since !== undefined) return { what: "call", ...lasted };
    return { what: reason === "declined" ? "declined" : "unanswered" };
  }

  /** Goes on with a call that was there when the connection was lost: somebody is in it who was in it then. */
  #goOn(call: Call): void {
    const before = this.#before.get(foldName(call.target));
    if (before === undefined) return;
    this.#forgetBefore(call.target);
    const common = [...call.members.keys()].filter((nick) => before.members.has(nick));
    if (common.length >= (this.#isOfChannel(call) ? 1 : 2)) call.since ??= before.since;
  }

  #forgetBefore(target: string): void {
    const folded = foldName(target);
    if (this.#before.has(folded)) this.#before = new Map([...this.#before].filter(([name]) => name !== folded));
  }

  readonly #commands = new Map<
    string,
    (target: string, from: string, rest: string[], now: number, isListed: boolean) => CallEvent | undefined
  >([
    ["JOIN", (target, from, [words = ""], now) => {
      const isNew = this.of(target) === undefined;
      const call = this.#put(target, from, words);
      this.#moved(target, from);
      if (call === undefined) return undefined;
      const hasBegun = isNew && this.#isOfChannel(call);
      const isAnswer = !this.#isOfChannel(call) && this.#isIn(call) && !this.#isSelf(from);
      if (hasBegun || isAnswer) call.since ??= now;
      return this.#event(target, "join", from, hasBegun ? { record: { what: "began" } } : {});
    }],
    ["STATE", (target, from, [words = ""]) => {
      const call = this.of(target);
      if (call?.members.has(foldName(from)) !== true) return undefined;
      call.members.set(foldName(from), { nick: detached(from), words: readWords(words) });
      this.#moved(target, from);
      return this.#event(target, "state", from);
    }],
    ["PART", (target, from, [reason = ""], now) => this.leave(target, from, now, reason)],
    ["KICK", (target, from, [nick = "", reason = ""], now) => {
      const { record } = this.leave(target, nick, now);
      return this.#event(target, "kick", nick, { by: from, text: reason, ...(record === undefined ? {} : { record }) });
    }],
    ["REACT", (target, from, [text = ""]) => {
      const [emoji] = graphemes.segment(text.slice(0, BOUNDS.reactionLength));
      if (emoji === undefined || this.of(target)?.members.has(foldName(from)) !== true) return undefined;
      return this.#event(target, "react", from, { text: emoji.segment });
    }],
    ["MUTE", (target, from, [nick = ""]) => this.#event(target, "mute", nick, { by: from })],
    ["RING", (target, from) => {
      const call = this.#put(target, from, "audio");
      if (call === undefined) return undefined;
      call.isRinging = true;
      call.since = undefined;
      return this.#event(target, "ring", from);
    }],
    ["ANSWERED", (target, from) => {
      // It goes on elsewhere, and this client is told no more of it: neither where it rang, nor where it was in a call of two.
      const call = this.of(target);
      if (call !== undefined && !this.#isOfChannel(call)) this.forget(target);
      return this.#event(target, "answered", from);
    }],
    // What follows the last one of those who are in it, or the engine that carries the call from now on.
    ["MODE", (target, _, mode, __, isListed) => {
      const call = this.of(target);
      if (call === undefined) return undefined;
      if (isListed) this.#since.set(foldName(target), new Set());
      call.engine = engineOf(mode);
      const isNew = !call.isTold && !this.#before.has(foldName(target));
      this.#goOn(call);
      return this.#event(target, "members", this.#reader.nick, isNew ? { isNew } : {});
    }],
    ["MEMBER", (target, _, [nick = "", words = ""]) => {
      this.#put(target, nick, words);
      return undefined;
    }],
    ["ICE", (target, _, [urls = "", username, credential]) => {
      const call = this.of(target) ?? this.#make(target);
      if (call === undefined || call.iceServers.length >= BOUNDS.iceServers) return undefined;
      call.iceServers.push({
        urls,
        ...(username === undefined ? {} : { username }),
        ...(credential === undefined ? {} : { credential }),
      });
      return undefined;
    }],
  ]);

  /** The talk that a name of the server means: to whom it is told, a private call is named by the other person. */
  #nameOf(told: string, from: string): string {
    return !this.#reader.isupport.isChannel(told) && isSameName(told, this.#reader.nick) ? from : told;
  }

  #make(target: string): Call | undefined {
    if (this.#all.size >= BOUNDS.calls) return undefined;
    const call: Call = {
      target: detached(target),
      members: new Map(),
      since: undefined,
      iceServers: [],
      engine: undefined,
      isRinging: false,
      isTold: false,
    };
    this.#all.set(foldName(target), call);
    return call;
  }

  #put(target: string, nick: string, words: string): Call | undefined {
    const call = this.of(target) ?? this.#make(target);
    const folded = foldName(nick);
    if (call === undefined || !isName(nick)) return undefined;
    if (call.members.size >= BOUNDS.callMembers && !call.members.has(folded)) return undefined;
    call.members.set(folded, { nick: detached(nick), words: readWords(words) });
    return call;
  }

  /** Notes that somebody has come, gone or changed since the members were listed. */
  #moved(target: string, nick: string): void {
    const since = this.#since.get(foldName(target));
    if (since !== undefined && since.size < 2 * BOUNDS.callMembers) since.add(foldName(nick));
  }

  #dropEmpty(target: string): void {
    if (this.of(target)?.members.size === 0) this.forget(target);
  }

  #isSelf(nick: string): boolean {
    return isSameName(nick, this.#reader.nick);
  }

  /** Whether this person is in it, by whatever client. */
  #isIn({ members }: Call): boolean {
    return members.has(foldName(this.#reader.nick));
  }

  #isOfChannel({ target }: Call): boolean {
    return this.#reader.isupport.isChannel(target);
  }

  #event(target: string, change: CallChange, nick: string, more: Partial<CallEvent> = {}): CallEvent {
    const call = this.of(target);
    if (call !== undefined) call.isTold = true;
    return { type: "call", target, change, nick, by: "", own: this.#isSelf(nick), text: "", ...more };
  }
}
