/** METADATA, which sets and reads what people and channels are besides their names, and subscribes to it (IRCv3 metadata). */

import {
  byteLength,
  detached,
  ERR_METADATARATELIMIT,
  isBlank,
  isChannelName,
  RPL_KEYNOTSET,
  RPL_METADATASUBOK,
  RPL_METADATASUBS,
  RPL_METADATAUNSUBOK,
} from "../../protocol.ts";
import { METADATA as MOST } from "../room/capabilities.ts";
import type { Event } from "../room/event.ts";
import { Person } from "../room/person.ts";
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
} from "../room/metadata.ts";
import { mutedIn } from "../room/restrictions.ts";
import { bytesLeft, wordLists } from "../room/texts.ts";
import { METADATA_KEY } from "../store/metadata.ts";
import type { Call, Command } from "./command.ts";

/** Whether a text can be a key. */
function isKey(text: string): boolean {
  return METADATA_KEY.test(text) && text.length <= MOST.keyBytes;
}

/** Whether a text can be a value. That it is UTF-8 in one line is certain, because it came in a line. */
function isValue(text: string): boolean {
  return byteLength(text) <= MOST.valueBytes;
}

/** The target that stands for everything that a session can see ("METADATA SYNC"). */
const ALL = "*ALL";

/** Most keys of one reply, because a client may not read more parameters ("Client implementation considerations"). */
const KEYS_PER_LINE = 12;

/** The person or channel of a name; undefined if there is none, or the sender may not know their metadata. */
function findTarget({ chat, session, person }: Call, name: string): Target | undefined {
  if (name === "*") return person;
  // Before registration a person has no nick, and sees nobody.
  if (!session.isRegistered) return undefined;
  if (!isChannelName(name)) return chat.find(name);
  const channel = chat.channels.find(name);
  if (channel === undefined || channel.members.has(person) || person.isOperator) return channel;
  return channel.isVisibleTo(person) && !channel.flags.has("i") ? channel : undefined;
}

/** The values of some keys as events, as long as the sender may know them, which may end while the answer is read. */
function* valueEvents(call: Call, target: Target, keys: readonly string[]): Generator<Event | undefined> {
  for (const key of keys) {
    if (target !== call.person && findTarget(call, nameOf(target)) !== target) return;
    yield isKey(key) ? keyEvent(call.chat, call.person.nick, target, key) : invalidKey(call, key);
  }
}

/** Whether the sender may change the metadata of a person or channel. */
function mayChange(call: Call, target: Target): boolean {
  if (call.person === target || call.person.isOperator) return true;
  return !(target instanceof Person) && target.isOperator(call.person);
}

/** Whether the metadata of a person or channel can be kept at the moment. */
function canKeep({ chat }: Call, target: Target): boolean {
  if (target instanceof Person) return target.account === undefined || chat.metadata?.isFull !== true;
  return chat.channels.canKeep;
}

/** Whether so many keys may be changed now. If not, says why, and when to try again. */
function mayChangeNow(call: Call, target: Target, keys: number, ...request: string[]): boolean {
  if (!canKeep(call, target)) {
    call.reply.fail(
      "METADATA",
      "INTERNAL_ERROR",
      "It can't be kept at the moment: the server's disk is full or locked",
    );
    return false;
  }
  const wait = countChange(call.chat, call.person, target, keys);
  if (wait > 0) call.reply.numeric(ERR_METADATARATELIMIT, `${Math.ceil(wait / 1000)}`, nameOf(target), ...request);
  return wait <= 0;
}

/** Refuses a change that the sender may not make. */
function refuse(call: Call, target: Target, key: string): void {
  const name = nameOf(target);
  call.reply.fail("METADATA", "KEY_NO_PERMISSION", name, key, `You may not say what ${name} is`);
}

/**
 * Why a text can't be a display name: it draws nothing, or a person would be shown under a nick that is, or looks like, that
 * of somebody else. Two people may have the same display name, as they have in life.
 */
function displayNameFault({ chat }: Call, target: Target, value: string): string | undefined {
  if (isBlank(value)) return "A display name is seen";
  return target instanceof Person ? chat.lookAlikes.displayNameFault(target, value) : undefined;
}

/** Sets a key, or removes it if there is no value. */
function set(call: Call, target: Target, [key, value = ""]: string[]): void {
  const { chat } = call;
  const { nick } = call.person;
  const { metadata } = target;
  const name = nameOf(target);
  if (!isKey(key)) return call.reply.fail("METADATA", "INVALID_KEY", key, INVALID_KEY);
  if (!mayChange(call, target)) return refuse(call, target, key);
  const channel = target === call.person && value !== "" ? mutedIn(call.person) : undefined;
  if (channel !== undefined) {
    const why = `You can't change what you are while you are banned or muted in ${channel.name}`;
    return call.reply.fail("METADATA", "KEY_NO_PERMISSION", name, key, why);
  }
  if (!isValue(value)) {
    return call.reply.fail("METADATA", "INVALID_VALUE", key, `Value is too long: at most ${MOST.valueBytes} bytes`);
  }
  const fault = key === "display-name" && value !== "" ? displayNameFault(call, target, value) : undefined;
  if (fault !== undefined) return call.reply.fail("METADATA", "INVALID_VALUE", key, fault);
  if (value !== "" && !metadata.has(key) && metadata.size >= MOST.keys) {
    return call.reply.fail(
      "METADATA",
      "LIMIT_REACHED",
      "SET",
      name,
      `${MOST.keys}`,
      `There are ${MOST.keys} keys already`,
    );
  }
  if ((metadata.get(key) ?? "") !== value) {
    if (!mayChangeNow(call, target, 1, "SET", key, value)) return;
    setValue(chat, target, key, value || undefined, call.session);
  }
  call.reply.send(keyEvent(chat, nick, target, key));
}

