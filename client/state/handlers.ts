/**
 * What each command from the server changes in the state, and the events that it makes: a table.
 *
 * @module
 */

import { detached, type Message, parseSource } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { readCtcp } from "../ctcp.ts";
import { foldName, isName, isSameName, mayBeNick } from "../names.ts";
import { SIGNAL_TAG } from "./calls.ts";
import { lineOf, quoteOf } from "./event_lines.ts";
import type { Happening, Said } from "./events.ts";
import { keptAccount, keptUserhost } from "./members.ts";
import { EDIT_TAG, isOwnMessage, readSaid, readTime, replyOf } from "./said.ts";
import { banReason, takeRestriction, takeRoomBanNews } from "./restriction_replies.ts";
import type { State } from "./state.ts";
import type { Talk } from "./talk.ts";
import { isTypingStatus } from "./typing.ts";

/**
 * Takes a message into the state and gives what it means.
 *
 * @param from The nick that it is from, or a server's name.
 * @param time When it was sent, in milliseconds since 1970, by the server's clock.
 * @param now The time by this machine's clock.
 * @param history Whether it is from the past.
 */
export type Handler = (
  state: State,
  message: Message,
  from: string,
  time: number,
  now: number,
  history?: boolean,
) => Happening[];

/** The host that a message is from, of a length that is kept. */
function hostOf({ source = "" }: Message): string | undefined {
  const { host } = parseSource(source);
  return host === undefined ? undefined : detached(host.slice(0, BOUNDS.userhost));
}

