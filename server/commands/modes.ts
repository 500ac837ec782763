/** MODE, of channels and of oneself (modern.ircdocs.horse/#mode-message). */

import {
  ERR_CHANOPRIVSNEEDED,
  ERR_INVALIDMODEPARAM,
  ERR_UMODEUNKNOWNFLAG,
  ERR_UNKNOWNMODE,
  ERR_USERSDONTMATCH,
  RPL_CHANNELMODEIS,
  RPL_CREATIONTIME,
  RPL_UMODEIS,
} from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import type { Event } from "../room/event.ts";
import { BOUNDS, MODES as LETTERS } from "../room/isupport.ts";
import { parseMask } from "../room/masklist.ts";
import type { Person } from "../room/person.ts";
import { ReplyError } from "../room/reply.ts";
import { tellOfRestrictions } from "../room/restrictions.ts";
import { bytesLeft } from "../room/texts.ts";
import { CHANNEL_MODES, isList, type ListLetter, LISTS } from "./channel_modes.ts";
import { requireChannelOperator, requirePerson } from "./checks.ts";
import type { Call, Command } from "./command.ts";
import { ModeChanges, signedLetters } from "./mode_changes.ts";
import { seconds } from "./replies.ts";

/** Tells the modes of a channel that are set. The key is told to members only. */
function tellModes({ person, reply }: Call, channel: Channel): void {
  let letters = "+" + [...channel.flags].sort().join("");
  const params: string[] = [];
  if (channel.key !== undefined) {
    letters += "k";
    params.push(channel.members.has(person) ? channel.key : "*");
  }
  if (channel.limit !== undefined) {
    letters += "l";
    params.push(`${channel.limit}`);
  }
  reply.numeric(RPL_CHANNELMODEIS, channel.name, letters, ...params);
  reply.numeric(RPL_CREATIONTIME, channel.name, seconds(channel.created));
}

/** Tells lists of masks as they are now: when their turn comes the reader may not be allowed to see them any more. */
function* tellLists(
  { reply }: Call,
  { name: channel, lists }: Channel,
  letters: Iterable<ListLetter>,
): Generator<void> {
  const copies = [...letters].map((letter) => ({ ...LISTS[letter], settings: [...lists[letter].values()] }));
  for (const { entry, end, name, settings } of copies) {
    for (const { text, by, at } of settings) {
      yield reply.numeric(entry, channel, text, by, seconds(at));
    }
    reply.numeric(end, channel, `End of channel ${name} list`);
  }
}

/** Tells changes of modes in as many events as they need. @param tell Called with each. */
function tellChanges({ chat, person }: Call, target: string, changes: ModeChanges, tell: (event: Event) => void): void {
  const bytes = bytesLeft(`:${person.source} MODE ${target} `);
  for (const params of changes.messages(bytes)) tell(chat.event(person, "MODE", [target, ...params]));
}

/**
 * Keeps changes of a channel's modes, and tells the members: all of them by MODE, and those whom bans and mutes concern what
 * that means.
 *
 * @param told Whoever has been told that already.
 */
export function publishChanges(call: Call, channel: Channel, changes: ModeChanges, told?: ReadonlySet<Person>): void {
  const { chat, session, person, reply } = call;
  if (changes.isEmpty) return;
  tellChanges(call, channel.name, changes, (event) => reply.publish(channel, event));
  chat.channels.settingsChanged(channel, session);
  if (chat.calls?.ofChannel(channel) !== undefined) {
    session.setOff(chat.calls.checkChannel(channel), "cannot look after a call");
  }
  const patterns = (on: boolean) => changes.masks("b", on).map((text) => parseMask(text)!.pattern);
  const [added, removed] = [patterns(true), patterns(false)];
  if (added.length + removed.length === 0) return;
  const change = { added, removed, by: person.nick, ...(told && { told }) };
  session.setOff(tellOfRestrictions(chat.origin, channel, change), "cannot tell of bans");
}