/** Removes all keys. */
function* clear(call: Call, target: Target): Generator<void> {
  const { chat } = call;
  const { nick } = call.person;
  const name = nameOf(target);
  if (!mayChange(call, target)) return refuse(call, target, "*");
  const keys = [...target.metadata.keys()];
  if (keys.length > 0 && !mayChangeNow(call, target, keys.length, "CLEAR")) return;
  const cleared: string[] = [];
  for (const key of keys) {
    // The sender may be no operator any more: between two keys the reader of the answer may be waited for.
    if (!mayChange(call, target)) break;
    setValue(chat, target, key, undefined, call.session);
    cleared.push(key);
    yield;
  }
  const events = cleared.map((key) => chat.serverEvent(RPL_KEYNOTSET, [nick, name, key, "Key is not set"]));
  yield* call.reply.batchInSteps(["metadata", name], events);
}

const INVALID_KEY = `A key is 1 to ${MOST.keyBytes} of a-z, 0-9 and _./-`;

/** The event that warns of a key that can be none. The command goes on. */
function invalidKey({ chat }: Call, key: string): Event {
  return chat.serverEvent("WARN", ["METADATA", "INVALID_KEY", key, INVALID_KEY]);
}

/** The events that list keys, each key as a parameter. */
function listEvents({ chat, person: { nick } }: Call, numeric: string, keys: readonly string[]): Event[] {
  const lists = wordLists(keys, bytesLeft(`:${chat.name} ${numeric} ${nick} `), KEYS_PER_LINE);
  return [...lists.map((list) => chat.serverEvent(numeric, [nick, ...list]))];
}

/** Subscribes the session to keys, as many as it may. */
function* subscribe(call: Call, keys: string[]): Generator<void> {
  const { subscriptions } = call.session;
  const before = subscriptions.size;
  const taken: string[] = [];
  let refused: string | undefined;
  for (const key of keys) {
    yield;
    if (!isKey(key)) {
      call.reply.send(invalidKey(call, key));
      continue;
    }
    if (!subscriptions.has(key) && subscriptions.size >= MOST.subscriptions) {
      refused = key;
      break;
    }
    subscriptions.add(detached(key));
    taken.push(key);
  }
  for (const event of listEvents(call, RPL_METADATASUBOK, taken)) call.reply.send(event);
  if (refused !== undefined) {
    const limit = `${MOST.subscriptions}`;
    call.reply.fail("METADATA", "LIMIT_REACHED", "SUB", refused, limit, `You are subscribed to ${limit} keys already`);
  }
  if (subscriptions.size > before && call.session.isRegistered) askLater(call.reply, ALL, 0);
}

/** Ends subscriptions. */
function* unsubscribe(call: Call, keys: string[]): Generator<void> {
  for (const key of keys) {
    yield;
    call.session.subscriptions.delete(key);
    if (!isKey(key)) call.reply.send(invalidKey(call, key));
  }
  for (const event of listEvents(call, RPL_METADATAUNSUBOK, keys.filter(isKey))) call.reply.send(event);
}

/** What the second parameter of the command may be. */
interface Subcommand {
  /** The least and the most parameters that follow. */
  params: [number, number];
  /** Whether the target can only be the sender. */
  isOwn?: boolean;
  run(call: Call, target: Target, params: string[]): void | Generator<void>;
}

const SUBCOMMANDS: Record<string, Subcommand> = {
  GET: {
    params: [1, Infinity],
    run: (call, target, keys) => call.reply.batchInSteps(["metadata", nameOf(target)], valueEvents(call, target, keys)),
  },
  LIST: {
    params: [0, 0],
    run: (call, target) =>
      call.reply.batchInSteps(["metadata", nameOf(target)], valueEvents(call, target, [...target.metadata.keys()])),
  },
  SET: { params: [1, 2], run: set },
  CLEAR: { params: [0, 0], run: clear },
  SUB: { params: [1, Infinity], isOwn: true, run: (call, _, keys) => subscribe(call, keys) },
  UNSUB: { params: [1, Infinity], isOwn: true, run: (call, _, keys) => unsubscribe(call, keys) },
  SUBS: {
    params: [0, 0],
    isOwn: true,
    run(call) {
      call.reply.batch(["metadata-subs"], listEvents(call, RPL_METADATASUBS, [...call.session.subscriptions]));
    },
  },
  SYNC: {
    params: [0, 0],
    run(call, target) {
      return call.reply.batchInSteps(
        ["metadata", nameOf(target)],
        subscribed(call.chat, call.session, withMembers(call.session, target)),
      );
    },
  },
};

/** Why a subcommand can't be carried out with so many parameters; undefined if it can. */
function subcommandFault(name: string, count: number): string | undefined {
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
    isReadByOthers: true,
    keptRows: (_, [, subcommand = ""]) => /^(set|clear)$/i.test(subcommand) ? 1 : 0,
    handler(call, [name = "", subcommand = "", ...params]) {
      const command = subcommand.toUpperCase();
      const why = subcommandFault(command, params.length);
      if (why !== undefined) return call.reply.fail("METADATA", "INVALID_PARAMS", subcommand, why);
      if (command === "SYNC" && name === ALL) {
        return call.reply.batchInSteps(
          ["metadata", ALL],
          subscribed(call.chat, call.session, visibleTo(call.chat, call.session)),
        );
      }
      const target = findTarget(call, name);
      const { isOwn = false, run } = SUBCOMMANDS[command];
      if (target !== undefined && (!isOwn || target === call.person)) return run(call, target, params);
      const text = isOwn ? "That is about yourself: *" : "There is no such person or channel, or you may not see it";
      call.reply.fail("METADATA", "INVALID_TARGET", name, text);
    },
  },
];
