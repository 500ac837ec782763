/// <reference lib="dom" />
/**
 * The card that meets a person in the room: its name and the message of the day, and to somebody new how others are brought in
 * and what they can do here.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { sanitize } from "../client/sanitize.ts";
import { drawRuns } from "./draw.ts";
import { isSentByEnter } from "./editing.ts";
import { icon } from "./icon.ts";
import { runsOf } from "./runs.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** Lines of a message of the day that are shown. */
const MOST_LINES = 100;

/** Who came with an account, and so is not new to the room. */
const cameWithAccount = new WeakMap<Stay, boolean>();

/** Whether a person gets the hints: one who has closed them here has read them. */
function isNewcomer(stay: Stay): boolean {
  if (!cameWithAccount.has(stay)) cameWithAccount.set(stay, stay.client.state.account !== undefined);
  return !settings.get("isWelcomed") && !cameWithAccount.get(stay)!;
}

/** The card, as a row of the talk; nothing where it has nothing to say. Its hints go once it was closed, in this browser. */
export function drawWelcome(stay: Stay): unknown {
  const isNew = isNewcomer(stay);
  if (!isNew && stay.client.motd.length === 0) return html`<li hidden></li>`;
  const { words } = settings;
  // No news for a screen reader that reads out what comes into the talk, but for the message of the day.
  return html`
    <li class="note card-row" tabindex="-1">
      <section class="card" aria-label=${words.welcomeCard}>
        <h2><img src="./icons/mark.svg" alt="" width="32" height="32"> <bdi>${stay.roomName}</bdi></h2>
        ${drawMotd(stay.client.motd)} ${isNew ? drawHints(stay) : nothing}
      </section>
    </li>
  `;
}

function drawMotd(lines: readonly string[]): unknown {
  if (lines.length === 0) return nothing;
  return html`<div class="motd">${
    lines.slice(0, MOST_LINES).map((line) => html`<p dir="auto">${drawRuns(runsOf(sanitize(line)))}</p>`)
  }</div>`;
}

/** Whether this person owns the room without an account, so that this browser alone has their rights. */
export function isOwnerAsGuest({ client: { state } }: Stay): boolean {
  return state.isOwner && state.account === undefined;
}

function drawHints(stay: Stay): TemplateResult {
  const { words } = settings;
  const isGuest = isOwnerAsGuest(stay);
  const [write, complete] = isSentByEnter() ? [words.hintWrite, words.hintComplete] : [words.hintTouch, words.hintFind];
  const hints = [["keyboard", write], ["message-circle", words.hintTalk], ["at-sign", complete]] as const;
  return html`
    ${hints.map(([name, hint]) => html`<div class="tip">${icon(name)} <span class="tip-text">${hint}</span></div>`)}
    ${isGuest
      ? html`<div class="tip">${icon("shield")} <span class="tip-text">${words.ownerIsGuest}</span></div>`
      : nothing}
    <div class="buttons" aria-live="off">
      <button type="button" tabindex="-1" @click=${() => settings.set("isWelcomed", true)}>${words.gotIt}</button>
      ${isGuest
        ? html`<button type="button" tabindex="-1" @click=${() =>
          void stay.client.input("/register")}>${words.makeAccount}</button>`
        : nothing}
      <button class="yes" type="button" tabindex="-1" @click=${() => void stay.client.input("/invite-link")}>${icon(
        "qr-code",
      )} ${words.invitePeople}</button>
    </div>
  `;
}
