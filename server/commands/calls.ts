/** CALL: people talk and see each other. The server knows who is in a call; what is heard goes between the clients. */

import { delay } from "@std/async/delay";
import {
  callNamed,
  describeCall,
  isRingingFor,
  joinChannelCall,
  joinPrivateCall,
  leaveCall,
  ownPlace,
  requireWords,
} from "../room/calling.ts";
import { callPage } from "../room/call_notices.ts";
import { isReaction, muted, parseWords } from "../room/call_words.ts";
import type { Channel } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { Failure } from "../room/reply.ts";
import { whySilenced } from "../room/restrictions.ts";
import { cut } from "../room/texts.ts";
import { CALL_CAPABILITY, ChannelCall, type Participant, type VoiceCall } from "../room/voice_call.ts";
import type { VoiceCalls } from "../room/voice_calls.ts";
import type { Call, Command, Steps } from "./command.ts";
import { peerOf } from "./messages.ts";

/** One subcommand: what it does with the call that its target names. */
interface Subcommand {
  /** Whether others are told something by it, so that it is done a few times a second at the most. */
  isTold: boolean;
  /** @param peer Whom the sender means by a nick, where they say it; see `peerOf`. */
  run(call: Call, calls: VoiceCalls, target: string, rest: string, peer?: string): void;
}

/** The channel that a target names, which the sender is in; undefined for a nick. Throws a failure. */
function channelOf({ chat, person }: Call, name: string, target: string): Channel | undefined {
  if (!target.startsWith("#")) return undefined;
  const channel = chat.channels.find(target);
  if (channel?.members.has(person)) return channel;
  throw new Failure("CALL", "NOT_ON_CHANNEL", name, target, `You are not in ${target}`);
}

/** The call that a target names. Throws a failure where the sender knows of none. */
function requireCall(call: Call, calls: VoiceCalls, name: string, target: string): VoiceCall {
  const found = callNamed(calls, call.person, target, channelOf(call, name, target));
  return found ?? notInCall(name, target);
}

function notInCall(name: string, target: string): never {
  throw new Failure("CALL", "NOT_IN_CALL", name, target, `You are not in a call of ${target}`);
}

/** Somebody else in a channel's call, about whom an operator decides. Throws a failure. */
function requireOther(
  call: Call,
  calls: VoiceCalls,
  name: string,
  target: string,
  nick: string,
): [ChannelCall, Participant] {
  const { person } = call;
  const found = requireCall(call, calls, name, target);
  const refuse = (code: string, why: string): never => {
    throw new Failure("CALL", code, name, target, why);
  };
  if (!(found instanceof ChannelCall)) return refuse("NOT_OPERATOR", "A call of two people has no operator");
  const place = found.find(nick);
  if (!found.channel.isOperator(person) && !person.isOperator) refuse("NOT_OPERATOR", "You are no operator of it");
  if (place === undefined) return refuse("NOT_IN_CALL", `${nick || "Nobody"} is not in the call`);
  if (place.person.isOwner && !person.isOwner) refuse("NOT_OPERATOR", `${place.person.nick} owns this room`);
  return [found, place];
}