/** The handlers by command, in capitals. */
export const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ["PRIVMSG", (state, message, from, time) => takeSaid(state, message, from, "message", time)],
  ["NOTICE", (state, message, from, time) => takeSaid(state, message, from, "notice", time)],
  ["TAGMSG", (state, { tags, params: [to = ""] }, from, _time, _now, history = false) => {
    const own = isOwnMessage(tags, from, state, history);
    const signal = tags[SIGNAL_TAG];
    if (signal !== undefined) return own ? [] : [{ type: "signal", from, value: signal }];
    const talk = state.find(state.talkName(to, from, own));
    if (talk === undefined || state.isIgnored(from)) return [];
    const typing = tags["+typing"];
    if (isTypingStatus(typing) && !own) state.onTyping(talk, from, typing);
    const added = tags["+draft/react"] !== undefined;
    const reaction = tags["+draft/react"] ?? tags["+draft/unreact"];
    const about = replyOf(tags);
    if (reaction === undefined || about === undefined) return [];
    const line = talk.react(about, reaction, from, added, { account: tags.account, own });
    return line === undefined ? [] : [{ type: "reaction", target: talk.name, from, own, reaction, added, line }];
  }],
  ["REDACT", (state, { params: [to = "", msgid = "", reason = ""] }, by) => {
    const own = state.isSelf(by);
    const talk = state.find(state.talkName(to, by));
    const line = talk?.redact(msgid, { by, reason });
    return line === undefined ? [] : [{ type: "redaction", target: talk!.name, by, own, reason, line }];
  }],
  ["MARKREAD", (state, { params: [to = "", marker = ""] }) => {
    const time = readTime(marker.replace(/^timestamp=/, ""));
    const talk = state.find(to);
    if (talk === undefined || time === undefined) return [];
    talk.readUpTo(time);
    return [{ type: "read", target: talk.name }];
  }],
  // The account and the real name are there with extended-join.
  ["JOIN", (state, { source = "", params: [name = "", account = "*"] }, nick, _time, now) => {
    const own = state.isSelf(nick);
    if (own) {
      if (!state.talks.mayJoin(name)) return [];
      const talk = state.open(detached(name), "channel");
      // Another window of this person's may join a channel at any time.
      if (state.mayTakeChannel(talk.name)) state.channel = talk.name;
      talk.members.clear();
      // Whoever is muted is told so behind the list of names.
      talk.silence = undefined;
    }
    const channel = state.joined(name);
    if (channel === undefined || !isName(nick)) return [];
    // Whoever had the nick before was somebody else, if nobody here has it.
    if (!own && state.spelledNick(nick) === undefined) state.forget(nick);
    const userhost = source.includes("@") ? source.slice(source.indexOf("!") + 1) : "";
    const member = {
      nick: detached(nick),
      prefix: "",
      away: own && state.away !== undefined,
      ...keptUserhost(userhost),
      ...keptAccount(account),
    };
    if (!channel.members.put(foldName(nick), member, state.talks.capacityIn(channel))) return [];
    const isBack = state.returning.joined(channel, nick, own, now);
    return [{
      type: "join",
      nick,
      channel: channel.name,
      own,
      online: channel.members.size,
      ...(isBack ? { isBack } : {}),
    }];
  }],
  ["PART", (state, { params: [name = "", reason = ""] }, nick) => {
    const gone = state.leave(name, nick);
    return gone === undefined ? [] : [{ type: "part", nick, reason, ...gone }];
  }],
  ["KICK", (state, { params: [name = "", nick = "", told = ""] }, by) => {
    const gone = state.leave(name, nick);
    // Where nobody gave a reason, a server gives the nick of the operator for one (RFC 2812 section 3.2.8).
    const reason = isSameName(told, by) ? "" : told;
    if (gone?.own && banReason(reason) !== undefined) state.bannedFrom = detached(name);
    return gone === undefined ? [] : [{ type: "kick", nick, by, reason, ...gone }];
  }],
  // IRCv3 draft/channel-rename.
  ["RENAME", (state, { params: [before = "", told = "", reason = ""] }, by) => {
    const name = detached(told);
    if (!isName(name) || !state.renameChannel(before, name)) return [];
    const call = state.calls.renameTarget(before, name);
    const info = { type: "info", text: state.sentences.channels.renamed(by, before, name, reason) } as const;
    return call === undefined ? [info] : [info, call];
  }],
  ["QUIT", (state, { params: [reason = ""] }, nick) => {
    state.forget(nick);
    const channels = state.talks.removeEverywhere(nick).map(({ name, members }) => ({ name, online: members.size }));
    return state.isSelf(nick) ? [] : [{ type: "quit", nick, channels, reason }];
  }],
  ["NICK", (state, { params: [told = ""] }, nick, time) => {
    if (!mayBeNick(told)) return [];
    const renamed = detached(told);
    const own = state.isSelf(nick);
    if (own) state.renameSelf(renamed, time);
    // Whoever had that nick before was somebody else.
    if (!isSameName(nick, renamed)) state.forget(renamed);
    state.ignored.rename(nick, renamed);
    state.talks.rename(nick, renamed);
    state.profiles.rename(nick, renamed);
    if (state.person !== undefined && isSameName(state.person, nick)) state.person = renamed;
    const call = state.calls.rename(nick, renamed);
    return [{ type: "nick", nick, renamed, own }, ...(call === undefined ? [] : [call])];
  }],
  ["ACCOUNT", (state, { params: [account = "*"] }, nick) => {
    const known = keptAccount(account);
    if (state.isSelf(nick)) state.account = known.account;
    const talk = state.find(nick);
    if (talk?.peer.known === "here") talk.peer.known = "renamed";
    state.talks.changeMember(nick, ({ account: _, ...member }) => ({ ...member, ...known }));
    return [];
  }],
  ["CHGHOST", (state, { params: [user = "", host = ""] }, nick) => {
    if (state.isSelf(nick)) state.userhost = `${user}@${host}`;
    const userhost = `${user}@${host}`;
    if (userhost.length > BOUNDS.userhost) return [];
    state.talks.changeMember(nick, (member) => ({ ...member, userhost: detached(userhost) }));
    return [];
  }],
  ["TOPIC", (state, { params: [name = "", topic = ""] }, by) => {
    const channel = state.joined(name);
    if (channel !== undefined) channel.topic = detached(topic);
    return [{ type: "topic", channel: channel?.name ?? name, topic, by }];
  }],
  ["MODE", (state, { params: [name = "", modes = "", ...params] }, by) => {
    if (!state.isupport.isChannel(name)) {
      const isNoOperator = state.isSelf(name) && /-[^+]*o/.test(modes);
      return isNoOperator ? [{ type: "info", text: state.sentences.operators.isOneNoMore }] : [];
    }
    const channel = state.joined(name);
    for (const change of state.isupport.modeChanges(modes, params)) {
      if (change.mode === "s" && channel !== undefined) channel.isSecret = change.add;
      const member = channel?.members.get(foldName(change.param ?? ""));
      if (member !== undefined) member.prefix = state.isupport.changePrefix(member.prefix, change);
      // With a rank a person may talk whatever the list of bans says.
      if (member?.prefix && state.isSelf(member.nick)) channel!.silence = undefined;
    }
    const isBack = channel !== undefined && by.includes(".") && /^\+[ov]+$/.test(modes) &&
      params.every((nick) => state.returning.isLast(channel, nick));
    const back = isBack ? { isBack } : {};
    return [{ type: "mode", channel: name, by, change: [modes, ...params].join(" "), ...back }];
  }],
  ["AWAY", (state, { params: [reason = ""] }, nick) => {
    for (const member of state.talks.memberships(nick)) member.away = reason !== "";
    return state.isSelf(nick) ? [] : [{ type: "away", nick, away: reason !== "", reason }];
  }],
  ["CALL", (state, message, from, _, now) => {
    // Of whoever is ignored one hears nothing.
    const told = message.params[0]?.toUpperCase();
    if (state.isIgnored(from) && (told === "RING" || told === "REACT")) return [];
    const event = state.calls.take(message, from, now);
    if (event?.record !== undefined && !state.isupport.isChannel(event.target)) {
      state.open(detached(event.target), "private").host = hostOf(message);
    }
    return event === undefined ? [] : [event];
  }],
  ["INVITE", (state, { params: [nick = "", channel = ""] }, by) => {
    return state.isIgnored(by) ? [] : [{ type: "invite", nick, by, channel }];
  }],
  ["ERROR", (_, { params }) => [{ type: "error", text: params.at(-1) ?? "" }]],
  // Standard replies (IRCv3 standard-replies): type, command, code, context..., description.
  ["FAIL", (state, { params }, _, time) => standardReply(state, "error", params, time)],
  ["WARN", (state, { params }, _, time) => standardReply(state, "info", params, time)],
  ["NOTE", (state, { params }, _, time) => standardReply(state, "info", params, time)],
]);

