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
import { foldName, isName, isSameName } from "../names.ts";

/** The capability by which a server tells of calls. */
export const CALLS = "teahouse.chat/call";

/** The token of 005 that says how many people a call can have; absent where there are no calls. */
export const MOST_IN_CALL = "teahouse.chat/CALL";

/** The tag by which two people in a call negotiate how they hear each other. */
export const SIGNAL_TAG = "+teahouse.chat/rtc";

/** What somebody in a call does: is heard, shows themselves, shows a screen, is muted, has their hand up. */
export const CALL_WORDS = ["audio", "video", "screen", "muted", "hand"] as const;

export type CallWord = typeof CALL_WORDS[number];

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
  /** When this client learned of it, in milliseconds since 1970. */
  readonly since: number;
  /** What the server gave this client on joining. */
  iceServers: IceServer[];
  /** Whether it is a call to this person, which they have not answered. */
  isRinging: boolean;
}

/** What has changed in a call. `members`: who is in it was told anew. */
export type CallChange =
  | "join"
  | "state"
  | "part"
  | "kick"
  | "mute"
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
  /** Why somebody left, in their words or the server's; the call's name before, where it has another now. */
  text: string;
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

/** Reads the words of somebody's state; those that are not known are left out. */
export function readWords(text: string): Set<CallWord> {
  const known: readonly string[] = CALL_WORDS;
  return new Set(text.slice(0, 200).split(",").filter((word): word is CallWord => known.includes(word)));
}

/** Writes them as the server reads them. */
export function writeWords(words: Iterable<CallWord>): string {
  return [...words].join(",");
}

/** All calls that one client knows of. */
export class Calls {
  readonly #all = new Map<string, Call>();
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
    this.#all.clear();
  }

  /** Forgets the call of a channel that this person has left. */
  forget(target: string): void {
    this.#all.delete(foldName(target));
  }

  /** Takes a CALL of the server. @param from Its source's nick. @param now Milliseconds since 1970. */
  take({ params: [subcommand = "", told = "", ...rest] }: Message, from: string, now: number): CallEvent | undefined {
    const target = this.#nameOf(told, from);
    if (!isName(target)) return undefined;
    return this.#commands.get(subcommand.toUpperCase())?.(target, from, rest, now);
  }

  /**
   * Takes who is in a call, as the server has listed it: whoever is not named is not there.
   *
   * @param members The parameters of its CALL MEMBER, without the first two.
   */
  list(target: string, members: readonly string[][], now: number): CallEvent {
    const before = this.of(target);
    const nicks = new Set(members.map(([nick = ""]) => foldName(nick)));
    for (const folded of before?.members.keys() ?? []) if (!nicks.has(folded)) before!.members.delete(folded);
    for (const [nick = "", words = ""] of members) this.#put(target, nick, words, now);
    this.#dropEmpty(target);
    const call = this.of(target);
    if (call?.members.has(foldName(this.#reader.nick)) === true) call.isRinging = false;
    return this.#event(target, "members", this.#reader.nick);
  }

  /** Somebody has another nick. @returns The call that has another name by that. */
  rename(from: string, to: string): CallEvent | undefined {
    for (const { members } of this.#all.values()) {
      const member = members.get(foldName(from));
      if (member === undefined) continue;
      members.delete(foldName(from));
      members.set(foldName(to), { ...member, nick: detached(to) });
    }
    return this.of(from) === undefined ? undefined : this.renameTarget(from, to);
  }

  /** A talk has another name, and so has its call. */
  renameTarget(from: string, to: string): CallEvent | undefined {
    const call = this.of(from);
    if (call === undefined) return undefined;
    this.#all.delete(foldName(from));
    this.#all.set(foldName(to), { ...call, target: detached(to) });
    return this.#event(to, "renamed", this.#reader.nick, { text: from });
  }

  /** Somebody has left a call. */
  leave(target: string, nick: string, reason = ""): CallEvent {
    const call = this.of(target);
    call?.members.delete(foldName(nick));
    // Whoever calls and hangs up leaves nobody in it.
    if (call?.isRinging === true) this.forget(target);
    else this.#dropEmpty(target);
    return this.#event(target, "part", nick, { text: reason });
  }

  readonly #commands = new Map<
    string,
    (target: string, from: string, rest: string[], now: number) => CallEvent | undefined
  >([
    [
      "JOIN",
      (target, from, [words = ""], now) => this.#put(target, from, words, now) && this.#event(target, "join", from),
    ],
    ["STATE", (target, from, [words = ""]) => {
      const call = this.of(target);
      if (call?.members.has(foldName(from)) !== true) return undefined;
      call.members.set(foldName(from), { nick: detached(from), words: readWords(words) });
      return this.#event(target, "state", from);
    }],
    ["PART", (target, from, [reason = ""]) => this.leave(target, from, reason)],
    ["KICK", (target, from, [nick = "", reason = ""]) => {
      this.of(target)?.members.delete(foldName(nick));
      this.#dropEmpty(target);
      return this.#event(target, "kick", nick, { by: from, text: reason });
    }],
    ["MUTE", (target, from, [nick = ""]) => this.#event(target, "mute", nick, { by: from })],
    ["RING", (target, from, _, now) => {
      const call = this.#put(target, from, "audio", now);
      if (call === undefined) return undefined;
      call.isRinging = true;
      return this.#event(target, "ring", from);
    }],
    ["ANSWERED", (target, from) => {
      if (this.of(target)?.isRinging === true) this.forget(target);
      return this.#event(target, "answered", from);
    }],
    // What follows the last one of those who are in it.
    ["MODE", (target) => this.of(target) && this.#event(target, "members", this.#reader.nick)],
    ["MEMBER", (target, _, [nick = "", words = ""], now) => {
      this.#put(target, nick, words, now);
      return undefined;
    }],
    ["ICE", (target, _, [urls = "", username, credential], now) => {
      const call = this.of(target) ?? this.#make(target, now);
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

  #make(target: string, now: number): Call | undefined {
    if (this.#all.size >= BOUNDS.calls) return undefined;
    const call: Call = { target: detached(target), members: new Map(), since: now, iceServers: [], isRinging: false };
    this.#all.set(foldName(target), call);
    return call;
  }

  #put(target: string, nick: string, words: string, now: number): Call | undefined {
    const call = this.of(target) ?? this.#make(target, now);
    const folded = foldName(nick);
    if (call === undefined || !isName(nick)) return undefined;
    if (call.members.size >= BOUNDS.callMembers && !call.members.has(folded)) return undefined;
    call.members.set(folded, { nick: detached(nick), words: readWords(words) });
    return call;
  }

  #dropEmpty(target: string): void {
    if (this.of(target)?.members.size === 0) this.forget(target);
  }

  #event(target: string, change: CallChange, nick: string, { by = "", text = "" } = {}): CallEvent {
    return { type: "call", target, change, nick, by, own: isSameName(nick, this.#reader.nick), text };
  }
}
