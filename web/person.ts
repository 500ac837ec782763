/// <reference lib="dom" />
/**
 * The dialog that says who somebody else is: what the server knows of them, in words.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { isSameName } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import { showDialog } from "./ask.ts";
import { drawAvatar, drawDisplayName } from "./draw.ts";
import { isMuted } from "./muted.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** Asks the server who somebody is, and shows it. */
export async function showPerson(stay: Stay, nick: string): Promise<void> {
  const { words } = settings;
  const { client } = stay;
  const told = await stay.gather(
    (event) => event.type === "whois" && isSameName(event.nick, nick),
    () => client.input(`/whois ${nick}`),
  );
  const lines = told.flatMap((event) => event.type === "whois" ? [sanitize(event.text)] : []);
  const name = sanitize(nick);
  const answer = await showDialog(words.profileOf(name), () => drawPerson(stay, nick, lines));
  if (answer.returnValue === "talk") await stay.open(nick);
}

function drawPerson(stay: Stay, nick: string, lines: readonly string[]): TemplateResult {
  const { words } = settings;
  const { client: { state }, talk } = stay;
  const profile = state.profiles.of(nick);
  const isHere = state.spelledNick(nick) !== undefined;
  return html`
    <form method="dialog" class="who-is">
      <h2>${drawAvatar(nick)} <bdi>${sanitize(nick)}</bdi>${drawDisplayName(profile)}</h2>
      ${lines.length === 0 ? html`<p>${words.nothingKnown(sanitize(nick))}</p>` : nothing}
      ${isMuted(stay, talk, nick) ? html`<p>${words.mutedIn(sanitize(talk!.name))}</p>` : nothing}
      <ul>${lines.map((line) => html`<li dir="auto">${line}</li>`)}</ul>
      <div class="buttons">
        ${isHere ? html`<button value="talk">${words.talkAlone}</button>` : nothing}
        <button class="yes" value="">${words.close}</button>
      </div>
    </form>
  `;
}
