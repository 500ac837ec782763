/**
 * What a person has said and the server does not have yet, as lines of a talk: they are shown where they will stand.
 *
 * @module
 */

import type { Client } from "../client/client.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { unconfirmedLines } from "../client/unconfirmed.ts";

/** The lines by their messages: a row keeps its place, and the time at which it was said, as long as its message waits. */
const lines = new WeakMap<object, TalkLine>();

/** The lines that wait in a talk, in their order. */
export function pendingLines({ connection, state }: Client, { name, kind }: Talk): TalkLine[] {
  const from = state.nick;
  return unconfirmedLines(connection.outgoing.unconfirmed, name).map(({ key, ...said }) => {
    const known = lines.get(key);
    if (known?.from === from) return known;
    const line: TalkLine = {
      ...said,
      time: Date.now(),
      from,
      own: true,
      private: kind === "private",
      mention: false,
      history: false,
      reactions: new Map(),
    };
    lines.set(key, line);
    return line;
  });
}
