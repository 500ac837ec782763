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
import type { Talk } from "../client/state/talk.ts";
import { StayView } from "./element.ts";
import { sanitize } from "../client/sanitize.ts";
import { drawAvatar, drawDisplayName } from "./draw.ts";
import { icon } from "./icon.ts";
import { moderate, showRestrictions } from "./moderate.ts";

export class PeopleView extends StayView {
  /** Called when the person has chosen somebody. */
  chosen: () => void = () => {};
  /** The channel that is shown, if the person is its operator. */
  #ruled: Talk | undefined;

  override render(): TemplateResult {
    const { state } = this.stay.client;
    const members = state.channel === undefined ? [] : state.members(state.channel);
    const talk = state.channel === undefined ? undefined : state.joined(state.channel);
    this.#ruled = talk?.members.get(foldName(state.nick))?.prefix.includes("@") ? talk : undefined;
    const ruled = this.#ruled;
    return html`
      <h2>${this.words.onlineCount(members.length)}</h2>
      ${ruled === undefined ? nothing : html`
        <button class="bans" type="button" @click=${() => void showRestrictions(this.stay, ruled)}>${this.words
          .bans}</button>
      `}
      <ul>${repeat(members, ({ nick }) => foldName(nick), (member) => this.#drawn(member))}</ul>
    `;
  }

  /** Draws a member. Nothing is done where they look as before, since there may be thousands. */
  #drawn(member: Member): unknown {
    const isSelf = this.stay.client.state.isSelf(member.nick);
    const { profiles } = this.stay.client.state;
    const look = [member.nick, member.prefix, member.away, isSelf, this.words, this.#ruled, profiles.of(member.nick)];
    return guard(look, () => this.#entry(member));
  }

  #entry(member: Member): TemplateResult {
    const { words, stay } = this;
    const nick = sanitize(member.nick);
    const rank = member.prefix.startsWith("@") ? words.operator : member.prefix.startsWith("+") ? words.voice : "";
    const notes = [rank, member.away ? words.away : ""].filter(Boolean).join(", ");
    const isSelf = stay.client.state.isSelf(member.nick);
    const profile = stay.client.state.profiles.of(member.nick);
    const face = html`${drawAvatar(member.nick)}<bdi>${nick}</bdi>${drawDisplayName(profile)}`;
    const status = sanitize(profile.status ?? "");
    return html`<li class="${member.away ? "away" : ""} ${isSelf ? "self" : ""}">
      ${
      isSelf ? html`<span class="person">${face} <small>(${words.you})</small></span>` : html`
        <button class="person" type="button"
          title=${words.talkTo(nick)} @click=${() => this.#open(member.nick)}>${face}</button>
      `
    }
      ${notes === "" ? nothing : html`<small class="notes">${notes}</small>`}
      ${status === "" ? nothing : html`<small class="status" title=${status}><bdi>${status}</bdi></small>`}
      ${isSelf || this.#ruled === undefined ? nothing : this.#moderation(member.nick, this.#ruled)}
    </li>`;
  }

  /** What an operator of the channel may do to a member. */
  #moderation(nick: string, talk: Talk): TemplateResult {
    return html`
      <button class="more" type="button" aria-label=${this.words.moderating} title=${this.words.moderate(
        sanitize(nick),
      )}
        @click=${() => void moderate(this.stay, talk, nick)}>${icon("ellipsis")}</button>
    `;
  }

  #open(nick: string): void {
    void this.stay.open(nick);
    this.chosen();
  }
}
