/** Coming into channels and leaving them: JOIN, PART. */

import { ERR_BADCHANNELKEY } from "../../protocol.ts";
import { type Channel, channelsOf } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { join, part } from "../room/joining.ts";
import { replay, seenBefore } from "../room/replay.ts";
import { ReplyError } from "../room/reply.ts";
import { introduce, sync } from "../room/metadata.ts";
import { cut } from "../room/texts.ts";
import { isLastingIdentity } from "../store/identities.ts";
import { inTurn } from "../turns/slices.ts";
import { tellOthersOf } from "./attaching.ts";
import { attempt } from "./checks.ts";
import type { Call, Command } from "./command.ts";
import { describe } from "./names.ts";
import { listItems } from "./params.ts";

/**
 * Brings a person into a channel, and tells them and the others in the same step: before a later one they might be out again.
 * The person's other sessions are told when they have room.
 */
export function arrive({ chat, session, person, reply }: Call, name: string, key?: string): Arrival | undefined {
  const channel = join(chat, reply, name, key);
  if (channel === undefined) return undefined;
  const seen = seenBefore(chat, person, channel);
  const past = replay(chat, reply, channel);
  introduce(chat, person, channel);
  describe(chat, reply, channel);
  tellOthersOf(chat, session, channel, seen);
  return { channel, past };
}

/** Tells a person who has come into a channel what they may be told later: metadata of its members, and what was said before. */
export function* settleIn({ chat, person, reply }: Call, { channel, past }: Arrival): Generator<void> {
  if (channel.members.has(person)) yield* sync(chat, reply, channel);
  yield* past;
}

/** A channel that a person has come into, and the steps that show what was said there before. */
interface Arrival {
  channel: Channel;
  past: Generator<void>;
}

/**
 * Brings a person into a channel. If a key is given it waits for its turn (auth/guesses.ts), even if the channel asks for none.
 *
 * @returns Nothing if the person was in the channel already, or may not come in; the latter is answered.
 */
function* enter(call: Call, name: string, key = ""): Generator<Promise<unknown>, Arrival | undefined> {
  const { chat, session, reply } = call;
  if (key === "") return attempt(reply, () => arrive(call, name));
  let arrival: Arrival | undefined;
  let isWrong = false;
  const look = () => {
    if (session.isOver) return undefined;
    attempt(reply, () => {
      try {
        arrival = arrive(call, name, key);
      } catch (error) {
        isWrong = error instanceof ReplyError && error.numeric === ERR_BADCHANNELKEY;
        throw error;
      }
    });
    return isWrong ? undefined : true;
  };
  yield chat.guesses.attempt(session, { look: () => inTurn(session.pace, look) });
  return arrival;
}

/** The family's commands. */
export const JOINING: Command[] = [
  {
    name: "JOIN",
    usage: "JOIN channel{,channel} [key{,key}] | JOIN 0",
    help: "Takes you into channels; with 0, out of all of them.",
    minParams: 1,
    isReadByOthers: true,
    keptRows: ({ person: { identity } }, [list]) => isLastingIdentity(identity) ? 3 * list.split(",").length : 0,
    *handler(call, [list, keys = ""]) {
      const { chat, person, reply } = call;
      if (list === "0") {
        // RFC 2812 section 3.2.1: leaves every channel.
        for (const channel of [...channelsOf(person)]) {
          if (channel.members.has(person)) part(chat, reply, channel);
          yield;
        }
        return;
      }
      const keyList = keys.split(",");
      for (const [i, name] of list.split(",").entries()) {
        if (name === "") continue;
        const arrival = yield* enter(call, name.normalize("NFC"), keyList[i]);
        if (arrival === undefined) continue;
        yield;
        yield* settleIn(call, arrival);
        yield;
      }
    },
  },
  {
    name: "PART",
    usage: "PART channel{,channel} [:reason]",
    help: "Takes you out of channels.",
    minParams: 1,
    *handler({ chat, person, reply }, [list, reason]) {
      for (const name of listItems(list)) {
        attempt(reply, () => {
          part(chat, reply, chat.ownChannel(name, person), reason && cut(reason, BOUNDS.quit));
        });
        yield;
      }
    },
  },
];