/** Changes modes of a channel in one step, as many as one command may change. Gives the lists that were asked for. */
function changeChannelModes(call: Call, channel: Channel, text: string, params: string[]): Iterable<ListLetter> {
  const changes = new ModeChanges();
  let withParam = 0;
  const listed = new Set<ListLetter>();
  const unknown = new Set<string>();
  const flags = new Set<string>();
  try {
    for (const [on, letter] of signedLetters(text)) {
      try {
        if (!Object.hasOwn(CHANNEL_MODES, letter)) {
          if (unknown.size >= BOUNDS.modes || unknown.has(letter)) continue;
          unknown.add(letter);
          throw new ReplyError(ERR_UNKNOWNMODE, letter, "is unknown mode char to me");
        }
        const mode = CHANNEL_MODES[letter];
        // One MODE changes a flag once, because each change may concern all members.
        if (mode.takes === "never" && flags.size === flags.add(letter).size) continue;
        const takes = mode.takes === "always" || (mode.takes === "when set" && on);
        const param = takes ? params.shift() : "";
        if (isList(letter) && !param) {
          // A list is told once, however often it is asked for.
          listed.add(letter);
          continue;
        }
        requireChannelOperator(call.person, channel);
        if (takes && ++withParam > BOUNDS.modes) continue;
        call.chat.channels.requireKeeping(channel);
        // `-k` is often sent without the key.
        if (param === undefined && !(letter === "k" && !on)) {
          throw new ReplyError(ERR_INVALIDMODEPARAM, channel.name, letter, "*", "A parameter is missing");
        }
        const told = mode.apply({ call, channel, on, param: param ?? "", changes });
        if (told !== undefined) changes.add(on, letter, told);
      } catch (error) {
        if (!(error instanceof ReplyError)) throw error;
        call.reply.numeric(error.numeric, ...error.params);
        // A sender who may change nothing is told so once.
        if (error.numeric === ERR_CHANOPRIVSNEEDED) break;
      }
    }
  } finally {
    publishChanges(call, channel, changes);
  }
  return listed;
}

/** Changes the sender's own modes. `o` can only be laid down, because OPER gives it. */
function changeUserModes(call: Call, text: string): void {
  const changes = new ModeChanges();
  const { modes } = call.person;
  let hasUnknown = false;
  for (const [on, letter] of signedLetters(text)) {
    if (!LETTERS.user.includes(letter)) hasUnknown = true;
    else if (modes.has(letter) !== on && !(letter === "o" && on)) {
      call.chat.setMode(call.person, letter, on);
      changes.add(on, letter, "");
    }
  }
  if (hasUnknown) call.reply.numeric(ERR_UMODEUNKNOWNFLAG, "Unknown MODE flag");
  tellChanges(call, call.person.nick, changes, (event) => call.reply.sendToPerson(event));
}

/** The family's command. */
export const MODES: Command[] = [
  {
    name: "MODE",
    usage: "MODE channel [changes [parameters]] | MODE nick [changes]",
    help: [
      "Channel: +b mask (may not come in or talk), +e (but these may), +I (these need no invitation), +i (by invitation),",
      "+k word (the word to say), +l number (so many at most), +m (only those with voice talk), +n (only members talk),",
      "+s (hidden), +t (only operators set the topic), +C (no CTCP), +o nick (operator), +v nick (voice).",
      "A mask is nick!user@host, * for anything, or ~a:account. ~m:mask mutes only; ~t:60:mask ends after 60 minutes.",
      "MUTE and BAN do that for a person, whatever they are called and however they come back.",
      "You: +i (hidden from those who share no channel), +w (hears WALLOPS), +B (you are a bot), -o (no operator any more).",
    ],
    minParams: 1,
    keptRows: (_, { length }) => Math.max(0, length - 1),
    *handler(call, [target, text, ...params]) {
      const { chat } = call;
      if (target.startsWith("#")) {
        const channel = chat.channel(target, call.person);
        if (text === undefined) tellModes(call, channel);
        else yield* tellLists(call, channel, changeChannelModes(call, channel, text, params));
        return;
      }
      if (requirePerson(chat, target) !== call.person) {
        throw new ReplyError(ERR_USERSDONTMATCH, "Can't change mode for other users");
      }
      if (text === undefined) call.reply.numeric(RPL_UMODEIS, "+" + [...call.person.modes].sort().join(""));
      else changeUserModes(call, text);
    },
  },
];
