/**
 * Takes what a server remembers into the state: parts of a talk's history, and what a search found.
 *
 * @module
 */

import { type Message, parseSource } from "../../protocol.ts";
import { lineOf, quoteOf } from "./event_lines.ts";
import type { ClientEvent, Found } from "./events.ts";
import { HANDLERS } from "./handlers.ts";
import { isSpeech, linesOfAnother, putRemoval, type TalkLine } from "./line.ts";
import { EDIT_TAG, type Past, readPast, timeOf } from "./said.ts";
import type { State } from "./state.ts";
import type { InsertOptions, Talk } from "./talk.ts";

const NONE: ReadonlySet<TalkLine> = new Set();

/**
 * Takes a part of a talk's history, which changes nothing but the lines of that talk. A server may send much of it at once,
 * so this is done in steps, one message each.
 *
 * @param now The time of messages that do not say their own.
 * @returns What was not known before, in its order.
 */
export function* replay(
  state: State,
  talk: Talk,
  messages: readonly Message[],
  now: number,
  options?: InsertOptions,
): Generator<void, ClientEvent[], undefined> {
  const read = new Map<TalkLine, Past>();
  const removals = new Map(
    messages.flatMap(({ command, params: [, msgid = "", reason = ""], source = "" }) =>
      command.toUpperCase() === "REDACT" ? [[msgid, { by: parseSource(source).nick, reason }]] : []
    ),
  );
  const own = new Set<string>();
  const changes: { message: Message; from: string; time: number }[] = [];
  for (const message of messages) {
    const time = timeOf(message, now);
    const from = parseSource(message.source ?? "").nick;
    const command = message.command.toUpperCase();
    if (command === "TAGMSG" || command === "REDACT") changes.push({ message: { ...message, command }, from, time });
    if (message.tags[EDIT_TAG] !== undefined && (command === "PRIVMSG" || command === "NOTICE")) {
      changes.push({ message: { ...message, command }, from, time });
      continue;
    }
    const event = readPast(message, from, state, own);
    const line = event && lineOf(event, time, message);
    const removal = line?.msgid === undefined ? undefined : removals.get(line.msgid);
    if (removal !== undefined && isSpeech(line!)) putRemoval(line!, removal);
    if (line !== undefined) read.set(line, event!);
    if (line?.own && line.msgid !== undefined) own.add(line.msgid);
    yield;
  }
  const added = yield* talk.inserting([...read.keys()], options);
  const another = talk.kind === "private" ? linesOfAnother(talk.lines) : NONE;
  const events = added.map((line): ClientEvent => {
    if (line.redacted !== undefined) {
      const { by, reason } = line.redacted;
      return { type: "redaction", time: line.time, target: talk.name, by, own: state.isSelf(by), reason, line };
    }
    const isAnother = another.has(line) ? { isAnother: true as const } : {};
    return { time: line.time, ...read.get(line)!, ...quoteOf(talk, line.replyTo), ...isAnother };
  });
  // Reactions, and removals of lines that were known before, come after the lines that they change, as they did then.
  for (const { message, from, time } of changes) {
    for (const event of HANDLERS.get(message.command)!(state, message, from, time, time, true)) {
      events.push({ time, ...event });
    }
    yield;
  }
  return events.sort((a, b) => a.time - b.time);
}

/** The last message that has a place of its own: a removal stands behind the message that it is about. */
export function lastPlaced(messages: readonly Message[]): Message | undefined {
  return messages.findLast(({ command }) => command.toUpperCase() !== "REDACT");
}

/** Reads the messages that a search found, without those of people who are ignored. */
export function readFound(state: State, messages: readonly Message[], now: number): Found[] {
  return messages.flatMap((message) => {
    const event = readPast(message, parseSource(message.source ?? "").nick, state);
    return event === undefined || event.type === "topic" ? [] : [{ ...event, time: timeOf(message, now) }];
  });
}
