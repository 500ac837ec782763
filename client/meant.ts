/**
 * For whom a message is: a nick may be somebody else's by the time it is sent, so it names the person with whom the talk was. The
 * server refuses it where somebody else has the nick by then (teahouse.chat/identity, docs/irc.md).
 *
 * @module
 */

import type { MessageInit } from "../protocol.ts";
import type { TalkLine } from "./state/line.ts";
import { answering, meantFor, PEER_TAG } from "./state/said.ts";
import type { State } from "./state/state.ts";

/** What goes to the person alone who is meant. */
const MEANT: ReadonlySet<string> = new Set(["PRIVMSG", "NOTICE", "TAGMSG"]);

/** The client that sends something. */
interface Sender {
  readonly state: State;
  can(capability: string): boolean;
}

/** The same message, for nobody but the person with whom the talk is that it belongs to, where it is one for a person. */
export function meant(client: Sender, message: MessageInit): MessageInit {
  const { command, params: [first = "", second = ""] = [], tags } = message;
  const target = `${command} ${first}` === "CALL JOIN" ? second : MEANT.has(command) ? first : "";
  if (target === "" || tags?.[PEER_TAG] !== undefined || !client.can("teahouse.chat/identity")) return message;
  const peer = client.state.find(target)?.meant;
  return peer === undefined ? message : meantFor(peer, message);
}

/**
 * The tags of what answers a line; undefined where nobody is told what it answers. An answer to what somebody has said in private is
 * for them, until the server has told this person that somebody else has the nick.
 *
 * @param target Where it goes.
 */
export function answerTags(
  client: Sender,
  target: string,
  line: TalkLine | undefined,
): Record<string, string> | undefined {
  if (line?.msgid === undefined || !client.can("message-tags")) return undefined;
  const { isupport } = client.state;
  const tags = answering(line.msgid);
  if (!line.private || line.peer === undefined || isupport.isChannel(target)) return tags;
  const known = client.state.find(target)?.peer.known;
  const isMeant = client.can("teahouse.chat/identity") && known !== "renamed" && known !== "another";
  return isMeant ? { ...tags, [PEER_TAG]: line.peer } : tags;
}
