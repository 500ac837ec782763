/**
 * ZNC's playback (wiki.znc.in/Playback, capability `znc.in/playback`): clients that know it ask `*playback` for what was said
 * since a time of theirs, instead of being shown the last lines when they join.
 */

import type { History } from "../store/history.ts";
import { firstId, saidAt } from "../store/records.ts";
import { BOUNDS } from "../room/isupport.ts";
import type { Session } from "../room/session.ts";
import type { Steps } from "./command.ts";
import { type Readable, readable, reportUnreadable, told } from "./reading.ts";

const NAME = "*playback";

/** Whether a message to this target asks for playback: the session has to have the capability. */
export function isPlayback(session: Session, target: string): boolean {
  return target.startsWith("*") && target.toLowerCase() === NAME && session.has("znc.in/playback");
}

/** Answers `PLAY buffers [from [to]]`, where buffers are names with commas or `*`, and times seconds since 1970; and `LIST`. */
export function* playback(session: Session, text: string): Steps {
  const { history } = session.chat;
  const [command = "", buffers = "", from = "0", to = "Infinity"] = text.split(" ").filter((word) => word !== "");
  if (history === undefined) return;
  try {
    if (command.toUpperCase() === "PLAY" && buffers !== "") yield* play(session, history, buffers, [from, to]);
    else if (command.toUpperCase() === "LIST") yield* list(session, history);
    else say(session, "PLAY buffers [from [to]] or LIST: names with commas or *, and seconds since 1970");
  } catch (error) {
    reportUnreadable(history, error);
    say(session, "The history cannot be read at the moment");
  }
}

function say(session: Session, text: string): void {
  const { chat, nick } = session;
  session.respond({ ...chat.serverEvent("PRIVMSG", [nick, text]), source: `${NAME}!playback@${chat.name}` });
}

/** The channels that it is in and the people it has talked with, those of late first. */
function* places(session: Session, history: History): Generator<void, string[]> {
  const names = [...session.channels].map(({ name }) => name);
  for (const peer of history.peers(session.identity, { after: 0, before: Infinity, latest: true })) {
    if (names.length >= BOUNDS.channels) break;
    if (peer === undefined) yield;
    else names.push(session.chat.find(peer.peer)?.nick ?? peer.peer);
  }
  return names;
}

function* play(session: Session, history: History, buffers: string, times: string[]): Steps {
  const [from, to] = times.map((time) => Number(time) * 1000);
  if (Number.isNaN(from) || Number.isNaN(to)) return say(session, "A time is in seconds since 1970");
  const all = buffers.split(",").includes("*") ? yield* places(session, history) : buffers.split(",");
  const { identity } = session;
  for (const name of new Set(all.slice(0, BOUNDS.channels))) {
    const place = yield* readable(session, history, name);
    if (place === undefined) continue;
    // After that millisecond, and up to this one.
    const [after, before] = [from, to].map((time) => Math.min(firstId(Math.floor(time) + 1), Number.MAX_SAFE_INTEGER));
    const range = { after: after - 1, before, limit: BOUNDS.history, bytes: BOUNDS.historyBytes, latest: true };
    const ids = yield* history.range(place.keys, range);
    if (ids.length === 0) continue;
    yield* session.respondInBatch(["znc.in/playback", place.name], told(session, history, ids, identity));
  }
}

function* list(session: Session, history: History): Steps {
  for (const name of yield* places(session, history)) {
    const place: Readable | undefined = yield* readable(session, history, name);
    const [last] = place === undefined ? [] : yield* history.range(place.keys, { limit: 1, latest: true });
    const [first] = place === undefined ? [] : yield* history.range(place.keys, { limit: 1 });
    if (last === undefined) continue;
    const [begin, end] = [first, last].map((id) => history.find(id));
    if (begin !== undefined && end !== undefined) {
      say(session, `${place!.name} ${saidAt(begin) / 1000} ${saidAt(end) / 1000}`);
    }
  }
}
