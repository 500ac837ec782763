/** METADATA (IRCv3 metadata): what people and channels are besides their names, set, read and subscribed to. */

import {
  byteLength,
  detached,
  ERR_METADATARATELIMIT,
  isChannelName,
  LIMITS,
  RPL_KEYNOTSET,
  RPL_METADATASUBOK,
  RPL_METADATASUBS,
  RPL_METADATAUNSUBOK,
} from "../../protocol.ts";
import { type Event, METADATA as MOST } from "../room/capabilities.ts";
import { METADATA_KEY } from "../store/metadata.ts";
import { Session } from "../room/session.ts";
import {
  askLater,
  countChange,
  keyEvent,
  nameOf,
  setValue,
  subscribed,
  type Target,
  visibleTo,
  withMembers,
} from "../room/subscribers.ts";
import { WordLines } from "../room/words.ts";
import type { Command } from "./command.ts";

/** Whether a text is a key that may be used here: of 1 to 50 characters. */
function isKey(text: string): boolean {
  return METADATA_KEY.test(text) && text.length <= MOST.keyBytes;
}

/** Whether a text is short enough for a value: 187 bytes. The wire format has seen to it that it is UTF-8 in one line. */
function isValue(text: string): boolean {
  return byteLength(text) <= MOST.valueBytes;
}

/** Stands for all that a session can see ("METADATA SYNC"). */
const ALL = "*ALL";

/** Most keys of one reply, so that all clients can read it ("Client implementation considerations"). */
const KEYS_PER_LINE = 12;

/** The target of that name, where there is one of which a session may know what it is. */
function findTarget(session: Session, name: string): Target | undefined {
  const { chat } = session;
  if (name === "*") return session;
  // Who is not in yet has no nick, and sees nobody.
  if (session.registration !== undefined) return undefined;
  if (!isChannelName(name)) return chat.find(name);
  const channel = chat.findChannel(name);
  if (channel === undefined || channel.members.has(session) || session.isOperator) return channel;
  return channel.isVisibleTo(session) && !channel.flags.has("i") ? channel : undefined;
}

/** What someone or a channel is by some keys, as long as a session may know that: its reader may be waited for. */
function* told(session: Session, target: Target, keys: readonly string[]): Generator<Event | undefined> {
  for (const key of keys) {
    if (target !== session && findTarget(session, nameOf(target)) !== target) return;
    yield isKey(key) ? keyEvent(session.chat, session.nick, target, key) : invalidKey(session, key);
  }
}

/** Whether a session may say what someone or a channel is. */
function mayChange(session: Session, target: Target): boolean {
  if (session === target || session.isOperator) return true;
  return !(target instanceof Session) && target.isOperator(session);
}

/** Whether what someone or a channel is can be kept at the moment. */
function canKeep({ chat }: Session, target: Target): boolean {
  if (target instanceof Session) return target.account === undefined || chat.metadata?.isFull !== true;
  return chat.canKeep;
}

/** Whether a change of so many keys may be made; where it is one too many in a short time, says when to try again. */
function mayChangeNow(session: Session, target: Target, keys: number, ...request: string[]): boolean {
  if (!canKeep(session, target)) {
    session.fail("METADATA", "INTERNAL_ERROR", "It can't be kept at the moment: the server's disk is full or locked");
    return false;
  }
  const wait = countChange(session, target, keys);
  if (wait > 0) session.reply(ERR_METADATARATELIMIT, `${Math.ceil(wait / 1000)}`, nameOf(target), ...request);
  return wait <= 0;
}

function refuse(session: Session, target: Target, key: string): void {
  const name = nameOf(target);
  session.fail("METADATA", "KEY_NO_PERMISSION", name, key, `You may not say what ${name} is`);
}

function set(session: Session, target: Target, [key, value = ""]: string[]): void {
  const { chat, nick } = session;
  const { metadata } = target;
  const name = nameOf(target);
  if (!isKey(key)) return session.fail("METADATA", "INVALID_KEY", key, INVALID_KEY);
  if (!mayChange(session, target)) return refuse(session, target, key);
  const channel = target === session && value !== "" ? chat.mutedIn(session) : undefined;
  if (channel !== undefined) {
    const why = `You can't change what you are while you are banned or muted in ${channel.name}`;
    return session.fail("METADATA", "KEY_NO_PERMISSION", name, key, why);
  }
  if (!isValue(value)) {
    return session.fail("METADATA", "INVALID_VALUE", key, `Value is too long: at most ${MOST.valueBytes} bytes`);
  }
  if (value !== "" && !metadata.has(key) && metadata.size >= MOST.keys) {
    return session.fail(
      "METADATA",
      "LIMIT_REACHED",
      "SET",
      name,
      `${MOST.keys}`,
      `There are ${MOST.keys} keys already`,
    );
  }
  if ((metadata.get(key) ?? "") !== value) {
    if (!mayChangeNow(session, target, 1, "SET", key, value)) return;
    setValue(chat, target, key, value || undefined, session);
  }
  session.respond(keyEvent(chat, nick, target, key));
}

function* clear(session: Session, target: Target): Generator<void> {
  const { chat, nick } = session;
  const name = nameOf(target);
  if (!mayChange(session, target)) return refuse(session, target, "*");
  const keys = [...target.metadata.keys()];
  if (keys.length > 0 && !mayChangeNow(session, target, keys.length, "CLEAR")) return;
  const cleared: string[] = [];
  for (const key of keys) {
    // Its reader may be waited for, and whoever asked be no operator any more.
    if (!mayChange(session, target)) break;
    setValue(chat, target, key, undefined, session);
    cleared.push(key);
    yield;
  }
  const events = cleared.map((key) => chat.serverEvent(RPL_KEYNOTSET, [nick, name, key, "Key is not set"]));
  yield* session.respondInBatch(["metadata", name], events);
}

