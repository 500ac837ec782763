/**
 * What a client knows: its own nick, the server's rules, channels and who is in them, the people it talks with, and whom
 * the next line goes to. Each message from the server changes it and gives the events that a view shows. It must not
 * know connections, terminals or pages.
 *
 * @module
 */

import {
  casefold,
  ERR_BADCHANMASK,
  ERR_BADCHANNELKEY,
  ERR_BANNEDFROMCHAN,
  ERR_CHANNELISFULL,
  ERR_INVITEONLYCHAN,
  ERR_NOSUCHCHANNEL,
  ERR_TOOMANYCHANNELS,
  type Message,
  parseSource,
  RPL_ENDOFNAMES,
  RPL_ISUPPORT,
  RPL_NAMREPLY,
  RPL_TOPIC,
  RPL_WELCOME,
} from "../protocol.ts";
import { readCtcp } from "./ctcp.ts";
import type { ClientEvent, Happening, Member } from "./events.ts";
import { Isupport } from "./isupport.ts";
import { meaning } from "./numerics.ts";

/** A channel that this client is in. */
export interface Channel {
  /** As the server spells it. */
  name: string;
  topic: string;
  /** By folded nick. */
  readonly members: Map<string, Member>;
}

const JOIN_REFUSALS = new Set([
  ERR_NOSUCHCHANNEL,
  ERR_TOOMANYCHANNELS,
  ERR_CHANNELISFULL,
  ERR_INVITEONLYCHAN,
  ERR_BANNEDFROMCHAN,
  ERR_BADCHANNELKEY,
  ERR_BADCHANMASK,
]);

type Handler = (message: Message, from: string) => Happening[];

/** What one client knows of its server. */
export class State {
  /** Own nick, as the server last said it. */
  nick: string;
  /** Own `user@host` as others see it, "" while the server has not said it. */
  userhost = "";
  isupport = new Isupport();
  /** Joined channels by folded name. They are kept over a lost connection, to be joined again. */
  readonly channels = new Map<string, Channel>();
  /** The people with whom private lines were exchanged: their nicks by folded nick. */
  readonly talks = new Map<string, string>();
  /** The channel whose people are listed and to which `/to` alone goes back. */
  channel: string | undefined;
  /** The person that lines go to instead of the channel. */
  talk: string | undefined;

  readonly #batches = new Map<string, string>();
  readonly #names = new Map<string, Member[]>();

  /** @param nick The nick that will be asked for. */
  constructor(nick: string) {
    this.nick = nick;
  }

  /** Whom the next line goes to: a nick or a channel; undefined if no channel is joined. */
  get target(): string | undefined {
    return this.talk ?? this.channel;
  }

  /** The joined channel of that name, in any case. */
  joined(name: string): Channel | undefined {
    return this.channels.get(casefold(name));
  }

  /** Whether that is this client's own nick, in any case. */
  isSelf(nick: string): boolean {
    return casefold(nick) === casefold(this.nick);
  }

  /** The nick of somebody who shares a channel, as it is spelled; undefined for all others. */
  present(nick: string): string | undefined {
    const folded = casefold(nick);
    for (const { members } of this.channels.values()) {
      const member = members.get(folded);
      if (member !== undefined) return member.nick;
    }
    return undefined;
  }

  /** Who is online, as far as the channels show it, each once. */
  get people(): string[] {
    const nicks = new Map<string, string>();
    for (const { members } of this.channels.values()) {
      for (const [folded, { nick }] of members) nicks.set(folded, nick);
    }
    return [...nicks.values()];
  }

  /** Who is in a joined channel, by nick; empty for others. */
  members(channel: string): Member[] {
    return sorted([...this.joined(channel)?.members.values() ?? []]);
  }

  /** Says that the connection is lost: nobody is known to be there. The channels stay, to be joined again. */
  offline(): void {
    for (const { members } of this.channels.values()) members.clear();
    this.#names.clear();
    this.#batches.clear();
  }

