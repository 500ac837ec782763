/// <reference lib="dom" />
/**
 * The dialog with all channels that the server tells of: to find one, to come in by a click, and to make another.
 *
 * @module
 */

import { html, nothing, render, type TemplateResult } from "lit";
import { RPL_LIST, RPL_LISTEND, RPL_LISTSTART } from "../protocol.ts";
import { compareNames, foldName } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import { channelNamed } from "../client/written.ts";
import { showDialog } from "./ask.ts";
import { dashSpaces } from "./channel_field.ts";
import { setPrivate } from "./channel_modes.ts";
import { isOperatorOf } from "./moderated.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";
import { toast } from "./toast.ts";

/** Channels that are kept of a server's list, and of these that are drawn at once. */
const MOST = { kept: 5_000, drawn: 100 };

/** A channel of the list. */
interface Listed {
  name: string;
  people: number;
  topic: string;
}

/** Shows the dialog until it is closed. */
export async function showChannels(stay: Stay): Promise<void> {
  const { words } = settings;
  const found = document.createElement("div");
  found.className = "found";
  const draw = () => render(drawFound(stay, listed, sought), found);
  let listed: readonly Listed[] | undefined = undefined;
  let sought = "";
  let made: string | undefined;
  const dialog = showDialog(words.allChannels, (dialog) => {
    const seek = ({ target }: Event) => {
      sought = foldName((target as HTMLInputElement).value.trim());
      draw();
    };
    const make = (event: SubmitEvent) => {
      event.preventDefault();
      const field = (event.target as HTMLFormElement).querySelector("input")!;
      const name = channelNamed(field.value.trim());
      const fault = name === "#" ? settings.words.badChannel : settings.problemOf("channel", name);
      field.setCustomValidity(fault);
      if (!field.reportValidity()) return;
      made = name;
      dialog.close(name);
    };
    const written = (event: Event) => {
      dashSpaces(event);
      (event.target as HTMLInputElement).setCustomValidity("");
    };
    return html`
      <form method="dialog" class="channels">
        <h2>${words.allChannels}</h2>
        <input type="search" aria-label=${words.findChannel} placeholder=${words.findChannel} autocomplete="off"
          autofocus @input=${seek}>
        ${found}
      </form>
      <form class="make" @submit=${make}>
        <label>${words.makeChannel}
          <span><input name="channel" placeholder="#" maxlength="50" autocomplete="off" @input=${written}
            @compositionend=${dashSpaces}>
          <button class="yes" type="submit">${words.make}</button></span>
        </label>
        <label class="private"><input name="private" type="checkbox"> ${words.privateChannel}</label>
      </form>
      <form method="dialog" class="buttons"><button value="">${words.close}</button></form>
    `;
  });
  draw();
  listed = await list(stay);
  draw();
  // As high as all channels need, at most what the style sheet gives: it does not shrink under a person who seeks.
  found.style.minBlockSize = `${found.getBoundingClientRect().height}px`;
  const closed = await dialog;
  const { returnValue: name } = closed;
  if (name === "") return;
  await stay.open(name);
  if (name === made && closed.querySelector<HTMLInputElement>("[name=private]")!.checked) await setAside(stay, name);
}

/** Has the channel that the person has just opened be a private one. */
async function setAside(stay: Stay, name: string): Promise<void> {
  const talk = stay.client.state.joined(name);
  // Whoever may not come in is told so by the talk.
  if (talk === undefined) return;
  if (isOperatorOf(talk, stay.client.state.nick)) await setPrivate(stay, talk, true);
  else toast(settings.words.notPrivate(sanitize(talk.name)));
}

/** Asks the server for its channels; the fullest come first. */
async function list({ client: { actions, state } }: Stay): Promise<Listed[]> {
  const replies = await actions.askQuietly([RPL_LISTSTART, RPL_LIST, RPL_LISTEND], "LIST") ?? [];
  return replies.filter(({ command, params: [, name = ""] }) => command === RPL_LIST && state.isupport.isChannel(name))
    .slice(0, MOST.kept)
    .map(({ params: [, name, people = "0", topic = ""] }) => ({ name, people: Number(people) || 0, topic }))
    .sort((a, b) => b.people - a.people || compareNames(a.name, b.name));
}

function drawFound(stay: Stay, listed: readonly Listed[] | undefined, sought: string): unknown {
  const { words } = settings;
  if (listed === undefined) return html`<p class="dim" role="status">${words.loading}</p>`;
  const all = listed.filter(({ name, topic }) => foldName(name).includes(sought) || foldName(topic).includes(sought));
  const more = all.length - MOST.drawn;
  return html`
    <p class="dim" role="status">${words.channelsFound(all.length)}</p>
    <ul>${all.slice(0, MOST.drawn).map((channel) => drawChannel(stay, channel))}</ul>
    ${more > 0 ? html`<p class="dim">${words.moreChannels(more)}</p>` : nothing}
  `;
}

function drawChannel(stay: Stay, { name, people, topic }: Listed): TemplateResult {
  const { words } = settings;
  const isIn = stay.client.state.joined(name) !== undefined;
  return html`<li><button value=${name}><b><bdi>${sanitize(name)}</bdi></b>
    <small>${words.peopleIn(people)}${isIn ? ` · ${words.youAreIn}` : ""}</small>
    ${topic === "" ? nothing : html`<span dir="auto">${sanitize(topic)}</span>`}</button></li>`;
}
