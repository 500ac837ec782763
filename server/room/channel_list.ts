/**
 * The channels of a room by their names, and what is to be done for all of them: keeping their settings, ending their bans,
 * counting those that are secret.
 *
 * @module
 */

import { casefold, ERR_CANNOTSENDTOCHAN } from "../../protocol.ts";
import type { KeptChannels } from "../store/channels.ts";
import { inSlices, type Pace } from "../turns/slices.ts";
import { Channel, channelsOf } from "./channel.ts";
import { ChannelLooks } from "./look_alikes.ts";
import type { AccountOf } from "./lasting_channel.ts";
import { parseMask } from "./masklist.ts";
import type { Origin } from "./origin.ts";
import type { Person } from "./person.ts";
import { ReplyError } from "./reply.ts";
import { tellOfRestrictions } from "./restrictions.ts";
import type { Session } from "./session.ts";

/** Why something is refused that would have to be kept. */
export const CANNOT_KEEP = "it can't be kept at the moment: the server's disk is full or locked; try again later";

/** The room, as far as its channels need it; `Chat` is one. */
export interface ChannelsRoom {
  readonly origin: Origin;
  /** At whose expense the room's own work is done. */
  readonly pace: Pace;
  /** The time by which bans end. Milliseconds since 1970. */
  readonly steadyTime: number;
  /** By how much the ends of bans have gone back with the clock, in milliseconds. */
  readonly endings: { readonly setBack: number };
  readonly accountOf: AccountOf;
  /** See `Chat.uptime`. */
  readonly uptime: () => number;
}

/** That a channel was opened or renamed: its folded name from then on, and its number. */
export interface Opening {
  readonly name: string;
  readonly serial: number;
}

/** The channels by folded name. */
export class ChannelList extends Map<string, Channel> {
  readonly #room: ChannelsRoom;
  /** Where their settings are kept, if they are. */
  readonly kept: KeptChannels | undefined;
  /** Channels with bans that end by themselves. */
  readonly #timed = new Set<Channel>();
  /** Channels that are secret (mode `s`). */
  readonly #secret = new Set<Channel>();
  readonly #looks = new ChannelLooks();
  #openings: Opening[] = [];
  #isExpiring = false;

  constructor(room: ChannelsRoom, kept: KeptChannels | undefined) {
    super();
    this.#room = room;
    this.kept = kept;
  }

  find(name: string): Channel | undefined {
    return this.get(casefold(name));
  }

  /**
   * The openings of all channels, in order, and some of channels that are gone or renamed since. Further ones are appended, and
   * nothing else is changed: whoever reads for long reads on in the same array, instead of in a copy of their own.
   */
  get openings(): readonly Opening[] {
    return this.#openings;
  }

  /** The channel that was opened so, if it is there and has that name. */
  ofOpening({ name, serial }: Opening): Channel | undefined {
    const channel = this.get(name);
    return channel?.serial === serial ? channel : undefined;
  }

  override set(name: string, channel: Channel): this {
    // Of every two notes one is of a channel that is there, so that each costs the same, however many there are.
    if (this.#openings.length >= 2 * this.size + 64) {
      this.#openings = this.#openings.filter((opening) => this.ofOpening(opening) !== undefined);
    }
    this.#openings.push({ name, serial: channel.serial });
    return super.set(name, channel);
  }

  /** A channel of that name that is not open yet, with the settings that were kept of it. */
  prepare(name: string): Channel {
    const { origin, steadyTime, endings, accountOf } = this.#room;
    const channel = new Channel(name, origin.now(), this.kept?.find(name), steadyTime + endings.setBack, accountOf);
    channel.moveMasks(-endings.setBack);
    channel.endings = endings;
    channel.onSeatsChanged = () => this.settingsChanged(channel);
    return channel;
  }

  /** Notes that a channel is open. */
  open(channel: Channel): void {
    this.set(casefold(channel.name), channel);
    this.#looks.open.add(channel.name);
    if (channel.isTimed) this.#timed.add(channel);
    this.#noteSecret(channel);
  }

