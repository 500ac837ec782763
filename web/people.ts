/// <reference lib="dom" />
/**
 * The list of people who are online in the current channel, at the right.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { foldName } from "../client/names.ts";
import type { Member } from "../client/state/members.ts";
import type { State } from "../client/state/state.ts";
import type { Talk } from "../client/state/talk.ts";
import { StayView } from "./element.ts";
import { sanitize } from "../client/sanitize.ts";
import { drawAvatar, drawDisplayName, hueOf } from "./draw.ts";
import { icon } from "./icon.ts";
import { offerMenus, type Place } from "./menu.ts";
import { isMuted, lookForMuted } from "./muted.ts";

/** With more people than so many, the list has a field that finds some of them. */
const MANY = 20;

/** Where somebody stands in the list: operators first, then who has a voice. */
function rankOf({ prefix }: Member): number {
  return prefix.includes("@") ? 0 : prefix.includes("+") ? 1 : 2;
}

export class PeopleView extends StayView {
  /** Called when the person has chosen somebody. */
  chosen: () => void = () => {};
  /** Who was in the channel when that was known last: without a connection it is not. */
  #known: { channel: string | undefined; members: readonly Member[] } = { channel: undefined, members: [] };
  /** What is written in the field that finds people. */
  #sought = "";

  /** A mode of a channel has changed: perhaps somebody is muted there now, or not any more. */
  readonly #moded = ({ detail }: CustomEventInit<string>) => {
    const talk = this.stay.client.state.joined(detail!);
    if (talk !== undefined) void lookForMuted(this.stay, talk, true);
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.stay.addEventListener("mode", this.#moded);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stay.removeEventListener("mode", this.#moded);
  }

  protected override firstUpdated(): void {
    offerMenus(this, (target, place) => {
      const nick = target.closest("li")?.querySelector<HTMLElement & { nick: string }>("bdi")?.nick;
      if (nick !== undefined) this.#menu(nick, place);
      return nick !== undefined;
    });
  }

  override render(): TemplateResult {
    const { state } = this.stay.client;
    const { members, isNow } = this.#members(state);
    const hasMany = members.length > MANY;
    const shown = this.#inOrder(hasMany ? members.filter((member) => this.#isSought(member)) : members);
    const talk = this.#talk;
    if (talk !== undefined) void lookForMuted(this.stay, talk, false);
    const ruled = this.#shownTalk?.members.get(foldName(state.nick))?.prefix.includes("@") ? talk : undefined;
    return html`
      <h2>${this.#heading(members.length, isNow)}</h2>
      ${isNow || this.stay.lost === undefined ? nothing : html`<p class="unknown">${this.words.onlineUnknown}</p>`}
      ${ruled === undefined ? nothing : html`
        <button class="bans" type="button" @click=${() => this.#showBans(ruled)}>${icon("ban")} ${this.words
          .bans}</button>
      `}
      ${hasMany ? this.#search(shown.length) : nothing}
      <ul class=${isNow ? "" : "before"}>${repeat(
        shown,
        ({ nick }) => foldName(nick),
        (member) => this.#drawn(member),
      )}</ul>
    `;
  }

