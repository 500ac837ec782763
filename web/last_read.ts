/// <reference lib="dom" />
/**
 * Keeps in the browser what was read last, for a page that begins where the room can't be reached.
 *
 * Only what was said in channels is kept. A private talk is between two people: it is not left behind on a machine that others
 * may use. And nothing is kept for a person who does not stay signed in. It goes when the person leaves or logs out, or when
 * somebody else comes in; and it is not shown any more when it is a week old.
 *
 * It is kept in the local storage, which is written at once: a page that is closed would not wait for anything else.
 *
 * @module
 */

import { textWithName } from "../client/file_address.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { State } from "../client/state/state.ts";
import type { FileInfo } from "../shared/file_message.ts";

/** A line as it is kept. */
export interface ReadLine {
  /** Milliseconds since 1970. */
  time: number;
  from: string;
  text: string;
  isAction: boolean;
}

/** What was read last in a channel. */
export interface ReadTalk {
  channel: string;
  lines: ReadLine[];
}

/** How much is kept: bytes in all, as the storage holds texts, lines of a channel, and for how many milliseconds. */
const MOST = { bytes: 128 * 1024, lines: 50, age: 7 * 86_400_000 } as const;

/** The key of what is kept. Another room may lie beside this one, at another path of the same host. */
const key = () => `teahouse.read ${location.pathname}`;

const SAID: ReadonlySet<string> = new Set(["message", "action", "notice"]);

function isForOthers({ kind, redacted, private: isPrivate }: TalkLine): boolean {
  return SAID.has(kind) && redacted === undefined && !isPrivate;
}

/** The last lines of each channel: none has more than its share of the bytes. @param nameOf What a voice message is called. */
export function readOf({ talks }: Pick<State, "talks">, nameOf?: (file: FileInfo) => string): ReadTalk[] {
  const channels = [...talks.values()].filter(({ kind }) => kind === "channel");
  const share = MOST.bytes / channels.length;
  const read: ReadTalk[] = [];
  for (const { name, lines: all } of channels) {
    const kept = (lines: ReadLine[]): ReadTalk => ({ channel: name, lines });
    let lines: ReadLine[] = [];
    let size = sizeOf(kept(lines));
    for (let at = all.length - 1; at >= 0 && lines.length < MOST.lines; at--) {
      const line = all[at];
      if (!isForOthers(line)) continue;
      const { time, from, kind, file } = line;
      // Its address would tell nobody anything.
      const text = file?.voice === undefined ? line.text : textWithName(line, nameOf);
      const next = { time, from, text, isAction: kind === "action" };
      size += sizeOf(next);
      if (size > share) break;
      lines = [next, ...lines];
    }
    if (lines.length > 0) read.push(kept(lines));
  }
  return read;
}

/** How many bytes a value takes as the storage holds it, with what stands between it and the next. */
export function sizeOf(value: unknown): number {
  return 2 * (JSON.stringify(value).length + 1);
}

/** Keeps what was read. @param now Milliseconds since 1970. */
export function keepRead(state: Pick<State, "talks">, nameOf: (file: FileInfo) => string, now = Date.now()): void {
  try {
    localStorage.setItem(key(), JSON.stringify({ at: now, talks: readOf(state, nameOf) }));
  } catch {
    // Then nothing is shown where the room can't be reached.
  }
}

/** What was read last; nothing where nothing is kept, or what is kept is too old. */
export function lastRead(now = Date.now()): ReadTalk[] {
  try {
    const { at, talks } = JSON.parse(localStorage.getItem(key()) ?? "{}");
    if (typeof at !== "number" || !Array.isArray(talks)) return [];
    if (Math.abs(now - at) <= MOST.age) return talks.filter(isReadTalk);
    forgetRead();
    return [];
  } catch {
    return [];
  }
}

/** Whether this is a channel's lines: anybody may have written anything there. */
function isReadTalk(talk: unknown): talk is ReadTalk {
  if (typeof talk !== "object" || talk === null) return false;
  const { channel, lines } = talk as Partial<ReadTalk>;
  return typeof channel === "string" && Array.isArray(lines) &&
    lines.every((line) =>
      typeof line === "object" && line !== null && Number.isFinite(line.time) && typeof line.from === "string" &&
      typeof line.text === "string"
    );
}

/** Forgets what was read. */
export function forgetRead(): void {
  try {
    localStorage.removeItem(key());
  } catch {
    // Then nothing is kept.
  }
}
