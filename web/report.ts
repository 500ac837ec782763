/// <reference lib="dom" />
/**
 * Reports a message to the operators of its channel, by one NOTICE that the server gives to operators alone (STATUSMSG) and keeps
 * for those who come later. Its text is for every client; tags say the same to pages.
 *
 * @module
 */

import { html } from "lit";
import { isRefused } from "../client/connection/refusals.ts";
import { plainText } from "../client/blocks.ts";
import { textWithName } from "../client/file_address.ts";
import { beginningOf } from "../client/graphemes.ts";
import { sanitize } from "../client/sanitize.ts";
import type { TalkLine } from "../client/state/line.ts";
import { REPORT_TAG, reportTag } from "../client/state/report.ts";
import { answering } from "../client/state/said.ts";
import type { Talk } from "../client/state/talk.ts";
import { showDialog } from "./ask.ts";
import { nameOfFile } from "./file_name.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";
import { toast } from "./toast.ts";

/**
 * Bounds: reports within so many milliseconds (the server's flood limit holds besides); code points of the message and of the
 * reason that fit into a line; operators who are named.
 */
const MOST = { reports: 5, within: 600_000, quoted: 90, why: 80, told: 10 };

/** When this page has reported, in milliseconds since 1970, and what. */
const times: number[] = [];
const reported = new WeakSet<TalkLine>();

/** Asks what is wrong with a message, and reports it. @param link Leads to the message; "" where nothing does. */
export async function report(stay: Stay, talk: Talk, line: TalkLine, link: string): Promise<void> {
  const { words } = settings;
  const channel = sanitize(talk.name);
  const operators = () =>
    [...talk.members.values()].filter(({ prefix, nick }) => prefix.includes("@") && !stay.client.state.isSelf(nick));
  if (reported.has(line)) return void toast(words.reportedOnce);
  const [oldest] = times.slice(-MOST.reports);
  const wait = times.length < MOST.reports ? 0 : oldest + MOST.within - Date.now();
  if (wait > 0) return void toast(words.reportedEnough(Math.ceil(wait / 60_000)));
  const names = (all: readonly { nick: string }[]) => {
    const shown = all.slice(0, MOST.told).map(({ nick }) => sanitize(nick)).join(", ");
    return all.length > MOST.told ? `${shown}, ${words.others(all.length - MOST.told)}` : shown;
  };
  const explained = (here: readonly { nick: string }[]) =>
    here.length === 0 ? words.reportLater : words.reportExplained(names(here));
  const dialog = await showDialog(words.reportHeading(channel), (dialog) =>
    html`
      <form method="dialog">
        <h2>${words.reportHeading(channel)}</h2>
        <pre dir="auto" tabindex="0">${`${sanitize(line.from)}: ${quoteOf(line)}`}</pre>
        <label>${words.reportWhy} <input name="why" maxlength=${MOST.why} autocomplete="off" autofocus></label>
        <p class="dim">${explained(operators())}</p>
        <div class="buttons">
          <button type="button" @click=${() => dialog.close("")}>${words.cancel}</button>
          <button class="yes" value="yes">${words.reportSend}</button>
        </div>
      </form>
    `);
  if (dialog.returnValue !== "yes") return;
  // Who is here may have changed while the person wrote.
  const told = operators();
  const why = dialog.querySelector("input")!.value.trim();
  const text = words.reportText(channel, sanitize(line.from), quoteOf(line), why, link).trim();
  times.push(Date.now());
  times.splice(0, times.length - MOST.reports);
  const message = { command: "NOTICE", params: [`@${talk.name}`, text] };
  const tags = stay.client.can("message-tags") ? tagsOf(line, why) : {};
  const reply = await stay.client.actions.send({ ...message, tags });
  const isSent = !isRefused(reply);
  if (isSent) reported.add(line);
  const done = told.length === 0 ? words.reportKept : words.reported(names(told));
  stay.tell(isSent ? { kind: "info", text: done } : { kind: "error", text: words.reportFailed });
}

/** By which the pages of the operators show the report in their own words, and lead to the message. */
function tagsOf(line: TalkLine, why: string): Record<string, string> {
  const { from, msgid } = line;
  return {
    ...(msgid !== undefined && answering(msgid)),
    [REPORT_TAG]: reportTag({ nick: from, text: quoteOf(line), why }),
  };
}

function quoteOf(line: TalkLine): string {
  return sanitize(beginningOf(plainText(textWithName(line, nameOfFile)), MOST.quoted));
}