function standardReply(state: State, type: "error" | "info", params: string[], time: number): Happening[] {
  const told = takeRestriction(state, params, time);
  if (told !== undefined) return told;
  const [command = "", code = ""] = params;
  if (code === "ANOTHER_PERSON") {
    const about = params.at(-2)!;
    // Where there is no talk yet, an answer was refused to a line that stands in a channel.
    if (!state.isupport.isChannel(about) && isName(about)) state.open(detached(about)).peer.known = "another";
    const { talking } = state.sentences;
    return [{ type, text: command === "CALL" ? talking.anotherPerson(about) : talking.notToAnother(about) }];
  }
  if (command === "OWNER" && code === "CLAIMED") leaveOutRank(state);
  return [{ type, text: state.sentences.refusals.standard({ command, code, text: params.at(-1) ?? "" }) }];
}

/** Among so many of a channel's last lines what was told just now is looked for. */
const LAST = 10;

/** Marks the lines that tell how the server has made this person operator of their channels, as what is told now tells as well. */
function leaveOutRank({ channels, nick }: State): void {
  for (const { lines } of channels) {
    const line = lines.slice(-LAST).findLast(({ kind, from, text }) =>
      kind === "mode" && from.includes(".") && text === `+o ${nick}`
    );
    if (line !== undefined) line.isTold = true;
  }
}

/** Takes a PRIVMSG or NOTICE. */
function takeSaid(
  state: State,
  message: Message,
  from: string,
  type: "message" | "notice",
  time: number,
): Happening[] {
  const said = readSaid(message, from, type, state);
  if (said === undefined) return takeRequest(state, message, from, type, time);
  const news = said.isServer && said.private ? takeRoomBanNews(state, said.text, time) : undefined;
  if (news !== undefined) return news;
  const edits = message.tags[EDIT_TAG];
  const channel = said.context === undefined ? undefined : state.joined(said.context);
  // Only somebody in the channel may have private lines shown there.
  const isThere = channel !== undefined && (said.own || channel.members.get(foldName(from)) !== undefined);
  if (isThere) said.context = channel.name;
  else delete said.context;
  const name = said.context ?? state.talkName(said.target, from, said.own);
  if (edits !== undefined) return takeEdit(state.find(name), said, edits, time);
  const isPrivateTalk = said.private && !isThere;
  const talk = type === "message" && isPrivateTalk && isName(name) ? state.open(detached(name)) : state.find(name);
  if (talk !== undefined && isPrivateTalk && !said.own) talk.host = hostOf(message);
  const line = lineOf(said, time, message)!;
  const before = line.peer === undefined || talk?.peer.known === "renamed" ? undefined : talk?.peer.last;
  if (talk?.append(line) === false) return [];
  if (before !== undefined && before !== line.peer) said.isAnother = true;
  // What is half written is for the one who was there when it was begun. Whoever has said something to the other one knows of them.
  if (said.own && talk !== undefined) talk.peer.held = undefined;
  else if (said.isAnother && (talk!.draft !== "" || state.writing === talk)) talk!.peer.held ??= before;
  return [{ ...said, ...quoteOf(talk, said.replyTo) }];
}

/** Takes a change of a message. Of one that is not loaded nobody needs to know: it comes with its text of now. */
function takeEdit(talk: Talk | undefined, said: Said, msgid: string, time: number): Happening[] {
  const line = talk?.find(msgid) ?? talk?.excerpt?.find(msgid);
  // The server lets only its author do that.
  if (line === undefined || line.own !== said.own) return [];
  const before = talk!.edit(msgid, { kind: said.type, text: said.text }, time);
  return before === undefined
    ? []
    : [{ type: "edit", target: talk!.name, from: said.from, own: said.own, line, before }];
}

/** Takes what somebody who is not ignored asks by CTCP. */
function takeRequest(
  state: State,
  { params: [target = "", text = ""] }: Message,
  from: string,
  type: "message" | "notice",
  time: number,
): Happening[] {
  const ctcp = readCtcp(text);
  if (ctcp === undefined || state.isIgnored(from)) return [];
  const [own, isPrivate] = [state.isSelf(from), !state.isupport.isChannel(target)];
  const request = { from, own, target, private: isPrivate, isAnswer: type === "notice", ...ctcp };
  const sentence = state.ctcpRequests.tell(request, time, state.sentences);
  return sentence === undefined ? [] : [{ type: "info", text: sentence }];
}
