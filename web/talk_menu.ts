/// <reference lib="dom" />
/**
 * The menu of a talk: of a channel or of a person's. It is loaded when it is first opened.
 *
 * @module
 */

import { sanitize } from "../client/sanitize.ts";
import type { Talk } from "../client/state/talk.ts";
import { ask, askText } from "./ask.ts";
import { isPrivate, modesOf, setPrivate } from "./channel_modes.ts";
import { invite } from "./invite.ts";
import { type MenuEntry, type MenuGroup, type Place, showMenu } from "./menu.ts";
import { ignoreEntry, isOperator } from "./menus.ts";
import { showRestrictions } from "./moderate.ts";
import type { PageActions } from "./palette.ts";
import { showPerson } from "./person.ts";
import { LEVELS, settings } from "./settings.ts";
import type { Stay } from "./stay.ts";
import { toast } from "./toast.ts";

/** Shows the menu. @param actions What is done to the talk that is shown then. */
export function showTalkMenu(stay: Stay, talk: Talk, place: Place, actions: PageActions): void {
  const { words } = settings;
  const isChannel = talk.kind === "channel";
  const groups: MenuGroup[] = [
    {
      entries: [
        { label: words.markRead, icon: "check-check", run: () => stay.client.markRead(talk) },
        ...callEntries(stay, talk),
        ...(stay.hasFiles ? [shownEntry(stay, talk, words.files, "files", actions.showFiles)] : []),
        ...(isChannel ? channelEntries(stay, talk, actions) : [profileEntry(stay, talk), ignoreEntry(stay, talk.name)]),
      ],
    },
    { heading: words.notifyOf, entries: levelEntries(talk) },
    { entries: isChannel && isOperator(stay, talk) ? rulingEntries(stay, talk) : [] },
    {
      entries: [{
        label: isChannel ? words.leaveChannel : words.closeTalk(sanitize(talk.name)),
        icon: isChannel ? "log-out" : "x",
        isDestructive: isChannel,
        run: () => stay.client.actions.close(talk).then(() => stay.changed()),
      }],
    },
  ];
  showMenu(words.moreAbout(sanitize(talk.name)), groups, place);
}

/** The header has it as well, where there is room. */
function callEntries({ calls }: Stay, talk: Talk): MenuEntry[] {
  if (!calls.isAvailable || calls.isIn(talk)) return [];
  const { calls: words } = settings.words;
  const label = calls.of(talk) === undefined ? words.start : words.joinCall;
  return [{ label, icon: "phone", run: () => calls.join(talk.name) }];
}

function profileEntry(stay: Stay, { name }: Talk): MenuEntry {
  return { label: settings.words.showProfile, icon: "user", run: () => showPerson(stay, name) };
}

/** What is done where the talk is shown. */
function shownEntry(stay: Stay, talk: Talk, label: string, icon: MenuEntry["icon"], act: () => void): MenuEntry {
  return { label, ...(icon && { icon }), run: () => stay.open(talk.name).then(act) };
}

function channelEntries(stay: Stay, talk: Talk, { editTopic }: PageActions): MenuEntry[] {
  const { words } = settings;
  return [
    shownEntry(stay, talk, words.editTopic, "pencil", editTopic),
    { label: words.inviteMore, icon: "user-plus", run: () => invite(stay, talk) },
    { label: words.inviteLink, icon: "link", run: () => inviteByLink(stay, talk) },
  ];
}

/** Shows the address of a channel, where it lets somebody in. */
async function inviteByLink(stay: Stay, talk: Talk): Promise<void> {
  const isForInvited = (await modesOf(stay, talk)).some(({ mode }) => mode === "i");
  if (isForInvited) return void toast(settings.words.linkOpensNothing(sanitize(talk.name)));
  await stay.client.input("/invite-link", "typed", { talk });
}

/** Of what in a talk the person is notified. A private talk has no mentions: all of it is for them. */
function levelEntries({ name, kind }: Talk): MenuEntry[] {
  const { words } = settings;
  return LEVELS.filter((level) => kind === "channel" || level !== "mentions").map((level) => ({
    label: words.levels[level],
    isChecked: settings.levelOf(name, kind) === level,
    run: () => settings.setLevel(name, kind, level),
  }));
}

function rulingEntries(stay: Stay, talk: Talk): MenuEntry[] {
  const { words } = settings;
  const name = sanitize(talk.name);
  const key = {
    mode: "k",
    command: "key",
    question: words.keyOf(name),
    explained: words.keyExplained,
    pattern: "[^\\s,:][^\\s,]*",
  };
  const limit = {
    mode: "l",
    command: "limit",
    question: words.limitOf(name),
    explained: words.limitExplained,
    pattern: "[0-9]*",
  };
  return [
    { label: words.keyMore, icon: "key", run: () => change(stay, talk, key) },
    { label: words.limitMore, icon: "users", run: () => change(stay, talk, limit) },
    { label: words.privateMore, icon: "lock", run: () => changePrivacy(stay, talk) },
    { label: words.bans, icon: "ban", run: () => showRestrictions(stay, talk) },
  ];
}

/** Asks whether a channel is to be private, or to be one for everybody again. */
async function changePrivacy(stay: Stay, talk: Talk): Promise<void> {
  const { words } = settings;
  const name = sanitize(talk.name);
  const wasPrivate = isPrivate(await modesOf(stay, talk));
  const answer = wasPrivate
    ? await ask(words.askOpen(name), words.makeOpen)
    : await ask(words.askPrivate(name), words.makePrivate);
  if (answer === "yes") await setPrivate(stay, talk, !wasPrivate);
}

/** A mode of a channel that has a parameter: the command that sets it, and what the person is asked and told. */
interface Changeable {
  mode: string;
  command: string;
  question: string;
  explained: string;
  /** What may be written, as the browser checks it. */
  pattern: string;
}

/** Asks for the parameter of a channel's mode, and sets it by a command. */
async function change(
  stay: Stay,
  talk: Talk,
  { mode, command, question, explained, pattern }: Changeable,
): Promise<void> {
  const was = (await modesOf(stay, talk)).find((change) => change.mode === mode)?.param ?? "";
  const word = await askText(question, settings.words.save, { was, explained, pattern });
  if (word === undefined || word === was) return;
  await stay.client.input(`/${command} ${word}`, "typed", { talk });
}
