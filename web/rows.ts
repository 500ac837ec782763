/**
 * A talk as rows to be drawn: its lines with dates between them, several things that happened gathered into one row, and
 * the page's own notes where they belong. Pure.
 *
 * @module
 */

import { isNews, isSpeech, linesOfAnother, type TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import type { Note } from "./notes.ts";

/** One row. Its key differs from those of all other rows of the talk, and stays the same while the talk grows. */
export type Row =
  | { type: "date"; key: unknown; time: number }
  /**
   * `isHead`: whether the row shows who says it. Else it goes on with what the same person said before, in the row above, which
   * is `isJoined`. `isPending`: the server does not have it yet.
   */
  | { type: "said"; key: TalkLine; line: TalkLine; isHead: boolean; isJoined?: true; isPending?: true }
  | { type: "happened"; key: TalkLine; lines: TalkLine[] }
  /** The talk was with somebody else up to here, who had the same nick. */
  | { type: "another"; key: unknown; line: TalkLine }
  | { type: "note"; key: Note; note: Note }
  /** Between what was read and what is new. */
  | { type: "new"; key: unknown };

/** Milliseconds between two lines of one person that stand under one name, at most. */
const TOGETHER = 5 * 60_000;

/** Things that happened which are gathered into one row, at most. The row tells of few of them. */
const GATHERED = 1_000;

const MINUTE = 60_000;

/**
 * Whether what happened is told in the row of what happened before. A row tells of people who came and went first, and has the
 * time of its first line: so nobody comes or goes in it after something else, and what else happened did so in that minute.
 */
function goesInto(lines: readonly TalkLine[], line: TalkLine): boolean {
  if (lines.length >= GATHERED) return false;
  if (isMove(line)) return isMove(lines.at(-1)!);
  return Math.floor(lines[0].time / MINUTE) === Math.floor(line.time / MINUTE);
}

/**
 * Gives the rows of a talk.
 *
 * @param notes The notes of the talk, in the order in which they were told.
 * @param firstNew The first line that was unread when the talk was opened.
 * @param hasMoves Whether it is shown who comes and who goes.
 * @param pending What was said here and the server does not have yet.
 */
export function rowsOf(
  lines: readonly TalkLine[],
  notes: readonly Note[] = [],
  firstNew?: TalkLine,
  hasMoves = true,
  pending: readonly TalkLine[] = [],
): Row[] {
  const rows: Row[] = [];
  const after = Map.groupBy(notes, (note) => note.after);
  const days = new Days();
  const dates = new Map<number, number>();
  const date = (time: number) => {
    if (days.isSame(time)) return;
    // Where a clock was set back, the same day comes twice.
    const count = (dates.get(days.start) ?? 0) + 1;
    dates.set(days.start, count);
    rows.push({ type: "date", key: `date ${days.start} ${count}`, time });
  };
  // The notes that have no row yet: older lines of the past come before them.
  const told = [...after.get(undefined) ?? []];
  const tell = (before: TalkLine | undefined) => {
    const isDue = ({ time }: Note) => before === undefined || !before.history || time < before.time;
    while (told.length > 0 && isDue(told[0])) {
      const note = told.shift()!;
      date(note.time);
      rows.push({ type: "note", key: note, note });
    }
  };
  const another = linesOfAnother(lines);
  for (const line of lines) {
    if (line.isTold || (!hasMoves && isMove(line))) {
      told.push(...after.get(line) ?? []);
      continue;
    }
    tell(line);
    date(line.time);
    if (line === firstNew) rows.push({ type: "new", key: NEW });
    if (another.has(line)) rows.push({ type: "another", key: `another ${line.msgid ?? line.time}`, line });
    const last = rows.at(-1);
    if (isSpeech(line)) {
      rows.push({ type: "said", key: line, line, isHead: !joins(last, line) });
    } else if (last?.type === "happened" && goesInto(last.lines, line)) last.lines.push(line);
    else rows.push({ type: "happened", key: line, lines: [line] });
    told.push(...after.get(line) ?? []);
  }
  tell(undefined);
  for (const line of pending) {
    rows.push({ type: "said", key: line, line, isHead: !joins(rows.at(-1), line), isPending: true });
  }
  return rows;
}

/** Whether a line tells that somebody has come or gone. */
function isMove({ kind }: TalkLine): boolean {
  return kind === "join" || kind === "part" || kind === "quit";
}

/** Finds the days of lines. Most are of the same day as the line before, and need no computing with the calendar. */
class Days {
  /** When the day begins, in milliseconds since 1970. */
  start = 0;
  #end = 0;

  /** Whether a time is of the same local day as the time of the last call. */
  isSame(time: number): boolean {
    if (time >= this.start && time < this.#end) return true;
    const date = new Date(time);
    date.setHours(0, 0, 0, 0);
    this.start = date.getTime();
    // Not 24 hours later: a day is longer or shorter where clocks are changed.
    date.setDate(date.getDate() + 1);
    this.#end = date.getTime();
    return false;
  }
}

/** Joins a line to the row above it, if it goes on with what that says. @returns Whether it does. */
function joins(last: Row | undefined, line: TalkLine): boolean {
  if (last?.type !== "said" || !goesOn(last.line, line)) return false;
  last.isJoined = true;
  return true;
}

/** Whether a line goes on with the line before, under the same name. */
function goesOn(before: TalkLine, line: TalkLine): boolean {
  return before.kind === "message" && line.kind === "message" && before.from === line.from &&
    before.own === line.own && line.replyTo === undefined && line.time - before.time < TOGETHER;
}

/** The key of the row between what was read and what is new. */
export const NEW = "new";

/** The first line of a talk that is unread. */
export function firstUnread(talk: Talk): TalkLine | undefined {
  let { unread } = talk;
  for (let i = talk.lines.length - 1; i >= 0 && unread > 0; i--) {
    const line = talk.lines[i];
    if (isNews(line) && --unread === 0) return line;
  }
}
