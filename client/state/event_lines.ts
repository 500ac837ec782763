/**
 * Makes lines of a talk from events. Pure.
 *
 * @module
 */

import { detached, type Message } from "../../protocol.ts";
import { isMsgid } from "../names.ts";
import { detachedTexts } from "../sizes.ts";
import type { Happening, Said } from "./events.ts";
import type { CallRecord, LineKind, TalkLine } from "./line.ts";
import { editedAt, peerOf, replyOf } from "./said.ts";
import type { Talk } from "./talk.ts";

/** What an event says as a line. */
type Content = { from: string; text: string; about?: string; call?: CallRecord };

/** The events that are kept as lines, each with what it says. */
const CONTENTS: { [Type in LineKind]: (event: Happening & { type: Type }) => Content | undefined } = {
  message: (e) => e,
  action: (e) => e,
  notice: (e) => e,
  join: (e) => ({ from: e.nick, text: "" }),
  part: (e) => ({ from: e.nick, text: e.reason }),
  kick: (e) => ({ from: e.by, text: e.reason, about: e.nick }),
  quit: (e) => ({ from: e.nick, text: e.reason }),
  nick: (e) => ({ from: e.nick, text: e.renamed }),
  // Without a name it is the topic as it is on joining.
  topic: (e) => e.by === "" ? undefined : { from: e.by, text: e.topic },
  mode: (e) => ({ from: e.by, text: e.change }),
  call: ({ record, nick, target }) =>
    record && { from: record.what === "unanswered" ? target : nick, text: "", call: record },
};

function isLine(event: Happening): event is Happening & { type: LineKind } {
  return Object.hasOwn(CONTENTS, event.type);
}

/** Makes the line of an event; undefined for one that is not kept. */
export function lineOf(event: Happening, time: number, { tags }: Pick<Message, "tags">): TalkLine | undefined {
  if (!isLine(event)) return undefined;
  const content = (CONTENTS[event.type] as (event: Happening) => Content | undefined)(event);
  if (content === undefined) return undefined;
  const said: Partial<Said> = "private" in event ? event : {};
  const replyTo = replyOf(tags);
  const edited = editedAt({ tags });
  const peer = said.private ? peerOf({ tags }) : "";
  return {
    kind: event.type,
    time,
    from: detached(content.from),
    text: detached(content.text),
    ...(content.about === undefined ? {} : { about: detached(content.about) }),
    ...(isMsgid(tags.msgid) ? { msgid: detached(tags.msgid) } : {}),
    ...(tags.account ? { account: detached(tags.account) } : {}),
    ...(peer === "" ? {} : { peer: detached(peer) }),
    ...(replyTo === undefined ? {} : { replyTo: detached(replyTo) }),
    ...(said.status === undefined ? {} : { status: said.status }),
    own: "own" in event ? event.own : false,
    private: said.private ?? false,
    mention: said.mention ?? false,
    history: said.history ?? false,
    ...(edited === undefined ? {} : { edited }),
    ...(said.file === undefined ? {} : { file: detachedTexts(said.file) }),
    ...(said.report === undefined ? {} : { report: detachedTexts(said.report) }),
    ...(content.call === undefined ? {} : { call: content.call }),
    ...("isBack" in event ? { isTold: true } : {}),
    reactions: new Map(),
  };
}

/** The line with that msgid, where it is known, as a part of the event that answers it. */
export function quoteOf(talk: Talk | undefined, replyTo: string | undefined): { quote?: TalkLine } {
  const quote = talk?.find(replyTo);
  return quote === undefined ? {} : { quote };
}
