/// <reference lib="dom" />
/**
 * Notifies a person who does not look at the page, by the browser's notifications and by a sound, if they have asked for it; and
 * tells operators of reports wherever they look.
 *
 * @module
 */

import type { Said } from "../client/state/events.ts";
import { plainText } from "../client/blocks.ts";
import { textWithName } from "../client/file_address.ts";
import { beginningOf } from "../client/graphemes.ts";
import type { Talk } from "../client/state/talk.ts";
import { sanitize } from "../client/sanitize.ts";
import { reportSentence } from "./draw_report.ts";
import { nameOfFile } from "./file_name.ts";
import { textOf } from "./sentence.ts";
import { settings } from "./settings.ts";
import { toast } from "./toast.ts";
import { playTone } from "./tones.ts";

/** Whether this browser can notify at all: only a page that came by https, or from this machine, may. */
export const canNotify = isSecureContext && "Notification" in globalThis;

/** Whether the person has allowed it in the browser. It is kept, since asking the browser takes long. */
let permission: NotificationPermission = canNotify ? Notification.permission : "denied";
addEventListener("focus", lookAgain);
// The person may change it while the page has the focus, beside the address.
navigator.permissions?.query({ name: "notifications" }).then((status) => status.addEventListener("change", lookAgain))
  .catch(() => {}); // Then the next focus tells.

/** Sees what the browser allows now, and has that drawn which depends on it. */
function lookAgain(): void {
  const before = permission;
  permission = canNotify ? Notification.permission : "denied";
  if (permission !== before) settings.changed();
}

/** Whether the person has allowed notifications. After "denied" the browser does not ask again. */
export function notificationPermission(): NotificationPermission {
  return permission;
}

/** Asks the person for permission. Browsers allow that only on a click. */
export async function askToNotify(): Promise<void> {
  if (canNotify) permission = await Notification.requestPermission();
  settings.set("notifications", permission === "granted");
}

/** Code points of a message that a notification shows. */
const SHOWN = 200;

/** How long it is waited for whether the browser has shown a notification, in milliseconds. */
const ANSWER = 5_000;

/**
 * Shows a notification, if the person has allowed it.
 *
 * @param opened Called when the person clicks on it.
 * @returns Resolves to whether the browser has shown it.
 */
export async function notify(
  title: string,
  options: NotificationOptions,
  opened: () => void = () => {},
): Promise<boolean> {
  if (permission !== "granted") return false;
  try {
    const shown = new Notification(sanitize(title), options);
    shown.onclick = () => {
      focus();
      opened();
      shown.close();
    };
    return await new Promise((resolve) => {
      shown.onshow = () => resolve(true);
      shown.onerror = () => resolve(false);
      // Some systems never say what became of it.
      setTimeout(() => resolve(false), ANSWER);
    });
  } catch {
    // Some browsers of phones have the class but do not let a page use it.
    return false;
  }
}

/** Notifies one person. */
export class Notifier {
  readonly #open: (talk: string, msgid?: string) => void;
  /** Whether a tone has begun, or will once the browser allows it, so that the next one has to wait. */
  #isSounding = false;

  /** @param open Called with the talk's name when the person clicks on a notification, and with the message to go to. */
  constructor(open: (talk: string, msgid?: string) => void) {
    this.#open = open;
  }

  /** Notifies of something that was said just now, if the person wants to know of it there and looks elsewhere. */
  said(said: Said, talk: Talk | undefined): void {
    if (talk === undefined || said.own) return;
    const level = settings.levelOf(talk.name, talk.kind);
    const isForMe = said.mention === true || said.private;
    if (level === "none" || (level === "mentions" && !isForMe)) return;
    const { report } = said;
    if (report !== undefined) this.#reported(said, talk);
    if (document.hasFocus()) return;
    if (settings.get("sound")) this.#sound();
    if (!settings.get("notifications")) return;
    const title = said.private ? said.from : `${said.from} (${talk.name})`;
    const text = report === undefined
      ? plainText(textWithName(said, nameOfFile))
      : textOf(reportSentence({ ...said, report }, talk, settings.words));
    const body = beginningOf(text, SHOWN);
    // One notification for each talk: the next one replaces it.
    void notify(title, { body, tag: talk.name }, () => this.#open(talk.name));
  }

  /** Tells an operator in passing that something was reported, wherever they are in the page. */
  #reported({ from, msgid }: Said, { name }: Talk): void {
    const { reportCame, showReport } = settings.words;
    const show = { label: showReport, press: () => this.#open(name, msgid) };
    toast(reportCame(sanitize(from), sanitize(name)), show);
  }

  /** Notifies of an invitation to a channel, if the person looks elsewhere. */
  invited(text: string, channel: string): void {
    if (document.hasFocus()) return;
    if (settings.get("sound")) this.#sound();
    if (settings.get("notifications")) void notify(text, { tag: channel });
  }

  #sound(): void {
    if (this.#isSounding) return;
    this.#isSounding = true;
    playTone(settings.get("tone"), settings.get("volume"), () => this.#isSounding = false);
  }
}