  #showBans(talk: Talk): void {
    void this.stay.load(import("./moderate.ts"), (m) => m.showRestrictions(this.stay, talk));
  }

  /** What is listed. Beside a private talk it says in which channel these people are. */
  #heading(count: number, isNow: boolean): string {
    const { words, stay } = this;
    if (isNow && this.#talk !== undefined && stay.talk?.kind === "private") {
      return words.onlineElsewhere(sanitize(this.#talk.name), count);
    }
    return isNow ? words.onlineCount(count) : words.onlineBefore(count);
  }

  /** Who is in the channel that is shown, and whether that is so now: somebody who is in a channel sees themselves there. */
  #members(state: State): { members: readonly Member[]; isNow: boolean } {
    const { channel } = state;
    const members = channel === undefined ? [] : state.members(channel);
    const isNow = members.length > 0 || (channel === undefined && this.stay.lost === undefined);
    if (isNow || channel !== this.#known.channel) this.#known = { channel, members };
    return { members: this.#known.members, isNow };
  }

  /** Members by their rank, and by nick as they come. */
  #inOrder(members: readonly Member[]): Member[] {
    const ranks: Member[][] = [[], [], []];
    for (const member of members) ranks[rankOf(member)].push(member);
    return ranks.flat();
  }

  #isSought({ nick }: Member): boolean {
    const { displayName = "" } = this.stay.client.state.profiles.of(nick);
    return foldName(nick).includes(this.#sought) || foldName(displayName).includes(this.#sought);
  }

  #search(found: number): TemplateResult {
    const { findPerson, nobodyFound } = this.words;
    const seek = ({ target }: Event) => {
      this.#sought = foldName((target as HTMLInputElement).value.trim());
      this.requestUpdate();
    };
    return html`
      <input class="seek" type="search" aria-label=${findPerson} placeholder=${findPerson} autocomplete="off"
        spellcheck="false" @input=${seek}>
      <p class="nobody" role="status">${found === 0 ? nobodyFound : ""}</p>
    `;
  }

  /** Draws a member. Nothing is done where they look as before, since there may be thousands. */
  #drawn(member: Member): unknown {
    const isSelf = this.stay.client.state.isSelf(member.nick);
    const { profiles } = this.stay.client.state;
    const isMutedHere = isMuted(this.stay, this.#talk, member.nick);
    const look = [member.nick, member.prefix, member.away, isSelf, this.words, profiles.of(member.nick), isMutedHere];
    return guard(look, () => this.#entry(member, isMutedHere));
  }

  /** The channel whose people are listed. */
  get #talk(): Talk | undefined {
    const { state } = this.stay.client;
    return state.channel === undefined ? undefined : state.joined(state.channel);
  }

  /** The same where it is on the screen. While a private talk is, its operators would not see where something is done. */
  get #shownTalk(): Talk | undefined {
    const talk = this.#talk;
    return talk === this.stay.talk ? talk : undefined;
  }

  #entry(member: Member, isMutedHere: boolean): TemplateResult {
    const { words, stay } = this;
    const nick = sanitize(member.nick);
    const rank = [words.operator, words.voice, ""][rankOf(member)];
    const place = rankOf(member);
    const isSelf = stay.client.state.isSelf(member.nick);
    const profile = stay.client.state.profiles.of(member.nick);
    const face = html`${drawAvatar(member.nick)}<span class="called"><bdi .nick=${member.nick} class=${
      isSelf ? "" : `named ${hueOf(member.nick)}`
    }>${nick}</bdi>${isSelf ? html`<small>(${words.you})</small>` : nothing}${drawDisplayName(profile)}</span>`;
    const status = sanitize(profile.status ?? "");
    return html`<li class="${member.away ? "away" : ""} ${isSelf ? "self" : ""}">
      ${
      isSelf ? html`<span class="person">${face}</span>` : html`
        <button class="person" type="button"
          title=${words.talkTo(nick)} @click=${() => this.#open(member.nick)}>${face}</button>
      `
    }
      ${
      rank === ""
        ? nothing
        : html`<small class="badge rank${place}" title=${rank}>${place === 0 ? icon("shield") : nothing}${rank}</small>`
    }
      ${isMutedHere ? html`<small class="badge">${icon("mic-off")}${words.mutedHere}</small>` : nothing}
      ${member.away ? html`<small class="notes">${words.away}</small>` : nothing}
      ${status === "" ? nothing : html`<small class="status" title=${status}><bdi>${status}</bdi></small>`}
      <button class="more" type="button" aria-label=${words.more} title=${words.moreAbout(nick)}
        aria-haspopup="menu" @click=${({ currentTarget }: Event) =>
      this.#menu(member.nick, currentTarget as Element)}>${icon("ellipsis")}</button>
    </li>`;
  }

  #menu(nick: string, place: Place): void {
    const { stay } = this;
    void stay.load(import("./menus.ts"), (m) => m.showPersonMenu(stay, nick, this.#shownTalk, place, this.chosen));
  }

  #open(nick: string): void {
    void this.stay.open(nick);
    this.chosen();
  }
}
