/** Coming into channels and leaving them: JOIN, PART. */

import { ERR_BADCHANNELKEY } from "../../protocol.ts";
import type { Channel } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { ReplyError, type Session } from "../room/session.ts";
import { introduce, sync } from "../room/subscribers.ts";
import { cut } from "../room/words.ts";
import { inTurn } from "../turns/slices.ts";
import { attempt, type Command, listItems } from "./command.ts";
import { describe } from "./names.ts";
import { replay } from "./replay.ts";

/** Brings a session into a channel, and tells it and the others at once: in a later step it might be out again. */
function arrive(session: Session, name: string, key?: string): Arrival | undefined {
  const channel = session.chat.join(session, name, key);
  if (channel === undefined) return undefined;
  const past = replay(session, channel);
  introduce(session, channel);
  describe(session, channel);
  return { channel, past };
}

/** A channel that a session has come into, and the steps that tell what was said there before. */
interface Arrival {
  channel: Channel;
  past: Generator<void>;
}

/**
 * Brings a session into a channel. A key waits for its turn (guesses.ts), whether the channel asks for one or not.
 *
 * @returns Nothing if the session was in it already, or may not come in, which is told.
 */
function* enter(session: Session, name: string, key = ""): Generator<Promise<unknown>, Arrival | undefined> {
  const { chat } = session;
  if (key === "") return attempt(session, () => arrive(session, name));
  let arrival: Arrival | undefined;
  let isWrong = false;
  const look = () => {
    if (session.closed) return undefined;
    attempt(session, () => {
      try {
        arrival = arrive(session, name, key);
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
    tells: true,
    keeps: ({ account }, [list]) => account === undefined ? 0 : list.split(",").length,
    *handler(session, [list, keys = ""]) {
      if (list === "0") {
        // RFC 2812 section 3.2.1: leaves every channel.
        for (const channel of [...session.channels]) {
          if (channel.members.has(session)) session.chat.part(session, channel);
          yield;
        }
        return;
      }
      const keyList = keys.split(",");
      for (const [i, name] of list.split(",").entries()) {
        if (name === "") continue;
        const arrival = yield* enter(session, name.normalize("NFC"), keyList[i]);
        if (arrival === undefined) continue;
        const { channel, past } = arrival;
        yield;
        if (channel.members.has(session)) yield* sync(session, channel);
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
    *handler(session, [list, reason]) {
      for (const name of listItems(list)) {
        attempt(session, () => {
          session.chat.part(session, session.chat.ownChannel(name, session), reason && cut(reason, BOUNDS.quit));
        });
        yield;
      }
    },
  },
];
