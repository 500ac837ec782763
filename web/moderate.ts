/// <reference lib="dom" />
/**
 * Dialogs for the operators of a channel: to mute, ban or remove a person, and to see and lift what is in force. Operators of the
 * room ban from the whole of it here, too.
 *
 * @module
 */

import { html, nothing, render } from "lit";
import { personOf, restrictionsOf } from "../client/commands/bans.ts";
import { sanitize } from "../client/sanitize.ts";
import { type Listed, listedText } from "../client/state/restriction_replies.ts";
import type { Talk } from "../client/state/talk.ts";
import { showDialog } from "./ask.ts";
import { drawWhere, isRoomOperator, roomBansOf } from "./room_bans.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** For how long somebody may be muted or banned here; other periods may be written: `/mute bob 3d`. */
const PERIODS = ["10m", "1h", "1d", "7d", ""] as const;

/** What can be done to them, by the commands that do it: the mildest first, which Enter does. */
const ACTS = ["mute", "ban", "kick"] as const;

/** The part of a `user@host` that is an address; "" where it names none. */
function addressOf(userhost = ""): string {
  const host = userhost.slice(userhost.indexOf("@") + 1);
  return /[.:]/.test(host) ? host : "";
}

/** Draws whom a mute or a ban holds for: the person alone, or all at their address. */
function drawWhom(address: string, isOwn: boolean) {
  const { words } = settings;
  const choice = (value: string, label: string, means: string, isDisabled = false) =>
    html`
      <label>
        <input type="radio" name="whom" value=${value} .checked=${value === ""} ?disabled=${isDisabled}>
        <span>${label} <small>${means}</small></span>
      </label>
    `;
  const { person, personMeans, all, allMean, allAndYou } = words.whom;
  return html`<fieldset>
    <legend>${words.whom.legend}</legend>
    ${choice("", person, personMeans)}
    ${choice("all", all(sanitize(address)), isOwn ? allAndYou : allMean, isOwn)}
  </fieldset>`;
}

/**
 * Asks what is to be done to a person in a channel, and does it as if it had been written there. Where the server tells the person's
 * address, a mute or a ban may hold for all who come from there.
 */
export async function moderate(stay: Stay, talk: Talk, nick: string): Promise<void> {
  const { words } = settings;
  const title = words.moderate(sanitize(nick), sanitize(talk.name));
  const { client } = stay;
  const { userhost, account } = await personOf(client.actions, talk.name, nick);
  const address = addressOf(userhost);
  const isOwn = address === addressOf(client.state.userhost);
  const isForRoom = userhost !== undefined && await isRoomOperator(stay);
  const answered = await showDialog(title, (dialog) =>
    html`
      <form method="dialog" class="moderate">
        <h2>${title}</h2>
        <label>${words.howLong}
          <select name="period">
            ${PERIODS.map((period, i) => html`<option value=${period}>${words.periods[i]}</option>`)}
          </select>
        </label>
        <label>${words.why} <input name="reason" maxlength="200" autocomplete="off"></label>
        ${address === "" ? nothing : drawWhom(address, isOwn)}
        ${isForRoom ? drawWhere(isOwn, account !== undefined) : nothing}
        <ul>${ACTS.map((act) =>
          html`
            <li><span id="means-${act}">${words.means[act]}</span>
              <button class="danger" value=${act} aria-describedby="means-${act}">${words[act]}</button>
            </li>
          `
        )}</ul>
        <div class="buttons"><button type="button" @click=${() => dialog.close("")}>${words.cancel}</button></div>
      </form>
    `);
  const { returnValue: command } = answered;
  if (command === "") return;
  const period = command === "kick" ? "" : answered.querySelector("select")!.value;
  const reason = answered.querySelector<HTMLInputElement>("[name=reason]")!.value.trim();
  // A ban from the room is for the address as it is.
  const isFromRoom = command === "ban" && answered.querySelector("[value=room]:checked") !== null;
  const isForAll = command !== "kick" && !isFromRoom && answered.querySelector("[value=all]:checked") !== null;
  const { refusals } = client;
  for (const who of [nick, ...(isForAll ? [`*!*@${address}`] : [])]) {
    const line = [isFromRoom ? "/gline" : "/" + command, who, period, reason].filter((word) => word !== "").join(" ");
    // What is refused for the person is not done to all others.
    if (client.refusals === refusals) await client.input(line, "typed", { talk });
  }
}

/** An entry of the dialog: what it says, its button, and the command by which that lifts it. */
interface Entry {
  text: string;
  label: string;
  line: string;
}

/**
 * Shows who is banned or muted in a channel, and to operators of the room also who is banned from that; each with a button that
 * lifts it. The dialog stays, and shows what is left.
 */
export async function showRestrictions(stay: Stay, talk: Talk): Promise<void> {
  const { words } = settings;
  const { client } = stay;
  const name = sanitize(talk.name);
  const isForRoom = await isRoomOperator(stay);
  const ofChannel = (entry: Listed): Entry => {
    const { isMute, nick, mask } = entry;
    const who = nick ?? mask.replace(/^(?:~t:\d+:)?(?:~m:)?/, "");
    return {
      text: listedText(talk.name, entry, Date.now(), client.sentences),
      label: isMute ? words.unmute : words.unban,
      line: `/${isMute ? "unmute" : "unban"} ${who}`,
    };
  };
  /** What is in force; undefined where the server does not tell, or there is no connection. */
  const look = async () => {
    const listed = await restrictionsOf(client.actions, talk.name);
    const ofRoom = listed === undefined || !isForRoom ? [] : await roomBansOf(stay);
    const room = ofRoom.map(({ mask, text }): Entry => ({ text, label: words.unban, line: `/ungline ${mask}` }));
    return listed && { channel: listed.map(ofChannel), room };
  };
  const lift = async (line: string, dialog: HTMLDialogElement) => {
    await client.input(line, "typed", { talk });
    const left = await look();
    // Without a connection the list is as it was.
    if (left === undefined || !dialog.open) return;
    render(draw(left, dialog), dialog);
    // The button that had the focus may be gone with its entry.
    dialog.querySelector<HTMLButtonElement>("li button, .yes")?.focus();
  };
  const list = (entries: readonly Entry[], dialog: HTMLDialogElement) =>
    html`
      <ul>${entries.map(({ text, label, line }) =>
        html`
          <li><span dir="auto">${sanitize(text)}</span>
            <button type="button" @click=${() => void lift(line, dialog)}>${label}</button>
          </li>
        `
      )}</ul>
    `;
  const draw = ({ channel, room }: { channel: readonly Entry[]; room: readonly Entry[] }, dialog: HTMLDialogElement) =>
    html`
      <form method="dialog" class="moderate">
        <h2>${words.restrictionsIn(name)}</h2>
        <p role="status">${channel.length === 0 ? client.sentences.moderation.nobodyBanned(name) : ""}</p>
        ${list(channel, dialog)}
        ${room.length === 0 ? nothing : html`<h3>${words.where.banned}</h3>${list(room, dialog)}`}
        <div class="buttons"><button class="yes" value="">${words.close}</button></div>
      </form>
    `;
  const found = await look();
  // What another server tells is listed in the talk.
  if (found === undefined) return await client.input("/bans", "typed", { talk });
  await showDialog(words.restrictionsIn(name), (dialog) => draw(found, dialog));
}