  /** Takes one message from the server and gives what it means; `now` is the time if the message does not say its own. */
  handle(message: Message, now: number): ClientEvent[] {
    const told = Date.parse(message.tags.time ?? "");
    const time = Number.isNaN(told) ? now : told;
    const source = parseSource(message.source ?? "");
    if (source.host !== undefined && source.user !== undefined && this.isSelf(source.nick)) {
      this.userhost = `${source.user}@${source.host}`;
    }
    const before = this.target;
    const events: Happening[] = /^\d/.test(message.command)
      ? this.#numeric(message)
      : this.#handlers.get(message.command.toUpperCase())?.(message, source.nick) ?? [];
    if (this.target !== before) events.push({ type: "target", target: this.target });
    return events.map((event) => ({ time, ...event }));
  }

  readonly #handlers = new Map<string, Handler>([
    ["PRIVMSG", (message, from) => this.#said(message, from, "message")],
    ["NOTICE", (message, from) => this.#said(message, from, "notice")],
    ["JOIN", ({ params: [name = ""] }, nick) => {
      const own = this.isSelf(nick);
      if (own && this.joined(name) === undefined) {
        this.channels.set(casefold(name), { name, topic: "", members: new Map() });
        this.channel ??= name;
      }
      const channel = this.joined(name);
      if (channel === undefined) return [];
      if (own) channel.members.clear();
      channel.members.set(casefold(nick), { nick, prefix: "", away: false });
      return [{ type: "join", nick, channel: channel.name, own, online: channel.members.size }];
    }],
    ["PART", ({ params: [name = "", reason = ""] }, nick) => {
      const gone = this.#leave(name, nick);
      return gone === undefined ? [] : [{ type: "part", nick, reason, ...gone }];
    }],
    ["KICK", ({ params: [name = "", nick = "", reason = ""] }, by) => {
      const gone = this.#leave(name, nick);
      return gone === undefined ? [] : [{ type: "kick", nick, by, reason, ...gone }];
    }],
    ["QUIT", ({ params: [reason = ""] }, nick) => {
      const channels: { name: string; online: number }[] = [];
      for (const { name, members } of this.channels.values()) {
        if (members.delete(casefold(nick))) channels.push({ name, online: members.size });
      }
      return this.isSelf(nick) ? [] : [{ type: "quit", nick, channels, reason }];
    }],
    ["NICK", ({ params: [renamed = ""] }, nick) => {
      const own = this.isSelf(nick);
      if (own) this.nick = renamed;
      for (const { members } of this.channels.values()) {
        const member = members.get(casefold(nick));
        if (member === undefined) continue;
        members.delete(casefold(nick));
        members.set(casefold(renamed), { ...member, nick: renamed });
      }
      // A talk follows the person, not the name, so that a line is not sent to whoever takes the name next.
      if (this.talks.delete(casefold(nick))) this.talks.set(casefold(renamed), renamed);
      if (this.talk !== undefined && casefold(this.talk) === casefold(nick)) this.talk = renamed;
      return [{ type: "nick", nick, renamed, own }];
    }],
    ["TOPIC", ({ params: [name = "", topic = ""] }, by) => {
      const channel = this.joined(name);
      if (channel !== undefined) channel.topic = topic;
      return [{ type: "topic", channel: name, topic, by }];
    }],
    ["MODE", ({ params: [name = "", modes = "", ...params] }, by) => {
      if (!this.isupport.isChannel(name)) return [];
      for (const change of this.isupport.modeChanges(modes, params)) {
        const member = this.joined(name)?.members.get(casefold(change.param ?? ""));
        if (member !== undefined) member.prefix = this.isupport.changePrefix(member.prefix, change);
      }
      return [{ type: "mode", channel: name, by, change: [modes, ...params].join(" ") }];
    }],
    ["AWAY", ({ params: [reason = ""] }, nick) => {
      for (const { members } of this.channels.values()) {
        const member = members.get(casefold(nick));
        if (member !== undefined) member.away = reason !== "";
      }
      return this.isSelf(nick) ? [] : [{ type: "away", nick, away: reason !== "", reason }];
    }],
    ["INVITE", ({ params: [nick = "", channel = ""] }, by) => [{ type: "invite", nick, by, channel }]],
    ["ERROR", ({ params }) => [{ type: "error", text: params.at(-1) ?? "" }]],
    // Standard replies (IRCv3 standard-replies): type, command, code, context..., description.
    ["FAIL", ({ params }) => [{ type: "error", text: params.at(-1) ?? "" }]],
    ["WARN", ({ params }) => [{ type: "info", text: params.at(-1) ?? "" }]],
    ["NOTE", ({ params }) => [{ type: "info", text: params.at(-1) ?? "" }]],
    ["BATCH", ({ params: [reference = "", type = ""] }) => {
      if (reference.startsWith("+")) this.#batches.set(reference.slice(1), type);
      else this.#batches.delete(reference.slice(1));
      return [];
    }],
  ]);