  /** Closes a channel that has no members any more. */
  close(channel: Channel): void {
    this.delete(casefold(channel.name));
    this.#looks.open.delete(channel.name);
    channel.uninviteAll();
    this.#timed.delete(channel);
    this.#secret.delete(channel);
  }

  /**
   * Gives a channel another name, under which its settings go on.
   *
   * @returns Whether the name was free: neither a channel's nor one under which another channel's history is kept.
   * @throws {StoreError} If it can't be written.
   */
  rename(channel: Channel, name: string): boolean {
    const [before, after] = [casefold(channel.name), casefold(name)];
    const nameBefore = channel.name;
    if (before !== after && this.has(after)) return false;
    if (this.kept?.rename(channel, name) === false) return false;
    channel.rename(name, this.#room.uptime());
    this.delete(before);
    this.#looks.open.delete(nameBefore);
    this.set(after, channel);
    this.#looks.open.add(name);
    return true;
  }

  /**
   * The channel that a new one of this name could be taken for. One of which something is kept is not new: nobody can keep its
   * members out by opening one that looks like it while nobody is there.
   *
   * @param but A channel whose name does not matter, since it is to have this one.
   */
  alike(name: string, but?: Channel): string | undefined {
    const alike = this.#looks.alike(name, but?.name);
    return alike === undefined || this.kept?.isKept(name) === true ? undefined : alike;
  }

  /** Whether what changes of a channel can be kept. */
  get canKeep(): boolean {
    return this.kept?.isFull !== true;
  }

  /** Throws if what is to change of a channel can't be kept: 404. */
  requireKeeping({ name }: Channel): void {
    if (this.canKeep) return;
    throw new ReplyError(ERR_CANNOTSENDTOCHAN, name, `Cannot change the channel (${CANNOT_KEEP})`);
  }

  /** A channel's topic, modes or lists have changed. @param by The session that did it, to which what is kept is charged. */
  settingsChanged(channel: Channel, by?: Session): void {
    if (channel.isTimed) this.#timed.add(channel);
    this.#noteSecret(channel);
    if (this.kept === undefined) channel.takeChanges();
    else {
      const bytes = this.kept.changed(channel);
      by?.onKept?.(bytes);
    }
  }

  #noteSecret(channel: Channel): void {
    if (channel.flags.has("s") && channel.members.size > 0) this.#secret.add(channel);
    else this.#secret.delete(channel);
  }

  /** How many channels there are that a person may know of. */
  countFor(person: Person): number {
    const own = [...channelsOf(person)].filter((channel) => this.#secret.has(channel));
    return this.size - this.#secret.size + own.length;
  }

  /** Moves the ends of the bans in open channels, since the clock was set. @param by Milliseconds. */
  moveBans(by: number): void {
    for (const channel of this.#timed) channel.moveMasks(by);
  }

  /** Lifts the bans whose time is over, and tells the members, in slices. */
  expireBans(): void {
    if (this.#isExpiring) return;
    this.#isExpiring = true;
    const { origin, pace } = this.#room;
    inSlices(pace, this.#expireBans(), (error) => {
      this.#isExpiring = false;
      origin.reportFailure("cannot lift bans", error);
    });
  }

  *#expireBans(): Generator<void> {
    const { origin } = this.#room;
    for (const channel of [...this.#timed]) {
      const changes = channel.expireMasks(this.#room.steadyTime);
      for (const change of changes) channel.publish(origin.event("MODE", [channel.name, ...change]));
      if (!channel.isTimed || channel.members.size === 0) this.#timed.delete(channel);
      if (changes.length > 0) this.settingsChanged(channel);
      yield;
      const removed = changes.filter(([change]) => change === "-b").map(([, text]) => parseMask(text)!.pattern);
      if (removed.length > 0) yield* tellOfRestrictions(origin, channel, { added: [], removed });
    }
    this.#isExpiring = false;
  }
}
