/// <reference lib="dom" />
/**
 * The dialog that says who somebody else is: what the server knows of them, in words.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { type WhoIs, whoIs } from "../client/commands/who_is.ts";
import { foldName, isSameName } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import { roundedPeriod } from "../client/state/period.ts";
import { showDialog } from "./ask.ts";
import { drawAvatar, drawDisplayName } from "./draw.ts";
import { isMuted } from "./muted.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** Asks the server who somebody is, and shows it. */
export async function showPerson(stay: Stay, nick: string): Promise<void> {
  const person = await whoIs(stay.client.actions, nick);
  const answer = await showDialog(settings.words.profileOf(sanitize(nick)), () => drawPerson(stay, nick, person));
  if (answer.returnValue === "talk") await stay.open(nick);
}

/** What is told of a person, as rows: each a word, and what it is of them; "" for a row that is left out. */
function rowsOf(stay: Stay, person: WhoIs): [word: string, value: string][] {
  const { words, sentences } = settings;
  const { person: its } = words;
  const { displayName, realName = "", nick, account, status = "", away, since, idle, common, rules, rank } = person;
  const own = displayName ?? (isSameName(realName, nick) ? "" : realName);
  const states = [
    status,
    away === "left" ? sentences.away.mayBeLeft(nick) : away === undefined ? "" : its.away(away.why),
    isMuted(stay, stay.talk, nick) ? words.mutedIn(stay.talk!.name) : "",
    person.isBot ? its.bot : "",
  ];
  const times = [
    since === undefined ? "" : new Intl.DateTimeFormat(settings.locale, { dateStyle: "medium", timeStyle: "short" })
      .format(since),
    idle === undefined || idle < 60 ? "" : its.silentFor(roundedPeriod(idle, sentences.shortUnits)),
  ];
  const ruled = [rank === undefined ? "" : its.ranks[rank], ...rules];
  const list = (values: string[], separator = ", ") => values.filter((value) => value !== "").join(separator);
  return [
    [its.name, own],
    [words.ownNick, nick],
    [its.account, account ?? (away === "left" ? "" : its.guest)],
    [words.status, list(states, " · ")],
    [its.since, list(times, " · ")],
    [its.common, list(common)],
    [its.operatorOf, list(ruled)],
    [its.address, maySeeAddress(stay, person) ? list(person.addresses) : ""],
  ];
}

/** Whether this person needs somebody's address: as an operator of the server, or of a channel in which both are. */
function maySeeAddress({ client: { state } }: Stay, { common, isForOperators }: WhoIs): boolean {
  const isRuler = (channel: string) =>
    /[~&@]/.test(state.joined(channel)?.members.get(foldName(state.nick))?.prefix ?? "");
  return isForOperators || common.some(isRuler);
}

function drawPerson(stay: Stay, nick: string, person: WhoIs | undefined): TemplateResult {
  const { words } = settings;
  const { client: { state } } = stay;
  const isHere = state.spelledNick(nick) !== undefined;
  const rows = person === undefined ? [] : rowsOf(stay, person).filter(([, value]) => value !== "");
  return html`
    <form method="dialog" class="who-is">
      <h2>${drawAvatar(nick)} <bdi>${sanitize(nick)}</bdi>${drawDisplayName(state.profiles.of(nick))}</h2>
      ${rows.length === 0 ? html`<p>${words.nothingKnown(sanitize(nick))}</p>` : nothing}
      <dl>${rows.map(([word, value]) =>
        html`
          <div>
            <dt>${word}</dt>
            <dd dir="auto">${sanitize(value)}</dd>
          </div>
        `
      )}</dl>
      <div class="buttons">
        ${isHere ? html`<button value="talk">${words.talkAlone}</button>` : nothing}
        <button class="yes" value="">${words.close}</button>
      </div>
    </form>
  `;
}
