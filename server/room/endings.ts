/**
 * By which time things end, and for how long what was said may be changed, though somebody sets the system's clock: what lasts ten
 * minutes lasts ten minutes. Where the clock is set back, the ends of bans go back by as much; where that is undone, they follow.
 *
 * @module
 */

import type { SteadyClock } from "../store/clock.ts";
import type { ServerBans } from "./bans.ts";
import type { ChannelList } from "./channel_list.ts";

/** Into so many steps the time for editing is divided: so much longer it may last at the most where the clock was set back. */
const STEPS = 60;

/** The room, as far as what ends in it needs it: a `Chat`. */
export interface EndingsRoom {
  readonly now: () => number;
  /** See `Chat.uptime`. */
  readonly uptime: () => number;
  /** Where messages are kept, if they are; its clock does not jump ahead. */
  readonly history: { readonly clock: SteadyClock; oldest(keep: number): number } | undefined;
  readonly bans: Pick<ServerBans, "move">;
  readonly channels: Pick<ChannelList, "moveBans">;
  readonly editFor: number;
  readonly lastMessage: number;
}

/** What ends in a room. */
export class Endings {
  readonly #room: EndingsRoom;
  #setBack: number | undefined;
  /** What was said last at some moments of `Chat.uptime`: the first is the last one that is older than the time for editing. */
  readonly #marks: { at: number; id: number }[] = [];

  constructor(room: EndingsRoom) {
    this.#room = room;
  }

  /**
   * By how much the ends of bans have gone back, in milliseconds: they are kept without that, so that a restart finds them right,
   * however the clock is set then.
   */
  get setBack(): number {
    return this.#setBack ??= this.#room.history?.clock.setBack ?? 0;
  }

  /** The time by which something ends, in milliseconds since 1970. To be asked every few seconds, and before an end is set. */
  get time(): number {
    this.#mark();
    const { history, bans, channels } = this.#room;
    if (history === undefined) return this.#room.now();
    const { time, setBack } = history.clock;
    const by = this.setBack - setBack;
    this.#setBack = setBack;
    if (by !== 0) {
      bans.move(by);
      channels.moveBans(by);
    }
    return time;
  }

  /** The earliest time of what may still be kept, in milliseconds since 1970; see `History.oldest`. */
  oldest(keep: number): number {
    return this.#room.history?.oldest(keep) ?? this.#room.now() - keep;
  }

  #mark(): void {
    const { editFor, lastMessage } = this.#room;
    const at = this.#room.uptime();
    const last = this.#marks.at(-1);
    if (last === undefined || at - last.at >= Math.max(1, editFor / STEPS)) this.#marks.push({ at, id: lastMessage });
    while (this.#marks.length > 1 && at - this.#marks[1].at > editFor) this.#marks.shift();
  }

  /** Whether the time for editing a message is over by a clock that is never set, though its id may tell another time. */
  isPastEditing(id: number): boolean {
    this.#mark();
    const [{ at, id: last }] = this.#marks;
    return id <= last && this.#room.uptime() - at > this.#room.editFor;
  }
}
