/// <reference lib="dom" />
/**
 * Draws the report of a message in the words of its reader. All that it says is the word of whoever has sent it.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { sanitize } from "../client/sanitize.ts";
import type { Sentences } from "../client/sentences.ts";
import type { Report } from "../client/state/report.ts";
import type { TalkLine } from "../client/state/line.ts";
import { type Listed, listedText } from "../client/state/restriction_replies.ts";
import type { Talk } from "../client/state/talk.ts";
import { drawSentence } from "./draw.ts";
import { icon } from "./icon.ts";
import { happenings } from "./happenings.ts";
import { answeredBy, doneTo, isOperatorOf, moderatedFor, reportedNick } from "./moderated.ts";
import { name, type Sentence, sentence, written } from "./sentence.ts";
import type { Strings } from "./strings.ts";

/** A line that is a report. */
export type ReportLine = TalkLine & { report: Report };

/** Whether a line is a report, and still there. */
export function isReport(line: TalkLine): line is ReportLine {
  return line.report !== undefined && line.redacted === undefined;
}

/** What a report is drawn with; see `RowContext`. */
export interface ReportContext {
  talk: Talk;
  words: Strings;
  /** What the client says, in the same language. */
  sentences: Sentences;
  /** The nick of this person. */
  nick: string;
  act: (action: "moderate" | "remove", line: TalkLine, place: Element) => void;
  goTo: (line: TalkLine) => void;
  seek: (msgid: string) => void;
}

/** Who reports what whom has written. */
export function reportSentence(
  line: { from: string; report: Report; replyTo?: string },
  talk: Talk,
  words: Strings,
): Sentence {
  return sentence(words.reports, name(line.from), name(reportedNick(line, talk)));
}

/** What stands in the places of the avatar and of the nick. */
export function drawReportHead(line: ReportLine, { talk, words }: ReportContext): TemplateResult[] {
  return [
    html`<span class="avatar flag">${icon("flag")}</span>`,
    html`<span class="who reports" dir="auto">${drawSentence(reportSentence(line, talk, words))}</span>`,
  ];
}

/** Gives the ban or mute of somebody that was set at a time or later, where this person may know it. */
type RestrictedSince = (talk: Talk, who: string, time: number) => Listed | undefined;

/** The line that tells what was done to somebody since a report; or, where none is loaded, the ban or mute itself. */
function doneSince(
  nick: string,
  line: TalkLine,
  { talk, sentences }: Pick<ReportContext, "talk" | "sentences">,
  restrictedSince: RestrictedSince,
): TalkLine | Listed | undefined {
  return doneTo(nick, line, talk, sentences) ?? restrictedSince(talk, nick, line.time);
}

/** Everything on which the look of a report depends beside its line and what it answers. */
export function reportLook(line: TalkLine, context: ReportContext, restrictedSince: RestrictedSince): unknown[] {
  if (!isReport(line)) return [];
  const blamed = moderatedFor(line, context.talk, context.nick);
  return blamed === undefined ? [] : [blamed, doneSince(blamed, line, context, restrictedSince)];
}

/** What was written as the report says it, the reason, and what an operator may do. */
export function drawReport(
  line: ReportLine,
  context: ReportContext,
  restrictedSince: RestrictedSince,
): TemplateResult {
  const { talk, words, sentences, nick, act, goTo, seek } = context;
  const { report: { text, why }, replyTo } = line;
  const part = (write: (text: string) => string, said: string) =>
    said === "" ? nothing : html`<p dir="auto">${drawSentence(sentence(write, written(said)))}</p>`;
  const answered = answeredBy(line, talk);
  const show = () => {
    if (answered === undefined) seek(replyTo!);
    else goTo(answered);
  };
  const blamed = moderatedFor(line, talk, nick);
  const moderate = ({ currentTarget }: Event) => act("moderate", line, currentTarget as Element);
  const answeredToOperator = isOperatorOf(talk, nick) ? answered : undefined;
  const isRemoved = answeredToOperator?.redacted !== undefined;
  const removable = isRemoved ? undefined : answeredToOperator;
  const done = blamed === undefined ? undefined : doneSince(blamed, line, context, restrictedSince);
  // What is left to do once something was done is no longer urgent.
  const kind = isRemoved || done !== undefined ? "" : "danger";
  const remove = ({ currentTarget }: Event) => act("remove", removable!, currentTarget as Element);
  const button = (label: string, press: (event: Event) => void, kind: "" | "danger") =>
    html`<button class=${kind} type="button" tabindex="-1" @click=${press}>${label}</button>`;
  const did = (what: unknown) => html`<span class="done">${icon("check")} ${what}</span>`;
  // Screen readers read out what comes into the talk, but these buttons are no news.
  return html`
    ${text + why === ""
      ? nothing
      : html`<div class="body">${part(words.reportedText, text)}${part(words.reportReason, why)}</div>`}
    <div class="does" aria-live="off">${replyTo === undefined
      ? nothing
      : button(words.showMessage, show, "")}${isRemoved
      ? did(words.reportedIsRemoved)
      : removable === undefined
      ? nothing
      : button(words.removeReported, remove, kind)}${done !== undefined
      ? did(
        "mask" in done
          ? sanitize(listedText(talk.name, done, Date.now(), sentences))
          : drawSentence(happenings([done], words, sentences)[0]),
      )
      : blamed === undefined
      ? nothing
      : button(words.moderateNick(sanitize(blamed)), moderate, kind)}</div>
  `;
}
