/**
 * Turns events into lines of a terminal in their order: lines of history stand between live ones, a date where the day changes,
 * and a mark where the person was away. It remembers the day that was shown last.
 *
 * @module
 */

import { styleText } from "node:util";
import { fileHost } from "../client/file_address.ts";
import type { ClientEvent, Happening } from "../client/state/events.ts";
import { HISTORY } from "../client/state/history.ts";
import { banReason } from "../client/state/restriction_replies.ts";
import { words } from "./language.ts";
import { render, type RenderOptions } from "./render.ts";
import { printable } from "./printable.ts";
import { MARK } from "./wrap.ts";

/** The part of a client's state on which it depends how its events are shown. */
type Viewpoint = Pick<RenderOptions, "nick" | "channel"> & { isupport: Parameters<typeof fileHost>[0] };

type EventOf<Type extends Happening["type"]> = Extract<ClientEvent, { type: Type }>;

/** The lines of one terminal. */
export class Transcript {
  /** The day of the last line; undefined before the first one. */
  #day: string | undefined;
  /** The channel from which a ban has just put this person out. */
  #bannedFrom: string | undefined;

  /** Gives an event as lines of text, without their ends. */
  lines(event: ClientEvent, options: RenderOptions): string[] {
    if (event.type === "history") return this.#history(event, options);
    if (event.type === "search") return search(event, options);
    if (this.#isTold(event)) return [];
    const lines = render(event, options);
    return lines.length === 0 ? [] : [...this.#date(event.time, options), ...lines];
  }

  /** Whether the line of a KICK has told this already: what the server says behind it of a ban is the same once more. */
  #isTold(event: ClientEvent): boolean {
    const { type } = event;
    const isTold = type === "error" && event.bannedFrom !== undefined && event.bannedFrom === this.#bannedFrom;
    if (type === "kick" && event.own) {
      this.#bannedFrom = banReason(event.reason) === undefined ? undefined : event.channel;
    } else if (isTold || (type === "join" && event.own)) this.#bannedFrom = undefined;
    return isTold;
  }

  #history({ place, target, events, complete }: EventOf<"history">, options: RenderOptions): string[] {
    const isPast = place !== "missed";
    const lines = events.flatMap((event) => {
      // The day has a line of its own, so the time of day is enough.
      const lines = render(event, { ...options, now: event.time, isPast });
      return lines.length === 0 ? [] : [...this.#date(event.time, options, true), ...lines];
    });
    if (lines.length === 0) return [];
    if (place === "missed") return [rule(words().history.missed(target), options), ...lines];
    if (place === "latest") return lines;
    this.#day = undefined;
    const { older, backToNow } = words().history;
    return [rule(older(target, complete), options), ...lines, rule(backToNow, options)];
  }

  /** A line with the date, where the day is not that of the line before. */
  #date(time: number, options: RenderOptions, isPast = false): string[] {
    const day = new Date(time).toDateString();
    if (day === this.#day) return [];
    // The first line needs no date where it is live or of today.
    const isPlain = this.#day === undefined && (!isPast || day === new Date(options.now).toDateString());
    this.#day = day;
    if (isPlain) return [];
    return [rule(words().history.day(new Date(time)), options)];
  }
}

/** Makes a function that gives each event as lines of text, as a client in this state shows it now. */
export function transcriber(color: boolean): (event: ClientEvent, state: Viewpoint) => string[] {
  const transcript = new Transcript();
  return (event, { nick, channel, isupport }) => {
    return transcript.lines(event, { color, nick, channel, now: Date.now(), fileHost: fileHost(isupport) });
  };
}

function rule(text: string, { color }: RenderOptions): string {
  const line = `\u2014 ${printable(text)} \u2014`;
  return color ? styleText("dim", line, { validateStream: false }) : line;
}

/** Lines of one hit that are shown. */
const SHOWN = 3;

/** The first lines of a hit, and how many more there are. */
function beginningOf(lines: string[]): string[] {
  const left = lines.length - SHOWN;
  if (left <= 0) return lines;
  return [...lines.slice(0, SHOWN), MARK + words().history.moreLines(left)];
}

function search({ target, text, found, isLocal, time }: EventOf<"search">, options: RenderOptions): string[] {
  // Where as many lines were found as were asked for, there may be more.
  const isAll = found.length < HISTORY.found;
  const heading = words().history.found(found.length, text, isAll, isLocal ? target : undefined);
  return [
    ...render({ type: "info", text: heading, time }, options),
    ...found.flatMap((hit) => beginningOf(render(hit, { ...options, isPast: true }))),
  ];
}
