/**
 * What of a channel outlives its members: its name and topic, its modes and lists, its founder, who is operator, the seats, and
 * the metadata. It notes which of these change, so that they can be kept.
 *
 * @module
 */

import type {
  ChannelItem,
  ChannelItemKind,
  ChannelSettings,
  PlainSettings,
  SignedText,
} from "../store/channel_settings.ts";
import { accountOfIdentity, isLastingIdentity } from "../store/identities.ts";
import type { Cause, Mask } from "./masklist.ts";
import type { Person } from "./person.ts";
import { Seats } from "./seats.ts";
import { ListModes } from "./verdicts.ts";

/** How many may be operators of a channel when they join. */
const MOST_OPERATORS = 500;

/** A map that reports each change. */
class ReportingMap extends Map<string, string> {
  readonly #report: (key: string, value: string | undefined) => void;

  constructor(entries: Iterable<readonly [string, string]>, report: (key: string, value: string | undefined) => void) {
    super();
    this.#report = report;
    for (const [key, value] of entries) super.set(key, value);
  }

  override set(key: string, value: string): this {
    this.#report(key, value);
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    this.#report(key, undefined);
    return super.delete(key);
  }
}

/** The lists of masks by their mode, and the names under which they are kept. */
const KEPT_AS = { b: "bans", e: "exceptions", I: "inviteExceptions" } as const;
export type ListLetter = keyof typeof KEPT_AS;

/** The modes of a new channel. */
const USUAL_FLAGS = "nt";

/** The number of the last channel that was made or renamed. */
let serials = 0;

const NOBODY: ReadonlySet<string> = new Set();

const NEVER_SET_BACK = { setBack: 0 };

/** Tells which account, folded, has an identity; nothing where it is a guest's. */
export type AccountOf = (identity: string) => string | undefined;

/** The lasting part of a channel. */
export class LastingChannel {
  #name: string;
  /** When it was last renamed, in milliseconds of `Chat.uptime`. */
  renamedAt = -Infinity;
  /** Its number, in the order in which channels were made or renamed, from 1 on. */
  serial = ++serials;
  /** Milliseconds since 1970. */
  readonly created: number;
  topic: SignedText | undefined;
  /** Modes without a parameter that are on: some of `MODES.flags`. */
  readonly flags: Set<string> = new Set(USUAL_FLAGS);
  #key: string | undefined;
  /** Names the present key without telling it: by this a device comes back past the key that its person had said. */
  #keyId: string | undefined;
  /** Mode `l`: how many members there may be. */
  limit: number | undefined;
  /** What its operators have noted of it, by key (IRCv3 metadata). */
  readonly metadata: Map<string, string>;
  /** By how much the ends of masks have gone back with the clock: they are kept without that. See `Endings.setBack`. */
  endings: { readonly setBack: number } = NEVER_SET_BACK;
  /** What the lists say of persons. */
  protected readonly listModes = new ListModes();
  /** Who may come back in spite of mode `i`. */
  protected readonly seats: Seats;
  /** The account, folded, that has an identity. */
  protected readonly accountOf: AccountOf;
  /** Most channels have none but their founder. */
  #operators: Set<string> | undefined;
  #founder: string | undefined;
  #era: string | undefined;
  /** What has changed since that was last asked for. */
  #changes = new Map<string, ChannelItem>();
  /** Whether everything that may be kept under its name is another channel's. */
  #isAnew: boolean;

