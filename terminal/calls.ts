/**
 * Calls at a terminal, which has neither sound nor pictures: says who is in one, and leads to the page.
 *
 * @module
 */

import type { Client } from "../client/client.ts";
import type { Call, CallEvent, CallMember } from "../client/state/calls.ts";
import { callText } from "../client/state/call_text.ts";
import { lastedPeriod } from "../client/state/period.ts";
import { openInBrowser } from "./browser.ts";
import { sentences, words } from "./language.ts";

const isChannel = (target: string) => /^[#&]/.test(target);

/** A member of a call with what is to be known of them. */
function memberText({ nick, words: does }: CallMember): string {
  const { calls, happenings: { betweenNames } } = words();
  const notes = (["muted", "hand", "video", "screen"] as const).filter((word) => does.has(word));
  return notes.length === 0 ? nick : calls.member(nick, notes.map((word) => calls[word]).join(betweenNames));
}

/** Who is in a call, and for how long it runs. @param now Milliseconds since 1970. */
export function whoIsIn(target: string, call: Call | undefined, now: number): string {
  const { calls, happenings: { betweenNames } } = words();
  if (call === undefined || call.members.size === 0) {
    return isChannel(target) ? calls.nobody(target) : calls.notWith(target);
  }
  if (call.isRinging) return calls.rings(target);
  const period = call.since === undefined ? undefined : lastedPeriod(now - call.since, sentences().shortUnits);
  return calls.inCall(target, [...call.members.values()].map(memberText).join(betweenNames), period);
}

/** What is told of a change of a call, without its channel; undefined for what the page alone shows. */
export function callLine(event: CallEvent): string | undefined {
  const { target, nick, change, record, isNew } = event;
  const { calls } = words();
  if (record !== undefined) {
    const text = callText(record, record.what === "unanswered" ? target : nick, sentences());
    return record.what === "began" && !event.own ? calls.howToJoin(text) : text;
  }
  if (change === "ring") return calls.ring(nick);
  if (change === "answered" && !isChannel(target)) return calls.takenElsewhere(target);
  return change === "members" && isNew && isChannel(target) ? calls.howToJoin(calls.goesOn) : undefined;
}

/** Says who is in the call of a talk, and opens the page there. */
export async function openCall(client: Client, target: string): Promise<void> {
  const { actions: { calls }, state } = client;
  const { calls: { here, noPage, asGuest } } = words();
  await calls.list(target);
  const say = (text: string) => client.tell({ type: "info", text });
  say(whoIsIn(target, state.calls.of(target), Date.now()));
  const page = await calls.page(target);
  if (page === undefined) return client.actions.refuse(noPage);
  say(here(page, openInBrowser(page)));
  // Without an account the page is somebody else.
  if (state.account === undefined && !isChannel(target)) say(asGuest(state.nick));
}
