/**
 * What is unread where this person comes into a talk, by its read marker, as the server tells it then (IRCv3 draft/read-marker).
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import type { History } from "./history.ts";
import type { ReadMarks } from "./read_marks.ts";
import { readTime } from "./said.ts";
import type { State } from "./state.ts";

/** The client, as far as this needs it. */
export interface Comer {
  readonly state: State;
  readonly history: History;
  readonly marks: ReadMarks;
  can(capability: string): boolean;
}

/**
 * Takes a read marker. Of a channel that was never read, all is unread where the server brings this person back into it. Where
 * they join it now, what was said before is not: the server is told so, and their other devices begin there too.
 *
 * @param isBack Whether there was a connection before this one.
 * @param isArriving Whether the server may still bring back channels: it has confirmed no line yet.
 */
export async function takeMarker(comer: Comer, message: Message, isBack: boolean, isArriving: boolean): Promise<void> {
  const { params: [name = "", marker = ""], tags } = message;
  const { state, history, marks } = comer;
  const read = readTime(marker.replace(/^timestamp=/, ""));
  const channel = state.joined(name);
  if (channel === undefined) {
    if (!isBack) await history.unread(name, read);
  } else if (read === undefined && history.isBringing(channel)) {
    const isAsked = tags.label !== undefined || tags.batch !== undefined;
    const time = readTime(tags.time ?? "");
    if (isAsked && time !== undefined) marks.note(channel, time);
    if (!isAsked && isArriving && comer.can("labeled-response")) channel.readTime = 0;
  }
}
