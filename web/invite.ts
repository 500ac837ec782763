/// <reference lib="dom" />
/**
 * The dialog by which somebody is invited into a channel: those who are in the others are there to be pressed, and anybody else can
 * be named.
 *
 * @module
 */

import { html, nothing, render } from "lit";
import { compareNames, foldName, isSameName, mayBeNick } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import type { Talk } from "../client/state/talk.ts";
import { showDialog } from "./ask.ts";
import { drawAvatar } from "./draw.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** How many people are drawn at once. */
const MOST = 50;

/** Asks whom the person invites into a channel, and invites them by a command, so that the talk says what the server says. */
export async function invite(stay: Stay, talk: Talk): Promise<void> {
  const { words } = settings;
  const { state } = stay.client;
  const heading = words.inviteInto(sanitize(talk.name));
  const found = document.createElement("div");
  found.className = "found";
  let sought = "";
  const draw = () => {
    const others = state.onlineNicks.filter((nick) => !state.isSelf(nick) && !talk.members.has(foldName(nick)));
    const people = others.filter((nick) => foldName(nick).includes(foldName(sought))).sort(compareNames);
    // Enter presses the first button: that of whoever has the name as it is written.
    const named = people.filter((nick) => isSameName(nick, sought));
    const shown = [...named, ...people.filter((nick) => !named.includes(nick))].slice(0, MOST);
    const isOther = named.length === 0 && mayBeNick(sought);
    render(drawPeople(shown, isOther ? sought : undefined), found);
  };
  const seek = ({ target }: Event) => {
    sought = (target as HTMLInputElement).value.trim();
    draw();
  };
  draw();
  const { returnValue: nick } = await showDialog(heading, (dialog) =>
    html`
      <form method="dialog" class="channels">
        <h2>${heading}</h2>
        <input type="search" aria-label=${words.inviteWhom} placeholder=${words.inviteWhom} autocomplete="off"
          spellcheck="false" autofocus @input=${seek}>
        ${found}
        <div class="buttons"><button type="button" @click=${() => dialog.close("")}>${words.cancel}</button></div>
      </form>
    `);
  if (nick !== "") await stay.client.input(`/invite ${nick}`, "typed", { talk });
}

/** The people who may be pressed, and somebody else who was named. */
function drawPeople(people: readonly string[], other: string | undefined): unknown {
  const named = other === undefined
    ? nothing
    : html`<li><button value=${other}>${settings.words.inviteNamed(sanitize(other))}</button></li>`;
  if (people.length === 0 && other === undefined) {
    return html`<p class="dim" role="status">${settings.words.nobodyFound}</p>`;
  }
  return html`
    <ul class="invited">${people.map((nick) =>
      html`<li><button value=${nick}>${drawAvatar(nick)} <bdi>${sanitize(nick)}</bdi></button></li>`
    )}${named}</ul>
  `;
}
