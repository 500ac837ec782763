/** Coming into channels and leaving them: JOIN, PART. */

import { part } from "../room/joining.ts";
import { channelsOf } from "../room/channel.ts";
import { join } from "../room/joining.ts";
import { ERR_BADCHANNELKEY } from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { ReplyError } from "../room/reply.ts";
import { introduce, sync } from "../room/subscribers.ts";
import { cut } from "../room/words.ts";
import { inTurn } from "../turns/slices.ts";
import { attempt, type Call, type Command, listItems } from "./command.ts";
import { describe } from "./names.ts";
import { replay } from "./replay.ts";

/** Brings a session into a channel, and tells it and the others at once: in a later step it might be out again. */
function arrive(call: Call, name: string, key?: string): Arrival | undefined {
  const channel = join(call.chat, call.reply, name, key);
  if (channel === undefined) return undefined;
  const past = replay(call, channel);
  introduce(call.chat, call.person, channel);
  describe(call.chat, call.reply, channel);
  return { channel, past };
}

/** A channel that a person has come into, and the steps that tell what was said there before. */
interface Arrival {
  channel: Channel;
  past: Generator<void>;
}

/**
 * Brings a person into a channel. A key waits for its turn (guesses.ts), whether the channel asks for one or not.
 *
 * @returns Nothing if the person was in it already, or may not come in, which is told.
 */
function* enter(call: Call, name: string, key = ""): Generator<Promise<unknown>, Arrival | undefined> {
  const { chat } = call;
  if (key === "") return attempt(call.reply, () => arrive(call, name));
  let arrival: Arrival | undefined;
  let isWrong = false;
  const look = () => {
    if (call.session.isOver) return undefined;
    attempt(call.reply, () => {
      try {
        arrival = arrive(call, name, key);
      } catch (error) {
        isWrong = error instanceof ReplyError && error.numeric === ERR_BADCHANNELKEY;
        throw error;
      }
    });
    return isWrong ? undefined : true;
  };
  yield chat.guesses.attempt(call.session, { look: () => inTurn(call.session.pace, look) });
  return arrival;
}

/** The family's commands. */
export const JOINING: Command[] = [
  {
    name: "JOIN",
    usage: "JOIN channel{,channel} [key{,key}] | JOIN 0",
    help: "Takes you into channels; with 0, out of all of them.",
    minParams: 1,
    tells: true,
    keeps: ({ person: { account } }, [list]) => account === undefined ? 0 : list.split(",").length,
    *handler(call, [list, keys = ""]) {
      if (list === "0") {
        // RFC 2812 section 3.2.1: leaves every channel.
        for (const channel of [...channelsOf(call.person)]) {
          if (channel.members.has(call.person)) part(call.chat, call.reply, channel);
          yield;
        }
        return;
      }
      const keyList = keys.split(",");
      for (const [i, name] of list.split(",").entries()) {
        if (name === "") continue;
        const arrival = yield* enter(call, name.normalize("NFC"), keyList[i]);
        if (arrival === undefined) continue;
        const { channel, past } = arrival;
        yield;
        if (channel.members.has(call.person)) yield* sync(call.chat, call.reply, channel);
        yield* past;
        yield;
      }
    },
  },
  {
    name: "PART",
    usage: "PART channel{,channel} [:reason]",
    help: "Takes you out of channels.",
    minParams: 1,
    *handler(call, [list, reason]) {
      for (const name of listItems(list)) {
        attempt(call.reply, () => {
          part(call.chat, call.reply, call.chat.ownChannel(name, call.person), reason && cut(reason, BOUNDS.quit));
        });
        yield;
      }
    },
  },
];