/** CALL's subcommands. */
const SUBCOMMANDS: Record<string, Subcommand> = {
  JOIN: {
    isTold: true,
    run(call, calls, target, text, peer) {
      const { session, person, reply } = call;
      const words = parseWords(text);
      const channel = channelOf(call, "JOIN", target);
      // By these, signals come.
      if (!session.has("message-tags")) {
        throw new Failure("CALL", "NEED_CAPABILITY", "JOIN", target, "Ask for the capability message-tags first");
      }
      if (channel === undefined) joinPrivateCall(calls, session, target, words, peer);
      else joinChannelCall(calls, session, channel, words);
      describeCall(calls, reply, callNamed(calls, person, target, channel)!, true);
    },
  },
  STATE: {
    isTold: true,
    run(call, calls, target, text) {
      const found = requireCall(call, calls, "STATE", target);
      const place = ownPlace(found, call.session);
      if (place?.session === undefined) return notInCall("STATE", target);
      const words = parseWords(text);
      if (found instanceof ChannelCall) requireWords(found.channel, call.person, words, "STATE");
      calls.setWords(found, place, words);
    },
  },
  REACT: {
    isTold: true,
    run(call, calls, target, text) {
      const found = requireCall(call, calls, "REACT", target);
      const place = ownPlace(found, call.session);
      if (place?.session === undefined) return notInCall("REACT", target);
      if (!isReaction(text)) {
        throw new Failure("CALL", "INVALID_PARAMS", "REACT", target, "A reaction is one emoji, of 64 bytes at most");
      }
      // Whoever may not talk says nothing by this either.
      if (found instanceof ChannelCall) requireWords(found.channel, call.person, parseWords(""), "REACT");
      // It is of the moment: nothing of it is kept.
      found.tell((name) => calls.room.event(place.person, "CALL", ["REACT", name, text]), call.session);
    },
  },
  PART: {
    isTold: true,
    run(call, calls, target, why) {
      const { session, person } = call;
      const found = requireCall(call, calls, "PART", target);
      const isSilenced = found instanceof ChannelCall && whySilenced(found.channel, person) !== undefined;
      const told = why === "" || isSilenced ? undefined : cut(why, BOUNDS.quit);
      if (!leaveCall(calls, found, session, told)) notInCall("PART", target);
    },
  },
  LIST: {
    isTold: false,
    run(call, calls, target) {
      const { person, reply } = call;
      const found = callNamed(calls, person, target, channelOf(call, "LIST", target));
      if (found === undefined) reply.batch(["teahouse.chat/call", target], []);
      else describeCall(calls, reply, found, false);
    },
  },
  PAGE: {
    isTold: false,
    run(call, _, target) {
      const { chat, reply } = call;
      const page = callPage(chat.doors(), channelOf(call, "PAGE", target));
      if (page === undefined) return reply.fail("CALL", "NO_PAGE", "PAGE", target, "The room has no page over https");
      reply.send(chat.serverEvent("CALL", ["PAGE", target, page]));
    },
  },
  KICK: {
    isTold: true,
    run(call, calls, target, nick) {
      const [found, place] = requireOther(call, calls, "KICK", target, nick);
      calls.kick(found, place, call.person);
    },
  },
  MUTE: {
    isTold: true,
    run(call, calls, target, nick) {
      const [found, place] = requireOther(call, calls, "MUTE", target, nick);
      calls.mute(found, place, muted(place.words), call.person);
    },
  },
  DECLINE: {
    isTold: true,
    run(call, calls, target) {
      const found = requireCall(call, calls, "DECLINE", target);
      if (!isRingingFor(found, call.person)) return notInCall("DECLINE", target);
      calls.decline(found, call.session);
    },
  },
};

/** The family's command. */
export const CALLS: Command[] = [
  {
    name: "CALL",
    usage: [
      "CALL JOIN channel|nick :words",
      "CALL STATE channel|nick :words",
      "CALL REACT channel|nick :emoji",
      "CALL PART channel|nick [:reason]",
      "CALL LIST channel|nick",
      "CALL PAGE channel|nick",
      "CALL KICK|MUTE channel nick",
      "CALL DECLINE nick",
    ],
    help: "Brings you into a call and out of it, and says who is there; a client that knows calls does that for you.",
    capability: CALL_CAPABILITY,
    minParams: 2,
    handler(call, [word, target, rest = ""], { tags }) {
      const { chat: { calls }, session, person, reply } = call;
      const name = word.toUpperCase();
      if (calls === undefined) {
        return reply.fail("CALL", "DISABLED", name || "*", target || "*", "There are no calls here");
      }
      if (!Object.hasOwn(SUBCOMMANDS, name) || target === "") {
        const why = `CALL has ${Object.keys(SUBCOMMANDS).join(", ")}, each with a channel or a nick`;
        return reply.fail("CALL", "INVALID_PARAMS", name || "*", target || "*", why);
      }
      const { isTold, run } = SUBCOMMANDS[name];
      const wait = isTold ? calls.countChange(person) : 0;
      const peer = peerOf(call, tags);
      if (wait === 0) return run(call, calls, target, rest, peer);
      return (function* (): Steps {
        // Whoever is gone meanwhile does nothing any more.
        yield delay(wait, { signal: session.ending }).catch(() => {});
        run(call, calls, target, rest, peer);
      })();
    },
  },
];
