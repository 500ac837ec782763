/**
 * ZNC's playback (wiki.znc.in/Playback, capability `znc.in/playback`): clients that know it ask `*playback` for what was said
 * since a time of theirs, instead of being shown the last lines when they join.
 */

import { channelsOf } from "../room/channel.ts";
import type { History } from "../store/history.ts";
import { firstId, saidAt } from "../store/records.ts";
import { BOUNDS } from "../room/isupport.ts";
import type { Call, Steps } from "./command.ts";
import { type Readable, readable, reportUnreadable, told } from "./reading.ts";

const NAME = "*playback";

/** Whether a message to this target asks for playback: the session has to have the capability. */
export function isPlayback(call: Call, target: string): boolean {
  return target.startsWith("*") && target.toLowerCase() === NAME && call.session.has("znc.in/playback");
}

/** Answers `PLAY buffers [from [to]]`, where buffers are names with commas or `*`, and times seconds since 1970; and `LIST`. */
export function* playback(call: Call, text: string): Steps {
  const { history } = call.chat;
  const [command = "", buffers = "", from = "0", to = "Infinity"] = text.split(" ").filter((word) => word !== "");
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

function say(call: Call, text: string): void {
  const { chat } = call;
  const { nick } = call.person;
  call.reply.send({ ...chat.serverEvent("PRIVMSG", [nick, text]), source: `${NAME}!playback@${chat.name}` });
}

/** The channels that it is in and the people it has talked with, those of late first. */
function* places(call: Call, history: History): Generator<void, string[]> {
  const names = [...channelsOf(call.person)].map(({ name }) => name);
  for (const peer of history.peers(call.person.identity, { after: 0, before: Infinity, latest: true })) {
    if (names.length >= BOUNDS.channels) break;
    if (peer === undefined) yield;
    else names.push(call.chat.find(peer.peer)?.nick ?? peer.peer);
  }
  return names;
}

function* play(call: Call, history: History, buffers: string, times: string[]): Steps {
  const [from, to] = times.map((time) => Number(time) * 1000);
  if (Number.isNaN(from) || Number.isNaN(to)) return say(call, "A time is in seconds since 1970");
  const all = buffers.split(",").includes("*") ? yield* places(call, history) : buffers.split(",");
  const { identity } = call.person;
  for (const name of new Set(all.slice(0, BOUNDS.channels))) {
    const place = yield* readable(call, history, name);
    if (place === undefined) continue;
    // After that millisecond, and up to this one.
    const [after, before] = [from, to].map((time) => Math.min(firstId(Math.floor(time) + 1), Number.MAX_SAFE_INTEGER));
    const range = { after: after - 1, before, limit: BOUNDS.history, bytes: BOUNDS.historyBytes, latest: true };
    const ids = yield* history.range(place.keys, range);
    if (ids.length === 0) continue;
    yield* call.reply.batchInSteps(["znc.in/playback", place.name], told(call, history, ids, identity));
  }
}

function* list(call: Call, history: History): Steps {
  for (const name of yield* places(call, history)) {
    const place: Readable | undefined = yield* readable(call, history, name);
    const [last] = place === undefined ? [] : yield* history.range(place.keys, { limit: 1, latest: true });
    const [first] = place === undefined ? [] : yield* history.range(place.keys, { limit: 1 });
    if (last === undefined) continue;
    const [begin, end] = [first, last].map((id) => history.find(id));
    if (begin !== undefined && end !== undefined) {
      say(call, `${place!.name} ${saidAt(begin) / 1000} ${saidAt(end) / 1000}`);
    }
  }
}
