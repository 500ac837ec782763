/// <reference lib="dom" />
/**
 * Small pieces that several views draw: names, times, sentences and texts of messages. What other people wrote becomes text
 * nodes only.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { graphemes } from "../client/graphemes.ts";
import { sanitize } from "../client/sanitize.ts";
import type { Profile } from "../client/state/profiles.ts";
import { knownName, type Run } from "./runs.ts";
import type { Sentence } from "./sentence.ts";
import type { Language } from "./language.ts";
import type { Strings } from "./strings.ts";

/** How many colours of avatars the style sheet has. */
const HUES = 12;

/** The class with somebody's colour, in which their avatar stands and their name. */
export function hueOf(nick: string): string {
  let hash = 0;
  for (const character of sanitize(nick).toLowerCase()) hash = (hash * 31 + character.codePointAt(0)!) % 65_521;
  return `hue${hash % HUES}`;
}

/** The avatars that were drawn, by nick: the same people come again and again. */
const avatars = new Map<string, TemplateResult>();
/** How many avatars are remembered. */
const MOST_AVATARS = 5_000;

/** The first character of a nick in a colour of its own. It is hidden from screen readers, since the nick stands beside it. */
export function drawAvatar(nick: string): TemplateResult {
  const known = avatars.get(nick);
  if (known !== undefined) return known;
  if (avatars.size >= MOST_AVATARS) avatars.clear();
  const shown = sanitize(nick);
  const first = [...graphemes.segment(shown)][0]?.segment ?? "?";
  const drawn = html`<span class="avatar ${hueOf(nick)}" aria-hidden="true">${first.toUpperCase()}</span>`;
  avatars.set(nick, drawn);
  return drawn;
}

/** The name under which somebody is shown, to stand behind the nick: it is their own choice, and proves nothing. */
export function drawDisplayName({ displayName }: Profile): unknown {
  const name = sanitize(displayName ?? "").trim();
  return name === "" ? nothing : html`
    <small class="shown-as" title=${name}>(<bdi>${name}</bdi>)</small>
  `;
}

/** How times are written, by locale and distance to UTC: to prepare it takes longer than to draw the rest of a line. */
const formats = new Map<string, { clock: Intl.DateTimeFormat; whole: Intl.DateTimeFormat }>();
/** How many of them are remembered: a place has one or two distances, and may come to lie in another zone with its device. */
const MOST_FORMATS = 50;

function formatsOf(date: Date, locale: string) {
  const key = `${locale} ${date.getTimezoneOffset()}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  if (formats.size >= MOST_FORMATS) formats.clear();
  const fresh = {
    clock: new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }),
    whole: new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "medium" }),
  };
  formats.set(key, fresh);
  return fresh;
}

/** The time of day, as it stands before a line. @param time Milliseconds since 1970. @param locale See `settings.locale`. */
export function clockText(time: number, locale: string): string {
  const date = new Date(time);
  return formatsOf(date, locale).clock.format(date);
}

/** The time of day, with the whole date as a tooltip. */
export function drawClock(time: number, locale: string): TemplateResult {
  const date = new Date(time);
  return html`<time datetime=${date.toISOString()} title=${formatsOf(date, locale).whole.format(date)}>${
    clockText(time, locale)
  }</time>`;
}

/** A sentence. Parts of other people are isolated, so that they neither pass for the page's own words nor reorder them. */
export function drawSentence(sentence: Sentence): unknown[] {
  return sentence.map((part) =>
    typeof part === "string" ? part : html`<bdi class=${part.isName ? "name" : "written"}>${part.text}</bdi>`
  );
}

/** What the names of channels and people in a text lead to. */
export interface Names {
  isPerson: (nick: string) => boolean;
  isChannel: (name: string) => boolean;
  /** Shows the talk with a person, or a channel. */
  open: (name: string) => void;
  words: Strings;
}

/** The text of a message. @param names Undefined where names lead nowhere. */
export function drawRuns(runs: readonly Run[], names?: Names): unknown[] {
  // In a message the arrow keys go to links, so that Tab does not lead through all of a talk.
  const order = names === undefined ? undefined : -1;
  return runs.map((run) => run.isName && names !== undefined ? drawName(run, names) : drawRun(run, order));
}

/** A name in a text: the longest one that is known. A channel need not be known, since a click joins it. */
function drawName({ text, style }: Run, { isPerson, isChannel, open, words }: Names): unknown {
  const name = text.startsWith("#")
    ? knownName(text, isChannel) ?? text
    : `@${knownName(text.slice(1), isPerson) ?? ""}`;
  if (name === "@") return drawRun({ text, style });
  const go = (event: Event) => {
    event.preventDefault();
    open(name.replace(/^@/, ""));
  };
  const look = `name-link ${style}`;
  // On one line each, since the text around them shows line ends. A person has no address; a button would be read out as one.
  const link = name.startsWith("#")
    ? html`<a class=${look} href=${name} tabindex="-1" @click=${go}>${name}</a>`
    : html`<span class=${look} role="link" tabindex="-1" title=${
      words.talkTo(name.slice(1))
    } @click=${go}>${name}</span>`;
  return name.length === text.length ? link : [link, drawRun({ text: text.slice(name.length), style })];
}

/** Neither the page nor its address is known to what a link leads to, and no search engine counts it. */
const NO_TRACE = "noopener noreferrer nofollow";

/** A link, which opens beside the page and tells its target nothing of it. @param order Its `tabindex`, if it has one. */
export function drawLink(text: string, href: string, style = "", order?: number): TemplateResult {
  // On one line, since the text around it shows line ends.
  return html`<a class=${style} href=${href} target="_blank" rel=${NO_TRACE} tabindex=${order ?? nothing}>${text}</a>`;
}

/** Why a page that came without https can't do some things, and where it says how to come by https. */
export function drawInsecure({ insecure, howSecure }: Strings, language: Language): TemplateResult {
  const page = `./trust?lang=${language}`;
  return html`<p class="insecure">${insecure} <a href=${page} target="_blank">${howSecure}</a></p>`;
}

function drawRun({ text, style, href, picture }: Run, order?: number): TemplateResult | string {
  if (picture !== undefined) return html`<img class="picture" src=${picture} alt=${text} title=${text}>`;
  if (href !== undefined) return drawLink(text, href, style, order);
  if (/\bcode\b/.test(style)) return html`<code class=${style}>${text}</code>`;
  return style === "" ? text : html`<span class=${style}>${text}</span>`;
}
