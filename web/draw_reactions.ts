/// <reference lib="dom" />
/**
 * Draws the reactions to a line.
 *
 * @module
 */

import { html, nothing } from "lit";
import { sanitize } from "../client/sanitize.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { drawSentence } from "./draw.ts";
import { silenceHintIn } from "./muted.ts";
import { joined, name } from "./sentence.ts";
import type { Strings } from "./strings.ts";

/** What it needs to know. */
export interface ReactionContext {
  talk: Talk;
  words: Strings;
  pictures: ReadonlyMap<string, string>;
  /** The nick of this person. */
  nick: string;
  /** Adds a reaction of the person, or takes it back. */
  toggle: (line: TalkLine, reaction: string) => void;
}

/** Reactions of one line that are shown, and people who are named for one reaction. */
const MOST_REACTIONS = 12;
const MOST_REACTORS = 50;

/** A reaction as it is shown: reactions that look the same are one, whichever clients they came from. */
interface Shown {
  text: string;
  nicks: string[];
  /** Whether this person is one of them. */
  isOwn: boolean;
  /** What a press adds or takes back: the person's own, or the first. */
  reaction: string;
}

/** Unicode, chapter 23.4: which of two looks a character has. Here reactions have one. */
const VARIATION_SELECTORS = /[\ufe0e\ufe0f]/g;

function shownReactions(line: TalkLine, own: string): Shown[] {
  const all = new Map<string, Shown>();
  for (const [reaction, reactors] of line.reactions) {
    const text = sanitize(reaction);
    if (text.trim() === "") continue;
    const look = text.normalize("NFC").replaceAll(VARIATION_SELECTORS, "").trim();
    const nicks = reactors.shown(own), isOwn = reactors.hasOwn;
    const shown = all.get(look);
    if (shown === undefined) all.set(look, { text, nicks, isOwn, reaction });
    else {
      if (isOwn) Object.assign(shown, { isOwn, reaction });
      shown.nicks = [...new Set([...shown.nicks, ...nicks])];
    }
  }
  return [...all.values()];
}

/** A reaction: a picture where it is the code of one. Else it is plain text, since a button holds no links. */
function drawReaction(text: string, pictures: ReadonlyMap<string, string>): unknown {
  const path = /^:.+:$/.test(text) ? pictures.get(text.slice(1, -1)) : undefined;
  return path === undefined ? text : html`<img class="picture" src=${path} alt=${text} title=${text}>`;
}

/** Draws the reactions to a line, each a button by which the person adds it, or takes it back. */
export function drawReactions(
  line: TalkLine,
  { toggle, nick, words, pictures, talk }: ReactionContext,
): unknown {
  const all = shownReactions(line, nick);
  if (all.length === 0) return nothing;
  const more = all.length - MOST_REACTIONS, why = silenceHintIn(talk);
  return html`<div class="reactions">${
    all.slice(0, MOST_REACTIONS).map(({ reaction, nicks, isOwn, text }) => {
      const more = nicks.length > MOST_REACTORS ? [[words.others(nicks.length - MOST_REACTORS)]] : [];
      const who = joined([...nicks.slice(0, MOST_REACTORS).map(name), ...more]);
      const title = [...who, ...(why === undefined ? [] : [" · ", why])].map((part) =>
        typeof part === "string" ? part : part.text
      ).join("");
      return html`
        <button type="button" tabindex="-1" title=${title} aria-pressed=${isOwn} ?disabled=${why !== undefined}
          @click=${() => toggle(line, reaction)}><bdi>${drawReaction(text, pictures)}</bdi> ${nicks
            .length}<span class="hidden"> ${drawSentence(who)}</span></button>
      `;
    })
  }${more > 0 ? html`<span>${words.moreReactions(more)}</span>` : nothing}</div>`;
}
