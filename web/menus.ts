/// <reference lib="dom" />
/**
 * What stands in the menus of messages and of people. It is loaded with the first menu.
 *
 * @module
 */

import { visible } from "../protocol.ts";
import { foldName, isSameName } from "../client/names.ts";
import { sanitize, sanitizeLines } from "../client/sanitize.ts";
import { isForAll, type TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { putIntoClipboard } from "./clipboard.ts";
import type { IconName } from "./icon.ts";
import { type MenuEntry, type MenuGroup, type Place, showMenu } from "./menu.ts";
import { quickReactions } from "./quick_reactions.ts";
import { moderate } from "./moderate.ts";
import { isOperatorOf, moderatedFor } from "./moderated.ts";
import { isMuted } from "./muted.ts";
import { showPerson } from "./person.ts";
import { showProfile } from "./profile.ts";
import { report } from "./report.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";
import { toast } from "./toast.ts";

/** What is done with a message by another part of the page. */
export type MessageAction = "reply" | "react" | "edit" | "earlier" | "moderate" | "remove";

/** The entries among these: false stands for one that is not offered. */
function offered(...entries: (MenuEntry | false)[]): MenuEntry[] {
  return entries.filter((entry) => entry !== false);
}

/** What a menu of a message is about. */
export interface MessageMenu {
  stay: Stay;
  talk: Talk;
  line: TalkLine;
  act: (action: MessageAction) => void;
}

const ICONS: Readonly<Record<Exclude<MessageAction, "moderate">, IconName>> = {
  reply: "reply",
  react: "smile-plus",
  edit: "pencil",
  earlier: "clock",
  remove: "trash-2",
};

/** Shows the menu of a message. */
export function showMessageMenu({ stay, talk, line, act }: MessageMenu, place: Place): void {
  const { words } = settings;
  const may = actionsOn(stay, talk, line);
  const entry = (action: keyof typeof ICONS, isDestructive = false): MenuEntry[] =>
    may.has(action) ? [{ label: words[action], icon: ICONS[action], run: () => act(action), isDestructive }] : [];
  const link = linkTo(talk, line);
  const react = (emoji: string): MenuEntry => ({
    label: emoji,
    run: () => stay.client.actions.react(talk, line, emoji),
  });
  const groups: MenuGroup[] = [
    { heading: words.react, isRow: true, entries: may.has("react") ? quickReactions().map(react) : [] },
    { entries: [...entry("reply"), ...entry("react"), ...entry("edit"), ...entry("earlier")] },
    {
      entries: offered(
        { label: words.copyText, icon: "copy", run: () => copy(sanitizeLines(visible(line.text))) },
        link !== undefined && { label: words.copyLink, icon: "link", run: () => copy(link) },
      ),
    },
    {
      entries: [
        ...offered(
          mayReport(stay, talk, line) &&
            { label: words.report, icon: "flag", run: () => report(stay, talk, line, link ?? "") },
          moderateEntry(stay, talk, line),
        ),
        ...entry("remove", true),
      ],
    },
  ];
  showMenu(words.messageOf(sanitize(line.from)), groups, place);
}

/** What the person may do with a message. */
function actionsOn(stay: Stay, talk: Talk, line: TalkLine): ReadonlySet<MessageAction> {
  const { msgid, own, edited } = line;
  const { client } = stay;
  const may = new Set<MessageAction>();
  if (msgid === undefined) return may;
  const mayTag = client.can("message-tags") && isForAll(line);
  if (mayTag && client.actions.silenced(talk.name) === undefined) may.add("reply").add("react");
  if (client.actions.edits.canEdit(talk, line)) may.add("edit");
  if (edited !== undefined) may.add("earlier");
  if (client.can("draft/message-redaction") && (own || isOperator(stay, talk))) may.add("remove");
  return may;
}

/** Whether a message can be reported: the only operator would report it to nobody else. */
function mayReport(stay: Stay, talk: Talk, line: TalkLine): boolean {
  if (talk.kind !== "channel" || line.own || line.private || !isForAll(line)) return false;
  const { nick } = stay.client.state;
  return !isOperator(stay, talk) ||
    talk.members.values().some((one) => !isSameName(one.nick, nick) && isOperatorOf(talk, one.nick));
}

/** What an operator may do to the author of a message, or of what a report is about; of a report it says to whom. */
function moderateEntry(stay: Stay, talk: Talk, line: TalkLine): MenuEntry | false {
  const nick = moderatedFor(line, talk, stay.client.state.nick);
  if (nick === undefined) return false;
  const { moderateMore, moderateNick } = settings.words;
  const label = line.report === undefined ? moderateMore : moderateNick(sanitize(nick));
  return { label, icon: "ban", run: () => moderate(stay, talk, nick), isDestructive: true };
}

/** Asks what is to be done to whom a line has an operator moderate. */
export async function moderateFor(stay: Stay, talk: Talk, line: TalkLine): Promise<void> {
  const nick = moderatedFor(line, talk, stay.client.state.nick);
  if (nick !== undefined) await moderate(stay, talk, nick);
}

/** The address that leads to a message of a channel; undefined for what has none. */
export function linkTo({ kind, name }: Talk, { msgid, private: isPrivate }: TalkLine): string | undefined {
  if (kind !== "channel" || msgid === undefined || isPrivate) return undefined;
  return `${location.origin}/#${encodeURIComponent(name.replace(/^#/, ""))}/${msgid}`;
}

/** Puts a text into the clipboard, and says so. */
async function copy(text: string): Promise<void> {
  const { words } = settings;
  toast(await putIntoClipboard(text) ? words.copied : words.notCopied);
}

/**
 * Shows the menu of a person.
 *
 * @param channel In which they are shown, if that is a channel.
 * @param chosen Called when the person goes to where they write.
 */
export function showPersonMenu(
  stay: Stay,
  nick: string,
  channel: Talk | undefined,
  place: Place,
  chosen: () => void = () => {},
): void {
  const isSelf = stay.client.state.isSelf(nick);
  const groups = isSelf ? ownEntries(stay) : [...entriesOf(stay, nick, chosen), ruling(stay, nick, channel)];
  showMenu(settings.words.moreAbout(sanitize(nick)), groups, place);
}

/** Does what would be done if it were written in a talk. */
function command(stay: Stay, line: string, talk?: Talk): () => void {
  return () => void stay.client.input(line, "typed", talk === undefined ? {} : { talk }).then(() => stay.changed());
}

function ownEntries(stay: Stay): MenuGroup[] {
  const { words, sentences } = settings;
  const isAway = stay.client.state.away !== undefined;
  return [{
    entries: [
      { label: words.ownProfile, icon: "user", run: () => showProfile(stay) },
      isAway
        ? { label: words.imBack, icon: "clock", run: command(stay, "/away") }
        : { label: words.goAway, icon: "clock", run: command(stay, `/away ${sentences.away.noReason}`) },
    ],
  }];
}

function entriesOf(stay: Stay, nick: string, chosen: () => void): MenuGroup[] {
  const { words } = settings;
  const going = (go: () => unknown) => () => {
    chosen();
    go();
  };
  const { calls, client: { state } } = stay;
  const mayCall = calls.isAvailable && !calls.isIn(state.find(nick));
  const call = () => {
    void stay.open(nick);
    return calls.join(nick);
  };
  return [{
    entries: offered(
      { label: words.talkAlone, icon: "message-circle", run: going(() => stay.open(nick)) },
      mayCall && { label: words.calls.callThem, icon: "phone", run: going(call) },
      stay.talk?.kind === "channel" &&
        { label: words.mention, icon: "at-sign", run: going(() => mention(stay, nick)) },
      { label: words.showProfile, icon: "user", run: () => showPerson(stay, nick) },
    ),
  }, {
    entries: [
      ignoreEntry(stay, nick),
    ],
  }];
}

/** Hides what somebody says, or shows it again. */
export function ignoreEntry(stay: Stay, nick: string): MenuEntry {
  const { words } = settings;
  return stay.client.state.isIgnored(nick)
    ? { label: words.unignore, icon: "volume-2", run: command(stay, `/unignore ${nick}`) }
    : { label: words.ignore, icon: "volume-x", run: command(stay, `/ignore ${nick}`) };
}

/** Puts somebody's name where the person writes. */
function mention(stay: Stay, nick: string): void {
  const { talk } = stay;
  if (talk === undefined) return;
  talk.draft = `${talk.draft.replace(/(\S)$/, "$1 ")}@${nick} `;
  stay.changed();
  document.getElementById("line")?.focus();
}

/** What an operator of a channel may do to somebody who is in it. */
function ruling(stay: Stay, nick: string, channel: Talk | undefined): MenuGroup {
  const member = channel?.members.get(foldName(nick));
  if (channel === undefined || member === undefined || !isOperator(stay, channel)) return { entries: [] };
  const { words } = settings;
  const isRuler = member.prefix.includes("@");
  return {
    entries: offered(
      isMuted(stay, channel, nick) &&
        { label: words.unmute, icon: "volume-2", run: command(stay, `/unmute ${nick}`, channel) },
      isRuler
        ? { label: words.unmakeOperator, icon: "shield", run: command(stay, `/deop ${nick}`, channel) }
        : { label: words.makeOperator, icon: "shield", run: command(stay, `/op ${nick}`, channel) },
      { label: words.moderateMore, icon: "ban", run: () => moderate(stay, channel, nick), isDestructive: true },
    ),
  };
}

/** Whether this person is an operator of a channel. */
export function isOperator({ client: { state } }: Stay, channel: Talk): boolean {
  return isOperatorOf(channel, state.nick);
}
