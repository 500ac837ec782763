/**
 * All that a client says to its person, in English; a view hands in the same table in another language. The server's own texts
 * are not in it.
 *
 * A clause (`why`) stands inside another sentence, and has no full stop of its own.
 *
 * @module
 */

import { explainFault } from "../protocol.ts";
import type { LookAlike } from "./look_alikes.ts";

/** A standard reply of a server (IRCv3 standard-replies); `text` is its description, in the server's words. */
export interface StandardReply {
  command: string;
  code: string;
  text: string;
}

/** An entry of a channel's list of bans. */
export interface ListedBan {
  channel: string;
  /** Whom it is for, with the mask if that is needed to lift it. */
  who: string;
  isMute: boolean;
  /** How long it lasts, or until when, where it has an end and that is known. */
  period?: string | undefined;
  until?: string | undefined;
  /** The nick of the person who has set it, where the server tells it. */
  by?: string | undefined;
  reason?: string | undefined;
}

/** A ban or mute of the reader. */
export interface ToldRestriction {
  channel: string;
  isMute: boolean;
  by: string;
  /** "" where none is told. */
  reason: string;
  /** Undefined without an end. */
  until: string | undefined;
}

/** A ban or mute that the reader has set. */
export interface DoneRestriction {
  who: string;
  channel: string;
  isMute: boolean;
  until: string | undefined;
  /** "" where none was given. */
  reason: string;
  holdsFor: string;
}

/** What still holds for somebody when the reader has lifted a ban or a mute of theirs. */
export interface StillCovered {
  who: string;
  /** For whom it was set: everybody at an address, or a mask. Undefined: for that person alone. */
  whom: string | undefined;
  isMute: boolean;
}

/** An owner of the room. */
export interface ListedOwner {
  name: string;
  /** Whether the owner is known by a device, and not by an account. */
  isDevice: boolean;
  /** A day as `2026-11-27`. */
  since: string;
  /** The owner who named this one; undefined for whoever knew the server's secret. */
  by: string | undefined;
}

/** A ban from the whole server. */
export interface ListedServerBan {
  mask: string;
  /** Until when it lasts; undefined: for ever. */
  until: string | undefined;
  by: string;
  reason: string;
}

/** A ban from the whole server, as its operators are told of it. */
export interface ToldServerBan {
  by: string;
  /** Whom it is for, in words. */
  who: string;
  /** Undefined: for ever. */
  until: string | undefined;
  /** "" where none was given. */
  reason: string;
}

const counted = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"}`;
/** The part of a sentence that says for how long something lasts; nothing where it has no end. @param period As `periodText` gives it. */
export const lasting = (period: string | undefined) => period === undefined ? "" : ` for ${period}`;
/** The part that says until when. */
export const till = (until: string | undefined) => until === undefined ? "" : ` until ${until}`;
const because = (reason: string, end = "") => reason === "" ? end : `: ${reason}`;
/** The part that says why, within a sentence. */
export const inBrackets = (reason: string) => reason === "" ? "" : ` (${reason})`;
const within = (channel: string | undefined) => channel === undefined ? "" : ` in ${channel}`;
const named = (channel: string | undefined) => channel ?? "the channel";

/** What somebody did to a channel's mode (state/modes.ts), after their nick. The channel is named where it is not obvious. */
const MODES = {
  operator: (nick, channel) => `made ${nick} an operator${within(channel)}`,
  noOperator: (nick, channel) => `took operator from ${nick}${within(channel)}`,
  voice: (nick, channel) => `gave ${nick} voice${within(channel)}`,
  noVoice: (nick, channel) => `took voice from ${nick}${within(channel)}`,
  banned: (who, channel, period) => `banned ${who}${within(channel)}${lasting(period)}`,
  unbanned: (who, channel) => `lifted the ban of ${who}${within(channel)}`,
  muted: (who, channel, period) => `muted ${who}${within(channel)}${lasting(period)}`,
  unmuted: (who, channel) => `lifted the mute of ${who}${within(channel)}`,
  key: (word, channel) => `let only those into ${named(channel)} who know the word ${word}`,
  noKey: (_word, channel) => `let people into ${named(channel)} without a word`,
  limit: (count, channel) => `let only ${count} into ${named(channel)}`,
  noLimit: (_, channel) => `let any number into ${named(channel)}`,
  invited: (_, channel) => `let only those into ${named(channel)} who are invited`,
  notInvited: (_, channel) => `let into ${named(channel)} those who are not invited`,
  moderated: (_, channel) => `let only those talk in ${named(channel)} who have voice`,
  notModerated: (_, channel) => `let all talk in ${named(channel)}`,
  inside: (_, channel) => `let only those talk in ${named(channel)} who are in it`,
  notInside: (_, channel) => `let those talk in ${named(channel)} who are not in it`,
  secret: (_, channel) => `hid ${named(channel)} from those who are not in it`,
  notSecret: (_, channel) => `showed ${named(channel)} to those who are not in it`,
  private: (_, channel) => `made ${named(channel)} private`,
  notPrivate: (_, channel) => `opened ${named(channel)} to everybody`,
  topic: (_, channel) => `let only operators set the topic of ${named(channel)}`,
  noTopic: (_, channel) => `let all set the topic of ${named(channel)}`,
  other: (change, channel) => `set mode ${change}${within(channel)}`,
} satisfies Record<string, (what: string, channel?: string, period?: string) => string>;

