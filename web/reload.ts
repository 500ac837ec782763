/// <reference lib="dom" />
/**
 * Keeps a stay in the browser's session storage, so that a page that is loaded anew comes back to it.
 *
 * @module
 */

import type { Talk } from "../client/state/talk.ts";
import type { Arrival, Stay } from "./stay.ts";

/** The key of what is kept. Another room may lie beside this one, at another path of the same host. */
const KEY = `teahouse.stay ${location.pathname}`;

/** Keeps where the person is, and what is written and not sent. A password is not kept. */
export function keepStay({ client, wanted, hasLeftAll, drafts: { nowhere } }: Stay): void {
  const { connection, state: { person, away, talks } } = client;
  // Whoever has left all channels comes back to none.
  const channel = client.state.channel ?? (hasLeftAll ? "" : wanted);
  const unsent = (talk: Talk | undefined, draft: string) =>
    [...client.unsent(talk), ...(draft === "" ? [] : [draft])].join("\n");
  const drafts: NonNullable<Arrival["drafts"]> = [];
  for (const talk of talks.values()) drafts.push([talk.name, unsent(talk, talk.draft), talk.isChosen]);
  // What was written for the channel that is not joined yet.
  const early = unsent(undefined, nowhere.draft);
  if (early !== "" && client.state.find(channel) === undefined) drafts.push([channel, early, true]);
  const arrival: Arrival = {
    nick: connection.nick.kept,
    ...(client.actions.displayName === undefined ? {} : { displayName: client.actions.displayName }),
    isOwnNick: true,
    channel,
    drafts,
    ...(person === undefined ? {} : { person }),
    ...(away === undefined ? {} : { away }),
  };
  const kept = JSON.stringify(arrival);
  // A page that is left keeps this once more, and may do so when the next page in its tab has kept something newer.
  if (kept === last) return;
  last = kept;
  try {
    sessionStorage.setItem(KEY, kept);
  } catch {
    // Then the page begins with the login.
  }
}

/** What this page has kept last. */
let last: string | undefined;

/** What is kept. Reading does not take it away: the page may be loaded anew once more before the person is in again. */
export function keptStay(): Arrival | undefined {
  try {
    const kept = sessionStorage.getItem(KEY);
    return kept === null ? undefined : JSON.parse(kept);
  } catch {
    return undefined;
  }
}

/** Forgets what is kept: the person has left. */
export function forgetStay(): void {
  last = undefined;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Then nothing is kept.
  }
}