  #said({ tags, params: [to = "", text = ""] }: Message, from: string, type: "message" | "notice"): Happening[] {
    const ctcp = readCtcp(text);
    if (ctcp !== undefined && ctcp.command !== "ACTION") return [];
    // A line to the ranks of a channel (`@#tea`) belongs to that channel.
    const target = to.replace(/^[~&@%+]+(?=[#&])/, "");
    const own = from !== "" && this.isSelf(from);
    const isPrivate = !this.isupport.isChannel(target);
    const other = own ? target : from;
    if (isPrivate && type === "message") this.talks.set(casefold(other), other);
    return [{
      type: ctcp === undefined ? type : "action",
      from,
      target,
      private: isPrivate,
      own,
      history: this.#batches.get(tags.batch ?? "") === "chathistory",
      text: ctcp?.text ?? text,
    }];
  }

  /** Takes somebody out of a channel; where that is this client's own person, takes the channel out of the joined ones. */
  #leave(name: string, nick: string): { channel: string; own: boolean; online: number } | undefined {
    const channel = this.joined(name);
    if (channel === undefined) return undefined;
    channel.members.delete(casefold(nick));
    const own = this.isSelf(nick);
    if (own) {
      this.channels.delete(casefold(name));
      if (this.channel !== undefined && casefold(this.channel) === casefold(name)) {
        this.channel = [...this.channels.values()].at(-1)?.name;
      }
    }
    return { channel: channel.name, own, online: channel.members.size };
  }

  #numeric({ command, params }: Message): Happening[] {
    const own = this.#numerics.get(command)?.(params);
    if (own !== undefined) return own;
    // A channel that could not be joined again after the connection was lost.
    if (JOIN_REFUSALS.has(command) && this.joined(params[1] ?? "")?.members.size === 0) {
      this.#leave(params[1], this.nick);
    }
    const said = meaning(command, params);
    return said === undefined ? [] : [said];
  }

  readonly #numerics = new Map<string, (params: string[]) => Happening[]>([
    [RPL_WELCOME, ([nick = this.nick]) => {
      this.nick = nick;
      this.isupport = new Isupport();
      this.#names.clear();
      this.#batches.clear();
      return [];
    }],
    [RPL_ISUPPORT, (params) => {
      this.isupport.add(params);
      return [];
    }],
    [RPL_TOPIC, ([, name = "", topic = ""]) => {
      const channel = this.joined(name);
      if (channel !== undefined) channel.topic = topic;
      return [{ type: "topic", channel: name, topic, by: "" }];
    }],
    // RPL_NAMREPLY: own nick, `=`, channel, names.
    [RPL_NAMREPLY, ([, , name = "", names = ""]) => {
      const list = this.#names.get(casefold(name)) ?? [];
      this.#names.set(casefold(name), list);
      for (const entry of names.split(" ")) {
        const [prefix, nick] = this.isupport.member(entry);
        if (nick !== "") list.push({ nick, prefix, away: false });
      }
      return [];
    }],
    [RPL_ENDOFNAMES, ([, name = ""]) => {
      const list = this.#names.get(casefold(name)) ?? [];
      this.#names.delete(casefold(name));
      const channel = this.joined(name);
      if (channel !== undefined) {
        const before = new Map(channel.members);
        channel.members.clear();
        for (const member of list) {
          const folded = casefold(member.nick);
          channel.members.set(folded, { ...member, away: before.get(folded)?.away ?? false });
        }
      }
      return [{ type: "names", channel: channel?.name ?? name, members: sorted(list) }];
    }],
  ]);
}

function sorted(members: Member[]): Member[] {
  return members.sort((a, b) => a.nick.localeCompare(b.nick));
}