export const ENGLISH = {
  /** Titles of the families of commands. */
  families: {
    talking: "Talking",
    memory: "What was said before",
    files: "Files",
    channels: "Channels",
    moderation: "Keeping order in a channel, for its operators",
    accounts: "Your account, which you need not have",
    operators: "The room's owners and operators",
    general: "The rest",
  },

  /** What each command does. */
  commands: {
    to: "talk to one person, or in a channel; alone: to all",
    msg: "say one line to somebody else, and stay here",
    me: "say what you do: /me waves",
    notice: "send a notice, which no program answers",
    reply: "answer the last line of the others, or of one: /reply alice yes",
    react: "react to the last line of the others, or of one: /react :+1: alice; again: take it back",
    ignore: "hide what somebody says from now on; alone: list whom you ignore",
    unignore: "show again what somebody says",
    away: "say that you are away, and why; alone: you are back",
    nick: "change your name",
    status: "say what you do these days; alone: nothing any more",
    profile: "show your display name, status and account",
    whois: "show what the room knows of somebody",
    call: "come into the call of this talk, on the page; of another one: /call #tea, /call bob",
    decline: "do not answer who calls you",

    history: "show older lines of this talk",
    search: "find what was said",
    edit: "change your last message: /edit tea at four; alone: brings its text, to be changed",
    forget: "remove your last message, or the last 3: /forget 3; operators, another's: /forget bob 3",

    send: "send files, and say them here: /send tea.jpg 'my notes.txt'",
    files: "list the files of this talk",
    get: "get a file, by its number or its address: /get 3, /get 3 ~/tea.jpg; alone: the last one",

    who: "list who is online",
    join: "join a channel and talk there",
    part: "leave a channel",
    list: "list the channels",
    channels: "list the public channels, most people first; those that hold a word: /channels tea",
    topic: "show the channel's topic, or set it",
    invite: "invite somebody into the channel",

    kick: "throw somebody out",
    ban: "throw somebody out and keep them out: /ban bob, /ban bob 1h too loud, /ban *!*@10.0.0.7",
    unban: "let somebody in again",
    mute: "let somebody listen only, whatever they call themselves: /mute bob 10m too loud",
    unmute: "let somebody talk again",
    bans: "list who is banned or muted",
    op: "make somebody an operator of the channel",
    deop: "take that back",
    voice: "let somebody talk where only some may, /mode +m; or send a voice message: /voice tea.ogg",
    devoice: "take that back",
    key: "let in only those who know a word; alone: all again",
    limit: "let in only so many; alone: all again",
    mode: "show the channel's mode, or change it: /mode +m",

    login: "log in to your account; the password is asked for",
    register: "make an account, so that your nick stays yours; the password is asked for",
    password: "change the password of your account; the old and the new one are asked for",
    drop: "remove your account for good; the password is asked for; operators, another's: /drop bob",
    logout: "log out of your account, here alone",
    devices:
      "list where you are logged in; /devices add WeeChat: a password for one program; /devices end NAME: log out there",

    owner: "list who owns the room, or let somebody else own it, too: /owner bob",
    disown: "take that back",
    claim: "own the room by the secret that its server has printed, which is asked for",
    oper: "become an operator of the room; the password is asked for",
    kill: "end somebody's connection to the room (its operators)",
    gline: "ban somebody from the room: /gline bob, /gline bob 7d spam, /gline *@10.0.0.0/8",
    ungline: "lift such a ban, by what /glines lists",
    glines: "list who is banned from the room",

    help: "show the first commands, all of them (/help all), or one",
    "invite-link": "show the address that brings others in, also as a QR code",
    raw: "send a line of IRC as it is",
    quit: "leave",
  },

  /** How the parameters of commands are called. */
  params: {
    account: "account",
    addOrEnd: "add|end",
    answer: "[nick] text",
    changes: "changes",
    channel: "#channel",
    command: "command",
    count: "count",
    countOrNick: "count|nick",
    email: "e-mail",
    emoji: "emoji",
    files: "file...",
    key: "key",
    line: "line",
    mask: "mask",
    name: "name",
    nick: "nick",
    nickOrFile: "nick|file",
    nickOrMask: "nick|mask",
    place: "file",
    reason: "reason",
    target: "nick|#channel",
    text: "text",
    time: "time",
    which: "number|URL",
    word: "word",
    words: "words",
  },

  /** Of calling a command, whichever it is. */
  calling: {
    title: (family: string) => `${family}:`,
    /** The title of the commands that /help shows to whoever has just come. */
    first: "To begin with",
    /** Of `/help all`. */
    all: "list all commands; /help and the name of one shows that one",
    /** Of `//text`. */
    slashes: "say a text that begins with /",
    usage: (line: string) => `Usage: ${line}`,
    usageAsking: (line: string) => `Usage: ${line}; the password is asked for`,
    /** `closest` is "" where no command is spelled nearly so. */
    unknown: (name: string, closest: string) =>
      `There is no command /${name}.${closest && ` Did you mean /${closest}?`} /help all lists all.`,
    empty: "A line that begins with / is a command: /help lists them, // begins a text with /.",
    noCount: (word: string, most: number) => `"${word}" is no number from 1 to ${most}.`,
    noMessage: (why: string) => `${why}.`,
    noSecretMessage: "That cannot be sent.",
    cannotAsk: (name: string) => `/${name} asks for a password, which cannot be done here.`,
    noPassword: (name: string) => `No password was given: /${name} did nothing.`,
    serverIsAway: (name: string) => `The room can't be reached now: /${name} once it is back.`,
    noAnswer: "The connection was lost before there was an answer.",
    unanswered: (name: string) => `The room does not answer: nobody knows whether /${name} did anything.`,
  },

  files: {
    none: "This room takes no files.",
    notHere: "Files can't be sent or got by commands here.",
    notOnPipe: "A line of a pipe sends and gets no files: --send FILE sends one.",
  },

  talking: {
    /** `others` are the channels where the person is, and does not talk. */
    noChannel: (others: readonly string[]) =>
      others.length === 0
        ? "You are in no channel: /join #lobby"
        : `You talk to nobody now: ${others.map((name) => `/to ${name}`).join(", ")}, or /to NICK for one person.`,
    onlyTo: (nick: string) => `Only ${nick} gets what you say; /to goes back.`,
    toAll: (channel: string) => `All in ${channel} get what you say.`,
    notToYourself: "You cannot talk to yourself.",
    notOnline: (nick: string) => `${nick} is not online.`,
    anotherPerson: (nick: string) => `This is another ${nick} than the one you talked with before.`,
    /** After it was refused to send something. */
    notToAnother: (nick: string) =>
      `Not sent: this is another ${nick} than the one you talked with before. Send it again if it is for this one.`,
    inSeveral: (count: number) => `This is too long for one message, so it goes as ${count}.`,
    notSaidElsewhere: (text: string) => `Not said, as it may be for somebody else: ${text}`,
    notSaidThere: (talk: string, text: string) => `Not said, as you are no longer in ${talk}: ${text}`,
    /** After a refusal to talk to somebody else. */
    stillTo: (target: string) => `What you say still goes to ${target}.`,
    whichIsMeant: (from: string, other: string, channel: string) =>
      `Not sent: ${from} wrote to you alone, and ${other} in ${channel} since. Name the one whom you answer.`,
    nobodySaid: (talk: string) => `Nobody has said anything in ${talk} yet.`,
    saidNothing: (nick: string | undefined, talk: string) =>
      nick === undefined ? `Nobody has said anything in ${talk} yet.` : `${nick} has said nothing in ${talk} yet.`,
    nothingToSee: "There is nothing in that to be seen, so it was not said.",
    noReactions: "This room carries no reactions.",
    ignoring: (nicks: readonly string[]) =>
      nicks.length === 0 ? "You ignore nobody." : `You ignore ${nicks.join(", ")}.`,
    ignored: (nick: string) => `You ignore ${nick}: /unignore ${nick} ends that.`,
    unignored: (nick: string) => `You ignore ${nick} no longer.`,
    notIgnored: (nick: string) => `You do not ignore ${nick}.`,
    ignoreNotYourself: "You cannot ignore yourself.",
  },

  /** What others ask this client by CTCP, to which it says nothing. `channel` is "" for what was sent to this person alone. */
  ctcp: {
    asked: (from: string, channel: string, what: string, ctcp: string) =>
      `${from} asked${channel && ` all in ${channel}`} for ${what} (${ctcp}); no answer is sent.`,
    /** What is asked for, by the command. */
    what: {
      VERSION: "your client's version",
      CLIENTINFO: "what your client can be asked",
      SOURCE: "where your client is from",
      TIME: "your computer's time",
      PING: "how fast your client answers",
      FINGER: "your name and how long you have been idle",
      USERINFO: "something about you",
    },
    unknown: (from: string, channel: string, ctcp: string) =>
      `${from} asked${channel && ` all in ${channel}`} for something that this client does not know (${ctcp}).`,
    empty: (from: string, channel: string, text: string) =>
      `${from} sent${channel && ` to ${channel}`} a request of clients that asks for nothing (CTCP)${
        text && `: ${text}`
      }`,
    fileOffered: (from: string, file: string, ctcp: string) =>
      `${from} offers you the file "${file}" over a direct connection (${ctcp}): refused, as this client makes none.`,
    chatOffered: (from: string, ctcp: string) =>
      `${from} offers you a talk over a direct connection (${ctcp}): refused, as this client makes none.`,
    connectionOffered: (from: string, ctcp: string) =>
      `${from} asked for a direct connection (${ctcp}): refused, as this client makes none.`,
    answered: (from: string, command: string, text: string) =>
      `${from}'s client answered CTCP ${command}${text && `: ${text}`}`,
    own: (target: string, ctcp: string) => `You asked ${target} by ${ctcp}.`,
    enough: "More of that is not shown for a minute.",
  },

  memory: {
    noHistory: "This room keeps no history.",
    noneOlder: (talk: string, isPerson: boolean) =>
      isPerson ? `Nothing older was said with ${talk}.` : `There is nothing older in ${talk}.`,
    noOlder: "The room gave no older lines.",
    noSearch: "The room could not search.",
    noRemoval: "This room removes no messages.",
    /** Of the person themselves, where there is no nick. */
    noMessageOf: (nick: string | undefined) => `There is no message of ${nick ?? "you"} here that could be removed.`,
    noName: "The room has given that message no name by which to remove it.",
  },

  /** Of the person themselves. */
  profile: {
    title: (nick: string) => `You are ${nick}`,
    displayName: "display name (/nick)",
    status: "status (/status)",
    account: "account (/login)",
    none: "none",
  },

  editing: {
    notOffered: "This room changes no messages.",
    away: "The room can't be reached now: a message can be edited once it is back.",
    notEditable: "You can edit your own messages only, where you said them.",
    tooOld: (period: string) => `A message can be edited for ${period}, and this one is older.`,
    tooLong: "That is too long for one message.",
    noMessage: "There is no message of yours here that could be edited.",
  },

  channels: {
    none: "There is no channel.",
    public: (count: number) => count === 0 ? "There is no such channel." : counted(count, "channel"),
    more: (count: number) => `${count} more: name a word that theirs holds`,
    listed: (channel: string, count: string, topic: string) =>
      `${channel} (${count} online)${topic === "" ? "" : `: ${topic}`}`,
    noTopic: (channel: string) => `${channel} has no topic.`,
    renamed: (by: string, before: string, channel: string, reason: string) =>
      `${by} renamed ${before}: it is ${channel} now${because(reason)}`,
    topicCut: "The topic was too long: the room has cut off its end.",
    invited: (nick: string, channel: string) => `You invited ${nick} to ${channel}.`,
    mode: (channel: string, modes: string) => `${channel} has mode ${modes}`,
  },

  moderation: {
    banned: (who: string, channel: string, period: string | undefined) =>
      `${who} is banned from ${channel}${lasting(period)}. /unban ${who} ends that.`,
    muted: (who: string, channel: string, period: string | undefined) =>
      `${who} cannot talk in ${channel}${lasting(period)}. /unmute ${who} ends that.`,
    unbanned: (who: string, channel: string) => `${who} can come into ${channel} again.`,
    unmuted: (who: string, channel: string) => `${who} can talk in ${channel} again.`,
    notBanned: (who: string, channel: string) => `No ban in ${channel} is for ${who}: /bans lists them.`,
    notMuted: (who: string, channel: string) => `No mute in ${channel} is for ${who}: /bans lists them.`,
    banNotYourself: "You cannot ban yourself.",
    muteNotYourself: "You cannot mute yourself.",
    noMutes: "This room has no mutes: /mode +m and /voice do as much.",
    /** `command` is `ban` or `mute`. */
    nothingEnds: (command: string, who: string) =>
      `Nothing ends by itself in this room: /${command} ${who}, and later /un${command} ${who}.`,
    noPeriod: (word: string) => `"${word}" is no time from 1m (a minute) to 365d.`,
    nobodyBanned: (channel: string) => `Nobody is banned or muted in ${channel}.`,
    listed: ({ channel, who, isMute, period, until, by, reason = "" }: ListedBan) => {
      const end = until === undefined ? lasting(period) : till(until);
      const set = by ? ` (by ${by})` : "";
      return `${who} ${isMute ? "cannot talk in" : "is banned from"} ${channel}${end}${set}${because(reason)}`;
    },
    youAreMuted: ({ channel, by, until, reason }: ToldRestriction) =>
      `${by} muted you in ${channel}${till(until)}${because(reason, ".")}`,
    youAreBanned: ({ channel, by, until, reason }: ToldRestriction) =>
      `${by} banned you from ${channel}${till(until)}${because(reason, ".")}`,
    /** Of somebody who has tried. */
    cannotCome: ({ channel, by, until, reason }: ToldRestriction) =>
      `You cannot come into ${channel}${till(until)}: ${by} has banned you${because(reason, ".")}`,
    cannotTalk: ({ channel, isMute, by, until, reason }: ToldRestriction) =>
      `You cannot talk in ${channel}${till(until)}: ${by} ${isMute ? "muted" : "banned"} you${because(reason, ".")}`,
    youMayTalk: (channel: string, by: string | undefined) =>
      `${by === undefined ? "You can" : `${by} lets you`} talk in ${channel} again.`,
    youMayCome: (channel: string, by: string | undefined) =>
      `${by === undefined ? "You can" : `${by} lets you`} come into ${channel} again.`,
    /** `holdsFor` are those words below, with `and` between them; "" where it is not known. */
    restricted: ({ who, channel, isMute, until, reason, holdsFor }: DoneRestriction) => {
      const holds = holdsFor ? ` This holds for ${holdsFor}.` : "";
      const [what, command] = isMute ? ["cannot talk in", "unmute"] : ["is banned from", "unban"];
      return `${who} ${what} ${channel}${till(until)}${inBrackets(reason)}.${holds} /${command} ${who} ends that.`;
    },
    and: " and ",
    /** By what a person is named. */
    holdsFor: {
      account: "their account",
      device: "their device",
      address: "everybody at their address",
      nick: "that nick at their address",
      connection: "their connection",
      name: "whoever has that nick, which nobody here has or had lately",
    },
    isOperator: (who: string, channel: string) =>
      `${who} is an operator of ${channel}, who can always talk: /deop ${who} first.`,
    coversYou: (who: string) => `${who}: that would be for you, too.`,
    noMask: (word: string) => `${word} is neither a nick nor a mask.`,
    stillCovered: ({ who, whom, isMute }: StillCovered) => {
      const [state, command] = isMute ? ["muted", "unmute"] : ["banned", "unban"];
      return whom === undefined
        ? `${who} is still ${state}: /${command} ${who} ends that.`
        : `${who} is still ${state}, as ${whom} is, which is for others as well: /bans lists all.`;
    },
    cannotInvite: (who: string, channel: string) =>
      `${who} is banned from ${channel}, and an invitation does not change that: /unban ${who} first.`,
    accountOf: (account: string) => `the account ${account}`,
    everybodyAt: (host: string) => `everybody at ${host}`,
    deviceOf: (stamp: string) => `the device ${stamp}`,
    keySet: (channel: string, word: string) => `${channel} is for those who know the word ${word}.`,
    keyRemoved: (channel: string) => `${channel} needs no word any more.`,
    limited: (channel: string, count: number) => `${channel} is full with ${count}.`,
    unlimited: (channel: string) => `${channel} has no limit.`,
  },

  modes: MODES as Record<keyof typeof MODES, (what: string, channel?: string, period?: string) => string>,

  accounts: {
    passwordOf: (account: string) => `Password of the account ${account}:`,
    passwordFor: (account: string) => `A password for the account ${account}:`,
    /** Before a password goes over an open connection, which our server never asks for. */
    mayBeRead: (account: string, address: string) =>
      `${address} takes the password of ${account} only as it is, over a connection that is not encrypted: that server, ` +
      "and whoever is between you and it, can read the password. Send it all the same?",
    onceMore: "The same once more:",
    /** Before a question that is asked again, `question`. */
    notTheSameSo: (question: string) => `The two were not the same. ${question}`,
    wrongSo: (question: string) => `That is not it. ${question}`,
    notTheSame: "The two were not the same: no account was made.",
    notMade: (account: string, why: string) => `No account ${account} was made: ${why}.`,
    none: "This room has no accounts.",
    makesNone: "This room makes no accounts.",
    loggedIn: (account: string) => `You are logged in as ${account}.`,
    saidToBe: (account: string) => `The room says that you are logged in as ${account}.`,
    notLoggedIn: (account: string, why: string) => `You are not logged in as ${account}: ${why}.`,
    notLoggedInAgain: (account: string, why: string) =>
      `You are not logged in as ${account}: ${why}. /login tries again.`,
    hint: (nick: string) => `If ${nick} is yours, /login asks for its password; else /nick NAME gives you another.`,
    nameOfNick: (account: string) => `An account has the name of your nick here: /nick ${account} first.`,
    needsEmail: (account: string) => `This room asks for an e-mail address, too: /register ${account} ADDRESS`,
    made: (account: string) => `The account ${account} is yours, and you are logged in. Elsewhere: /login ${account}`,
    /** `text` is the server's. */
    needsCode: (account: string, text: string) => `${text} (/raw VERIFY ${account} CODE, then /login ${account})`,
    unknownWhetherMade: "The room did not say whether the account was made.",
    lostMeanwhile: (account: string) =>
      `The connection was lost before there was an answer: /login ${account} tells whether it worked.`,
    loginFirst: (name: string) => `You are not logged in to an account: /login, then /${name}.`,
    oldPasswordOf: (account: string) => `The password of ${account} as it is now:`,
    newPasswordOf: (account: string) => `The new password of ${account}:`,
    notTheSameAgain: "The two were not the same: the password is as it was.",
    notChanged: (account: string, why: string) => `The password of ${account} is as it was: ${why}.`,
    changed: (account: string) => `${account} has the new password from now on, on all your devices.`,
    /** By the server, as of a change on another device; `text` is in its words. */
    loggedOut: (account: string, text: string) =>
      `You are no longer logged in as ${account}: the room says "${text}". /login asks for its password.`,
    unknownWhetherChanged: (account: string) =>
      `The room did not say whether ${account} has the new password: /login ${account} tells it.`,
    /** Before the account is removed; its password is the answer. */
    dropWarning: (account: string) =>
      `This removes the account ${account} for good: its nick is free for others, and what was kept with it is gone. ` +
      `Its password, to go on (Ctrl-C or nothing: not to):`,
    /** Asked of an operator who removes somebody else's. */
    mayDrop: (account: string) =>
      `This removes the account ${account} for good: whoever it is comes as somebody new. Go on?`,
    notAgreed: "you did not agree",
    notDropped: (account: string, why: string) => `The account ${account} is still there: ${why}.`,
    dropped: (account: string) => `The account ${account} is removed.`,
    unknownWhetherDropped: (account: string) => `The room did not say whether the account ${account} is removed.`,
  },

  /** Of the devices by which people come back, and where an account is logged in. */
  devices: {
    /** The server knows the secret of this client no longer. */
    ended: (address: string) =>
      `${address} does not know you from before any more (you were logged out from elsewhere, or away for long): you come ` +
      "as somebody new.",
    /** Of the page, which goes back to its login then. */
    signedOut: (account: string) => `This device was logged out of ${account}.`,
    none: "This room has no devices that stay logged in.",
    loginFirst: "You are not logged in to an account: /login, then /devices.",
    noName: "Say which program the password is for: /devices add WeeChat",
    noDevice: "Say which one, by its name or number: /devices end WeeChat; /devices lists them.",
    passwordOf: (account: string) => `To make a password for a program, the password of ${account}:`,
    notAdded: (name: string, why: string) => `No password for ${name} was made: ${why}.`,
    added: (name: string, secret: string) => `The password for ${name}, which is shown this once: ${secret}`,
    /** How it is used: `account` and `name` are the account and the program. */
    usage: (account: string) =>
      `It goes where ${account}'s own password would. WeeChat: /set irc.server.tea.sasl_username ${account}, and its password ` +
      `into irc.server.tea.sasl_password. irssi: /network add -sasl_username ${account} -sasl_password PASSWORD ` +
      "-sasl_mechanism PLAIN tea",
    loggedOutThere: (name: string) => `${name} is logged out.`,
    unknown: (text: string) => `No device has the name or number "${text}": /devices lists them.`,
    several: (name: string, ids: string) => `Several are called "${name}". Say which by its number: ${ids}`,
    loggedOut: (account: string) => `You are logged out of ${account} here. /login logs in again.`,
    /** What is said of a device in the list. */
    thisOne: "this one",
    isHere: "here now",
    app: "app password",
    now: "now",
    ago: (period: string) => `${period} ago`,
    from: (address: string) => `from ${address}`,
  },

  /** Clauses that say why one is not logged in. */
  loginRefusals: {
    none: "this room has no accounts",
    wrong: "that is not its password, or there is no such account",
    unknownMechanism: (offered: string) => `the room only knows ${offered}, which is not known here`,
    unencrypted: "the room wants the password as it is, where others on the network could read it; it was not sent",
    notAgreed: "its password was not sent",
    another: "another login has begun",
    lost: "the connection was lost",
    noAnswer: "the room does not answer",
    tooLong: "the room's answer is too long",
    tooMuch: "the room asks for more than it should",
    unreadable: "the room's answer cannot be read",
    notScram: "the room does not keep to SCRAM",
    unproved: "the room does not know the account's password itself",
  },

  general: {
    onlyHere:
      "Only people on the server's own machine can come in: it has no address for others. Whoever runs the server opens it " +
      "to them by starting it without --host, so that it listens on all interfaces; where a proxy stands before it, with " +
      "--url and the address by which others open the page.",
  },

  owners: {
    secretOf: "The secret that the server has printed:",
    listed: ({ name, isDevice, since, by }: ListedOwner) =>
      `${name} owns the room since ${since}${by === undefined ? "" : `, named by ${by}`}${
        isDevice ? " (without an account, on the same device)" : ""
      }`,
    added: (name: string) =>
      `${name} owns the room, too, and is operator in all its channels. /disown ${name} ends that.`,
    isOne: (name: string) => `${name} owns the room already.`,
    removed: (name: string) => `${name} owns the room no longer.`,
  },

  operators: {
    passwordOf: (name: string) => `Password of the operator ${name}:`,
    isNone: (why: string) => `You are no operator: ${why}.`,
    isOne: "You are an operator of this room now.",
    isOneNoMore: "You are no operator of this room any more.",
    noReason: "no reason given",
    killed: (nick: string) => `The connection of ${nick} is ended.`,
    banned: (who: string, period: string | undefined) =>
      `${who} is banned from this room${lasting(period)}. /glines lists it, /ungline MASK ends it.`,
    unbanned: (mask: string) => `${mask} is no longer banned from this room.`,
    notBanned: (who: string) =>
      `No ban from this room is for ${who}. /glines lists all with their masks: /ungline MASK.`,
    nobodyBanned: "Nobody is banned from this room.",
    /** Of another operator, who has banned somebody or has ended that. */
    bannedBy: ({ by, who, until, reason }: ToldServerBan) =>
      `${by} banned ${who} from this room${till(until)}${because(reason, ".")}`,
    unbannedBy: (by: string, who: string) => `${by} has ended the ban of ${who} from this room.`,
    listed: ({ mask, until, by, reason }: ListedServerBan) =>
      `${mask} is banned from this room${until === undefined ? "" : ` until ${until}`}${by && ` (by ${by})`}${
        reason && `: ${reason}`
      }`,
  },

  connection: {
    cannotConnect: (address: string, why: string) => `Cannot connect to ${address}: ${why}.`,
    cannotComeBack: (address: string, why: string) => `Cannot come back to ${address}: ${why}.`,
    cannotJoin: (address: string, why: string) => `Cannot join ${address}: ${why}.`,
    fault: (why: string) => `Something that the room sent could not be used, and was left out (${why}).`,
    nickInUse: (wanted: string, nick: string) => `The nick ${wanted} is in use: you are ${nick} (/nick changes it).`,
    ownedNick: (account: string, nick: string) =>
      `${account} is an account: you are ${nick} now. If the account is yours: /login ${account}`,
    looksLike: (wanted: string, nick: string, { other, isAccount }: LookAlike) =>
      `The nick ${wanted} looks like ${other}, ${isAccount ? "which is an account" : "who is here"}: you are ${nick} ` +
      "(/nick changes it).",
    hereAlready: (wanted: string, nick: string) =>
      `You are here already, as ${nick}, so you are not ${wanted}: /nick changes it everywhere.`,
    notKnown: (address: string) => `${address} does not know you from before.`,
    shownAs: (nick: string, displayName: string) => `You are ${nick}, and shown as ${displayName}.`,
    noStatus: "This room keeps no status of people.",
    statusIs: (status: string) => status === "" ? "You have no status now." : `Your status: ${status}`,
    notShownAs: (nick: string, displayName: string) => `You are ${nick}, and cannot be shown as ${displayName} here.`,
  },

  /** Clauses that say why there is no connection. */
  disconnections: {
    closed: "the room closed the connection",
    closing: "the room is closing",
    says: (text: string) => `the room says "${text}"`,
    noAnswer: (seconds: number) => `no answer in ${seconds} seconds`,
    unwanted: "not wanted any more",
    silent: "it takes the connection, but says nothing",
    noIrc: "it does not answer as an IRC server does",
    silentFor: (seconds: number) => `the room said nothing for ${seconds} seconds`,
    password: "the password is wrong or missing",
    /** `text` is the server's, here and below. */
    notAllowed: (text: string) => `you may not connect: ${text}`,
    banned: (text: string) => `you are banned: ${text}`,
    nick: (nick: string, text: string) => `${nick} cannot be a nick there: ${text}`,
  },

  /** Clauses that say why somebody has left. */
  departures: {
    lost: "lost the connection",
    banned: (until: string | undefined, reason: string) => `banned from this room${till(until)}${because(reason)}`,
    putOut: (by: string, reason: string) => `put out by ${by}${because(reason)}`,
  },

  /** What a server's refusals mean, where no command has a sentence for it; `text` is in the server's words. */
  refusals: {
    noServer: (server: string) => `There is no server ${server}.`,
    noChannel: (channel: string) => `There is no channel ${channel}.`,
    cannotTalk: (channel: string, why: string) => `You cannot talk in ${channel}: ${why}`,
    /** Why one may not talk, by the mode that servers name; with a full stop. */
    silenced: {
      b: "you are banned or muted.",
      m: "only those may whom an operator gives /voice.",
      n: "you are not in it.",
    },
    tooManyChannels: (channel: string) => `You cannot join ${channel}: you are in too many channels.`,
    nobodyWas: (nick: string) => `Nobody called ${nick} was here.`,
    tooLong: "That line is too long.",
    unknownCommand: (command: string) => `The room does not know ${command}.`,
    unknownMode: (_mode: string, text: string) => text,
    /** `text` is the server's, `why` our own clause where there is one (`nameFault`). */
    noNick: (nick: string, text: string, why?: string) => `${nick} cannot be a nick: ${why ?? text}`,
    nickInUse: (nick: string) => `The nick ${nick} is in use.`,
    looksLike: (nick: string, { other, isAccount }: LookAlike) =>
      `The nick ${nick} looks like ${other}, ${isAccount ? "which is an account" : "who is here"}.`,
    nickHeld: (channel: string) => `You cannot take another nick while you are banned or muted in ${channel}.`,
    notThere: (nick: string, channel: string) => `${nick} is not in ${channel}.`,
    youAreNotIn: (channel: string) => `You are not in ${channel}.`,
    alreadyIn: (nick: string, channel: string) => `${nick} is already in ${channel}.`,
    needsMore: (command: string) => `${command} needs more than that.`,
    wrongPassword: "The password is wrong.",
    bannedFromServer: (text: string) => `You are banned from this room: ${text}`,
    bannedFromRoom: (until: string | undefined, reason: string) =>
      `You are banned from this room${till(until)}${because(reason, ".")}`,
    full: (channel: string) => `You cannot join ${channel}: it is full.`,
    inviteOnly: (channel: string) =>
      `You cannot join ${channel}: it is for invited people only, and no invitation of yours holds now.`,
    banned: (channel: string) => `You cannot join ${channel}: you are banned there.`,
    needsKey: (channel: string) => `You cannot join ${channel}: it needs its key (/join ${channel} KEY).`,
    noChannelName: (channel: string, why?: string) => `${channel} is no channel's name${why ? `: ${why}` : ""}.`,
    nameFault: explainFault,
    listFull: (channel: string) => `The list of ${channel} is full: /unban somebody first.`,
    serverOperatorsOnly: "Only the room's operators may do that.",
    operatorsOnly: (channel: string) => `Only an operator of ${channel} may do that.`,
    notServerOperator: "You cannot become an operator of this room.",
    badKey: (channel: string, text: string) => `That cannot be the word of ${channel}: ${text}`,
    badMode: (channel: string, text: string) => `That cannot be set in ${channel}: ${text}`,
    ownModeOnly: "You can change only your own mode.",
    standard: ({ text }: StandardReply) => text,
  },

  away: {
    is: (nick: string, text: string) => `${nick} is away: ${text}`,
    /** Somebody is not here, and what was just said to them waits for them, or what is said would. */
    left: (nick: string) => `${nick} is away from the room and will get this on return.`,
    mayBeLeft: (nick: string) => `${nick} is away from the room and will get what you write on return.`,
    tooMuchLeft: (nick: string) => `Not said: ${nick} is away from the room, and too much waits for ${nick} already.`,
    noReason: "away",
    youAre: "You are away now.",
    youAreNot: "You are no longer away.",
  },

  /** What is known of a person, each after their nick; `text` is in the server's words. */
  whois: {
    displayName: (displayName: string) => `is shown as ${displayName}`,
    status: (status: string) => `says: ${status}`,
    address: (address: string, realname: string) => `is ${address} (${realname})`,
    server: (server: string, text: string) => `is on ${server} (${text})`,
    operator: (text: string) => text,
    idle: (period: string, since: string | undefined) =>
      `has been idle for ${period}${since === undefined ? "" : `, here since ${since}`}`,
    someTime: "some time",
    channels: (channels: string) => `is in ${channels}`,
    account: (account: string) => `is logged in as ${account}`,
    bot: (text: string) => text,
    realAddress: (address: string) => `is really at ${address}`,
    secure: (text: string) => text,
  },

  /** What a talk keeps of calls, and why a command about them is refused. A period is as `5 min`; undefined where it is not known. */
  calls: {
    began: (nick: string) => `${nick} began a call`,
    ended: (period?: string) => `The call has ended${period === undefined ? "" : ` (${period})`}`,
    call: (period?: string) => `Call${period === undefined ? "" : `, ${period}`}`,
    missed: (nick: string) => `Missed call from ${nick}`,
    unanswered: (nick: string) => `${nick} did not answer`,
    declined: "Call declined",
    none: "This room has no calls.",
    notHere: "Calls can't be joined by a command here.",
    notIn: (channel: string) => `You are not in ${channel}: /join it first.`,
    nobodyCalls: "Nobody calls you.",
    callsNot: (nick: string) => `${nick} does not call you.`,
    severalCall: (nicks: string[]) => `Several people call you: /decline ${nicks.join(", /decline ")}`,
  },

  /**
   * As `2026-11-27 02:18`: the day first and the month first are both English. The page writes it as its reader's browser does.
   * @param isHour Whether it is the hour alone.
   */
  date: (time: Date, isHour = false) =>
    time.toLocaleString("sv-SE", { ...(isHour ? {} : { dateStyle: "short" }), timeStyle: "short" }),

  units: {
    week: (count: number) => counted(count, "week"),
    day: (count: number) => counted(count, "day"),
    hour: (count: number) => counted(count, "hour"),
    minute: (count: number) => counted(count, "minute"),
  },

  shortUnits: {
    day: (count: number) => `${count} d`,
    hour: (count: number) => `${count} h`,
    minute: (count: number) => `${count} min`,
    second: (count: number) => `${count} s`,
  },
};

/** All that a client says, in any language. */
export type Sentences = typeof ENGLISH;