const INVALID_KEY = `A key is 1 to ${MOST.keyBytes} of a-z, 0-9 and _./-`;

/** What warns of a key that is none; the command goes on. */
function invalidKey({ chat }: Session, key: string): Event {
  return chat.serverEvent("WARN", ["METADATA", "INVALID_KEY", key, INVALID_KEY]);
}

/** What lists keys, a parameter each, in as many replies as they need. */
function listed({ chat, nick }: Session, numeric: string, keys: readonly string[]): Event[] {
  const room = LIMITS.lineBytes - 2 - byteLength(`:${chat.name} ${numeric} ${nick} `);
  const events: Event[] = [];
  for (let rest = keys; rest.length > 0;) {
    const line = new WordLines(room, rest.slice(0, KEYS_PER_LINE)).lines[0].split(" ");
    events.push(chat.serverEvent(numeric, [nick, ...line]));
    rest = rest.slice(line.length);
  }
  return events;
}

function* subscribe(session: Session, keys: string[]): Generator<void> {
  const { subscriptions } = session;
  const before = subscriptions.size;
  const taken: string[] = [];
  let refused: string | undefined;
  for (const key of keys) {
    yield;
    if (!isKey(key)) {
      session.respond(invalidKey(session, key));
      continue;
    }
    if (!subscriptions.has(key) && subscriptions.size >= MOST.subscriptions) {
      refused = key;
      break;
    }
    subscriptions.add(detached(key));
    taken.push(key);
  }
  for (const event of listed(session, RPL_METADATASUBOK, taken)) session.respond(event);
  if (refused !== undefined) {
    const limit = `${MOST.subscriptions}`;
    session.fail("METADATA", "LIMIT_REACHED", "SUB", refused, limit, `You are subscribed to ${limit} keys already`);
  }
  if (subscriptions.size > before && session.registration === undefined) askLater(session, ALL, 0);
}

function* unsubscribe(session: Session, keys: string[]): Generator<void> {
  for (const key of keys) {
    yield;
    session.subscriptions.delete(key);
    if (!isKey(key)) session.respond(invalidKey(session, key));
  }
  for (const event of listed(session, RPL_METADATAUNSUBOK, keys.filter(isKey))) session.respond(event);
}

/** What the command's second parameter may be. */
interface Subcommand {
  /** How many parameters follow, at least and at the most. */
  params: [number, number];
  /** Whether it is about the session itself alone. */
  isOwn?: boolean;
  run(session: Session, target: Target, params: string[]): void | Generator<void>;
}

const SUBCOMMANDS: Record<string, Subcommand> = {
  GET: {
    params: [1, Infinity],
    run: (session, target, keys) => session.respondInBatch(["metadata", nameOf(target)], told(session, target, keys)),
  },
  LIST: {
    params: [0, 0],
    run: (session, target) =>
      session.respondInBatch(["metadata", nameOf(target)], told(session, target, [...target.metadata.keys()])),
  },
  SET: { params: [1, 2], run: set },
  CLEAR: { params: [0, 0], run: clear },
  SUB: { params: [1, Infinity], isOwn: true, run: (session, _, keys) => subscribe(session, keys) },
  UNSUB: { params: [1, Infinity], isOwn: true, run: (session, _, keys) => unsubscribe(session, keys) },
  SUBS: {
    params: [0, 0],
    isOwn: true,
    run(session) {
      session.respondBatch(["metadata-subs"], listed(session, RPL_METADATASUBS, [...session.subscriptions]));
    },
  },
  SYNC: {
    params: [0, 0],
    run(session, target) {
      return session.respondInBatch(["metadata", nameOf(target)], subscribed(session, withMembers(session, target)));
    },
  },
};

/** Why a subcommand can't be carried out with so many parameters; nothing where it can. */
function fault(name: string, count: number): string | undefined {
  if (!Object.hasOwn(SUBCOMMANDS, name)) return `Unknown subcommand: ${Object.keys(SUBCOMMANDS).join(", ")}`;
  const [least, most] = SUBCOMMANDS[name].params;
  return count < least ? "Not enough parameters" : count > most ? "Too many parameters" : undefined;
}

/** The family's command. */
export const METADATA: Command[] = [
  {
    name: "METADATA",
    usage: "METADATA target GET key... | LIST | SET key [:value] | CLEAR | SUB key... | UNSUB key... | SUBS | SYNC",
    help: [
      "What you (*), other people or a channel are besides the name: display-name, pronouns, avatar.",
      "SET and CLEAR: of yourself, and for operators, of a channel. SUB: tells your client of others' from then on.",
    ],
    beforeRegistration: true,
    tells: true,
    keeps: (_, [, subcommand = ""]) => /^(set|clear)$/i.test(subcommand) ? 1 : 0,
    handler(session, [name = "", subcommand = "", ...params]) {
      const command = subcommand.toUpperCase();
      const why = fault(command, params.length);
      if (why !== undefined) return session.fail("METADATA", "INVALID_PARAMS", subcommand, why);
      if (command === "SYNC" && name === ALL) {
        return session.respondInBatch(["metadata", ALL], subscribed(session, visibleTo(session)));
      }
      const target = findTarget(session, name);
      const { isOwn = false, run } = SUBCOMMANDS[command];
      if (target !== undefined && (!isOwn || target === session)) return run(session, target, params);
      const text = isOwn ? "That is about yourself: *" : "There is no such person or channel, or you may not see it";
      session.fail("METADATA", "INVALID_TARGET", name, text);
    },
  },
];
