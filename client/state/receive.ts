/**
 * Takes each message from the server into the state, and gives the events that a view shows.
 *
 * @module
 */

import { detached, type Message, parseSource, RPL_WELCOME } from "../../protocol.ts";
import { foldName } from "../names.ts";
import { lineOf } from "./event_lines.ts";
import { type ClientEvent, type Happening, isSaid } from "./events.ts";
import { HANDLERS } from "./handlers.ts";
import { takeNumeric } from "./numeric_handlers.ts";
import { timeOf } from "./said.ts";
import type { State } from "./state.ts";
import type { Talk } from "./talk.ts";

/**
 * Takes one message into the state.
 *
 * @param now The time of the events where the message does not say its own, in milliseconds since 1970.
 * @returns What it means, in order.
 */
export function receive(state: State, message: Message, now: number): ClientEvent[] {
  const time = timeOf(message, now);
  const { nick, user, host } = parseSource(message.source ?? "");
  if (host !== undefined && user !== undefined && state.isSelf(nick)) state.userhost = `${user}@${host}`;
  const before = state.target;
  if (message.command === RPL_WELCOME) state.noteWelcome(time);
  const events = /^\d/.test(message.command)
    ? takeNumeric(state, message, time)
    : HANDLERS.get(message.command.toUpperCase())?.(state, message, nick, time, now) ?? [];
  for (const event of events) keepAsLine(state, event, time, message);
  if (state.target !== before) events.push({ type: "target", target: state.target });
  return events.map((event) => ({ time, ...event }));
}

/**
 * Keeps what happened in a talk as a line of it; whoever did something has stopped typing.
 *
 * @param message The server's, where the event came by one.
 */
export function keepAsLine(
  state: State,
  event: Happening,
  time: number,
  message: Pick<Message, "tags"> = { tags: {} },
): void {
  if (isSaid(event)) {
    // Its line is there already.
    const talk = state.talkOf(event);
    if (talk !== undefined) state.onTyping(talk, event.from, "done");
    return;
  }
  const line = lineOf(event, time, message);
  if (line === undefined) return;
  for (const talk of talksOf(state, event)) {
    talk.append({ ...line, reactions: new Map() });
    if (event.type !== "nick" && event.type !== "call") state.onTyping(talk, line.about ?? line.from, "done");
  }
}

/** The talks that an event is a line of. */
function talksOf(state: State, event: Happening): Talk[] {
  if (event.type === "nick") {
    const renamed = foldName(event.renamed);
    const found = [...state.talks].filter(([name, { members }]) => name === renamed || members.has(renamed));
    return found.map(([, talk]) => talk);
  }
  if ("channels" in event) return event.channels.flatMap(({ name }) => state.find(name) ?? []);
  // Whoever has called is to be found, as whoever has said something.
  if (event.type === "call") {
    const isChannel = state.isupport.isChannel(event.target);
    return [isChannel ? state.find(event.target) : state.open(detached(event.target))].filter((talk) =>
      talk !== undefined
    );
  }
  return "channel" in event ? [event.channel].flatMap((name) => state.find(name) ?? []) : [];
}