  /**
   * @param kept The settings of a channel of this name that existed before.
   * @param steady The time by which masks that are kept end, in milliseconds since 1970; `created` if left out.
   * @param accountOf Tells which account, folded, has an identity.
   */
  constructor(
    name: string,
    created: number,
    kept?: ChannelSettings,
    steady = created,
    accountOf: AccountOf = accountOfIdentity,
  ) {
    this.accountOf = accountOf;
    this.seats = new Seats(
      (identity, isThere) => this.#changed("seat", identity, isThere ? "" : undefined),
      (identity) => accountOf(identity) !== undefined,
    );
    this.#isAnew = kept === undefined;
    this.#name = kept?.name ?? name;
    this.created = kept?.created ?? created;
    this.metadata = new ReportingMap(kept?.metadata ?? [], (key, value) => this.#changed("metadata", key, value));
    if (kept === undefined) return;
    this.topic = kept.topic;
    this.flags = new Set(kept.flags);
    this.key = kept.key;
    if (kept.key !== undefined) this.#keyId = kept.keyId ?? this.#keyId;
    this.limit = kept.limit;
    for (const [letter, list] of Object.entries(this.lists)) {
      const before = kept[KEPT_AS[letter as ListLetter]];
      list.restore(before, steady);
      const left = new Set(list.settings.map(({ text }) => text));
      for (const { text } of before) if (!left.has(text)) this.#changed(letter as ListLetter, text, undefined);
    }
    for (const identity of kept.operators) (this.#operators ??= new Set()).add(identity);
    this.#founder = kept.founder;
    this.#era = kept.era;
    for (const identity of kept.seats) {
      const mayReturn = this.flags.has("i") && this.seats.restore(identity);
      if (!mayReturn) this.#changed("seat", identity, undefined);
    }
  }

  /** Mode `k`: the word that a person must say to join. */
  get key(): string | undefined {
    return this.#key;
  }

  set key(key: string | undefined) {
    if (key === this.#key) return;
    this.#key = key;
    this.#keyId = key === undefined ? undefined : crypto.randomUUID().slice(-12);
  }

  /** Names the present key without telling it; another one, each time that the key changes. */
  get keyId(): string | undefined {
    return this.#keyId;
  }

  get lists(): ListModes["lists"] {
    return this.listModes.lists;
  }

  /** The identities of those who are operators when they join, beside the founder. */
  get operators(): ReadonlySet<string> {
    return this.#operators ?? NOBODY;
  }

  /**
   * The identity of whoever was the first one in, and is operator on each return, even if another operator took that away
   * meanwhile. As long as it is known nobody else is operator by coming first.
   */
  get founder(): string | undefined {
    return this.#founder;
  }

  /**
   * Names the time since when it is somebody's. What was said to its operators before is nothing for those of now: whoever finds it
   * empty may be anybody.
   */
  get era(): string | undefined {
    return this.#era;
  }

  #beginEra(): void {
    this.#era = crypto.randomUUID().slice(-12);
  }

  /** Notes who is the founder; undefined for nobody any more. */
  found(identity: string | undefined): void {
    const before = this.#founder;
    if (before === identity) return;
    if (this.isNobodys) this.#beginEra();
    this.#founder = identity;
    if (before !== undefined) this.#changed("founder", before, undefined);
    if (identity !== undefined) this.#changed("founder", identity, "");
  }

  /** Whether somebody is operator when they join: the founder, or who was made operator. */
  isKeptOperator(identity: string): boolean {
    return this.#founder === identity || this.operators.has(identity);
  }

  /** Whether whoever comes first may be operator, since nobody is known to be. */
  get isNobodys(): boolean {
    return this.#founder === undefined && this.operators.size === 0;
  }

  #changed(kind: ChannelItemKind, item: string, value: string | undefined): void {
    this.#changes.set(`${kind} ${item}`, { kind, item, value });
  }

  /** Whether there are changes that have not been asked for. */
  get hasChanges(): boolean {
    return this.#changes.size > 0;
  }

  /** The items that changed since the last call, and whether everything kept under its name before is another channel's. */
  takeChanges(): { isAnew: boolean; items: ChannelItem[] } {
    const taken = { isAnew: this.#isAnew, items: [...this.#changes.values()] };
    this.#isAnew = false;
    this.#changes = new Map();
    return taken;
  }

  /** The name as it was first written, or as it was last given. */
  get name(): string {
    return this.#name;
  }

  /**
   * Gives it another name. The chat sees to it that no other channel has that name, and tells the members.
   *
   * @param at Milliseconds of `Chat.uptime`.
   */
  rename(name: string, at: number): void {
    this.#name = name;
    this.renamedAt = at;
    this.serial = ++serials;
  }

  /** Whether it is as a new channel, so that nothing need be kept of it. */
  get isUsual(): boolean {
    const isUsual = this.topic === undefined && this.key === undefined && this.limit === undefined &&
      this.#founder === undefined && [...this.flags].sort().join("") === USUAL_FLAGS;
    return isUsual && [...Object.values(this.lists), this.operators, this.metadata].every(({ size }) => size === 0);
  }

  /** The settings that are to be kept; undefined where they are those of a new channel. */
  get settings(): ChannelSettings | undefined {
    if (this.isUsual) return undefined;
    const { lists } = this;
    return {
      ...this.plainSettings,
      bans: lists.b.settings,
      exceptions: lists.e.settings,
      inviteExceptions: lists.I.settings,
      operators: [...this.operators],
      founder: this.#founder,
      seats: this.seats.identities.filter(isLastingIdentity),
      metadata: [...this.metadata],
    };
  }

  /** The settings without those of which there may be many. */
  get plainSettings(): PlainSettings {
    const { name, created, topic, key, keyId, limit, era } = this;
    return { name, created, topic, flags: [...this.flags].sort().join(""), key, keyId, limit, era };
  }

  /** Whether there is room for one more who is operator on each return, or a person is that already, or can't return. */
  hasRoomForOperator({ identity }: Person): boolean {
    return !isLastingIdentity(identity) || this.isKeptOperator(identity) || this.operators.size < MOST_OPERATORS;
  }

  /**
   * Makes somebody operator whenever they join, or no longer. Whoever can't return is not noted; the founder need not be, and
   * stays founder.
   */
  noteOperator(identity: string, on: boolean): void {
    if (this.operators.has(identity) === on) return;
    if (on && (!isLastingIdentity(identity) || identity === this.#founder || this.operators.size >= MOST_OPERATORS)) {
      return;
    }
    if (on && this.isNobodys) this.#beginEra();
    if (on) (this.#operators ??= new Set()).add(identity);
    else this.#operators?.delete(identity);
    this.#changed("operator", identity, on ? "" : undefined);
  }

  /** Adds to a list of masks, in place of an entry that covers the same. After a ban, `unseatBanned` is to follow. */
  addMask(letter: ListLetter, mask: Mask, by: string, at: number, cause?: Cause): void {
    const before = this.lists[letter].get(mask);
    if (before !== undefined && before.text !== mask.text) this.removeMask(letter, before);
    this.lists[letter].add(mask, by, at, cause);
    const keptAt = mask.minutes === undefined ? at : at + this.endings.setBack;
    this.#changed(letter, mask.text, JSON.stringify({ by, at: keptAt, ...cause }));
    this.listModes.changed();
  }

  /** Removes from a list of masks the entry that covers the same; gives its text. */
  removeMask(letter: ListLetter, mask: Pick<Mask, "key">): string | undefined {
    const entry = this.lists[letter].remove(mask);
    if (entry !== undefined) this.#changed(letter, entry.text, undefined);
    this.listModes.changed();
    return entry?.text;
  }

  /** Whether some entry of the lists ends by itself. */
  get isTimed(): boolean {
    return Object.values(this.lists).some((list) => list.isTimed);
  }

  /** Moves the entries that end by themselves, since the clock was set. They are kept as they were. See `MaskList.move`. */
  moveMasks(by: number): void {
    for (const list of Object.values(this.lists)) list.move(by);
  }

  /** Removes from the lists the entries whose time is over; gives them as MODE tells them. */
  expireMasks(now: number): [change: string, text: string][] {
    const over = Object.entries(this.lists).flatMap(([letter, list]) =>
      list.expire(now).map(({ text }): [string, string] => {
        this.#changed(letter as ListLetter, text, undefined);
        return [`-${letter}`, text];
      })
    );
    if (over.length > 0) this.listModes.changed();
    return over;
  }
}
