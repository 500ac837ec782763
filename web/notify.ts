/// <reference lib="dom" />
/**
 * Notifies a person who does not look at the page, by the browser's notifications and by a sound, if they have asked for it.
 *
 * @module
 */

import type { Said } from "../client/state/events.ts";
import { plainText } from "../client/blocks.ts";
import { beginningOf } from "../client/graphemes.ts";
import type { Talk } from "../client/state/talk.ts";
import { sanitize } from "../client/sanitize.ts";
import { settings } from "./settings.ts";

/** Whether this browser can notify at all: only a page that came by https, or from this machine, may. */
export const canNotify = isSecureContext && "Notification" in globalThis;

/** Whether the person has allowed it in the browser. It is kept, since asking the browser takes long. */
let permission: NotificationPermission = canNotify ? Notification.permission : "denied";
addEventListener("focus", () => permission = canNotify ? Notification.permission : "denied");

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

/** A short, soft tone; `pace` is the time until the next may begin, since many at once would be loud. Seconds and hertz. */
const TONE = { length: 0.25, pitch: 660, volume: 0.08, pace: 1 };

/** Notifies one person. */
export class Notifier {
  readonly #open: (talk: string) => void;
  #audio: AudioContext | undefined;
  /** Whether a tone has begun, or will once the browser allows it, so that the next one has to wait. */
  #isSounding = false;

  /** @param open Called with the talk's name when the person clicks on a notification. */
  constructor(open: (talk: string) => void) {
    this.#open = open;
  }

  /** Notifies of something that was said just now, if the person wants to know of it there and looks elsewhere. */
  said(said: Said, talk: Talk | undefined): void {
    if (talk === undefined || said.own || document.hasFocus()) return;
    const level = settings.levelOf(talk.name, talk.kind);
    const isForMe = said.mention === true || said.private;
    if (level === "none" || (level === "mentions" && !isForMe)) return;
    if (settings.get("sound")) this.#sound();
    if (permission !== "granted" || !settings.get("notifications")) return;
    const title = said.private ? said.from : `${said.from} (${talk.name})`;
    const body = beginningOf(plainText(said.text), SHOWN);
    try {
      // One notification for each talk: the next one replaces it.
      const shown = new Notification(sanitize(title), { body, tag: talk.name });
      shown.onclick = () => {
        focus();
        this.#open(talk.name);
        shown.close();
      };
    } catch {
      // Some browsers of phones have the class but do not let a page use it.
    }
  }

  #sound(): void {
    if (this.#isSounding) return;
    this.#isSounding = true;
    this.#audio ??= new AudioContext();
    const { currentTime: now } = this.#audio;
    const gain = new GainNode(this.#audio, { gain: TONE.volume });
    gain.gain.exponentialRampToValueAtTime(0.0001, now + TONE.length).setValueAtTime(0, now + TONE.length);
    gain.connect(this.#audio.destination);
    const tone = new OscillatorNode(this.#audio, { frequency: TONE.pitch });
    tone.connect(gain);
    tone.start(now);
    tone.stop(now + TONE.pace);
    tone.onended = () => this.#isSounding = false;
  }
}
