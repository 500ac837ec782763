/// <reference lib="dom" />
/**
 * What the browser keeps of the talks of one stay: what is written in them, and what they tell of calls.
 *
 * @module
 */

import { foldName } from "../client/names.ts";
import type { Talk } from "../client/state/talk.ts";
import { forgetCalls, KeptCalls } from "./kept_calls.ts";
import { forgetDrafts, KeptDrafts } from "./kept_drafts.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** What is kept of one stay. */
export class KeptTalks {
  readonly #drafts = new KeptDrafts();
  readonly #calls = new KeptCalls();

  /** Keeps it, for a person who stays signed in, and takes what another tab has kept. */
  sync(stay: Stay): void {
    if (!stay.isIn || stay.isLeaving || !settings.get("stays")) return;
    const { client: { history, state }, client: { state: { account, nick, talks } } } = stay;
    const person = account === undefined ? `guest ${foldName(nick)}` : `account ${foldName(account)}`;
    const isBringing = (talk: Talk) => history.isBringing(talk);
    const isToldMore = this.#calls.sync(
      { talks: talks.values(), open: (name) => state.open(name), isBringing },
      person,
    );
    if (this.#drafts.sync(talks.values(), person) || isToldMore) stay.changed();
  }
}

/** Forgets what is kept. */
export function forgetTalks(): void {
  forgetDrafts();
  forgetCalls();
}
