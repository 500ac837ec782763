/**
 * ZNC's playback (wiki.znc.in/Playback, capability `znc.in/playback`). Clients that know it are not shown the last lines when
 * they join a channel. They ask `*playback` for what was said since a time that they name.
 */

import { channelsOf } from "../room/channel.ts";
import { BOUNDS } from "../room/isupport.ts";
import { keptEvents, nickOfPeer, type ReadableTarget, readableTarget, reportUnreadable } from "../room/reading.ts";
import type { History } from "../store/history.ts";
import { firstId, saidAt } from "../store/records.ts";
import type { Call, Steps } from "./command.ts";
import { words } from "./params.ts";
import { replyAs } from "./replies.ts";

const NAME = "*playback";

/** Whether a message to a target asks for playback, for which the session needs the capability. */
export function isPlayback(call: Call, target: string): boolean {
  return target.startsWith("*") && target.toLowerCase() === NAME && call.session.has("znc.in/playback");
}

/** Answers `PLAY buffers [from [to]]` and `LIST`. Buffers are names with commas between, or `*`; times are seconds since 1970. */
export function* playback(call: Call, text: string): Steps {
  const { history } = call.chat;
  const [command = "", buffers = "", from = "0", to = "Infinity"] = words(text);
  if (history === undefined) return;
  try {
    if (command.toUpperCase() === "PLAY" && buffers !== "") yield* play(call, history, buffers, [from, to]);
    else if (command.toUpperCase() === "LIST") yield* list(call, history);
    else say(call, "PLAY buffers [from [to]] or LIST: names with commas or *, and seconds since 1970");
  } catch (error) {
    reportUnreadable(history, error);
    say(call, "The history cannot be read at the moment");
  }
}

function say({ reply }: Call, text: string): void {
  replyAs(`${NAME}!playback`, reply, "PRIVMSG", text);
}

/** The names of the channels that the sender is in, and of the people they have talked with, the latest first. */
function* buffersOf({ chat, person }: Call, history: History): Generator<void, string[]> {
  const { identity } = person;
  const names = [...channelsOf(person)].map(({ name }) => name);
  for (const peer of history.peers(identity, { after: 0, before: Infinity, latest: true })) {
    if (names.length >= BOUNDS.channels) break;
    const last = peer === undefined ? undefined : history.find(peer.last);
    if (last === undefined) yield;
    else names.push(nickOfPeer(chat, person, last, identity));
  }
  return names;
}

/** Gives what was said in some buffers between two times. */
function* play(call: Call, history: History, buffers: string, times: string[]): Steps {
  const { chat, person, reply } = call;
  const [from, to] = times.map((time) => Number(time) * 1000);
  if (Number.isNaN(from) || Number.isNaN(to)) return say(call, "A time is in seconds since 1970");
  const all = buffers.split(",").includes("*") ? yield* buffersOf(call, history) : buffers.split(",");
  const { identity } = person;
  for (const name of new Set(all.slice(0, BOUNDS.channels))) {
    const place = yield* readableTarget(chat, person, history, name);
    if (place === undefined) continue;
    // After the one millisecond, and up to the end of the other.
    const [after, before] = [from, to].map((time) => Math.min(firstId(Math.floor(time) + 1), Number.MAX_SAFE_INTEGER));
    const range = { after: after - 1, before, limit: BOUNDS.history, bytes: BOUNDS.historyBytes, latest: true };
    const ids = yield* history.range(place.keys, range);
    if (ids.length === 0) continue;
    yield* reply.batchInSteps(["znc.in/playback", place.name], keptEvents(chat, person, history, ids, identity));
  }
}

/** Lists the buffers, and when the first and the last message of each was said. */
function* list(call: Call, history: History): Steps {
  const { chat, person } = call;
  for (const name of yield* buffersOf(call, history)) {
    const place: ReadableTarget | undefined = yield* readableTarget(chat, person, history, name);
    const [last] = place === undefined ? [] : yield* history.range(place.keys, { limit: 1, latest: true });
    const [first] = place === undefined ? [] : yield* history.range(place.keys, { limit: 1 });
    if (last === undefined) continue;
    const [begin, end] = [first, last].map((id) => history.find(id));
    if (begin !== undefined && end !== undefined) {
      say(call, `${place!.name} ${saidAt(begin) / 1000} ${saidAt(end) / 1000}`);
    }
  }
}
