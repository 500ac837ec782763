/// <reference lib="dom" />
/**
 * Tells a person who does not look at the page: by the browser's notifications, and by a sound. Both only where the person
 * has asked for it. It must not know how the page looks.
 *
 * @module
 */

import { visible } from "../protocol.ts";
import type { Said } from "../client/state/events.ts";
import { beginningOf } from "../client/graphemes.ts";
import type { Talk } from "../client/state/talk.ts";
import { sanitize } from "../client/sanitize.ts";
import { settings } from "./settings.ts";

/** Whether this browser can notify at all: it must know the page by https, or be on the server's own machine. */
export const canNotify = isSecureContext && "Notification" in globalThis;

/** What the person has told the browser; to ask it for that takes long. */
let permission: NotificationPermission = canNotify ? Notification.permission : "denied";
addEventListener("focus", () => permission = canNotify ? Notification.permission : "denied");

/** Whether the person has allowed it, or refused: then the browser does not ask again. */
export function notifying(): NotificationPermission {
  return permission;
}

/** Asks the person, which browsers allow only on a click. */
export async function askToNotify(): Promise<void> {
  if (canNotify) permission = await Notification.requestPermission();
  settings.set("notifications", permission === "granted");
}

/** Characters of a message that a notification shows. */
const SHOWN = 200;

/** A short, soft tone, and how long it is until the next may begin: many at once would be loud. Seconds and hertz. */
const TONE = { length: 0.25, pitch: 660, volume: 0.08, pace: 1 };

export class Notifier {
  readonly #open: (talk: string) => void;
  #audio: AudioContext | undefined;
  /** Whether a tone has begun, or will once the browser lets it, and the next has to wait. */
  #isSounding = false;

  /** @param open Called with the talk's name when the person clicks on a notification. */
  constructor(open: (talk: string) => void) {
    this.#open = open;
  }

  /** Takes something that was said just now. */
  said(said: Said, talk: Talk | undefined): void {
    const isForMe = said.mention === true || said.private;
    if (talk === undefined || said.own || !isForMe || document.hasFocus()) return;
    if (settings.get("sound")) this.#sound();
    if (permission !== "granted" || !settings.get("notifications")) return;
    const title = said.private ? said.from : `${said.from} (${talk.name})`;
    const body = beginningOf(sanitize(visible(said.text)), SHOWN);
    try {
      // One for each talk: the next takes its place.
      const shown = new Notification(sanitize(title), { body, tag: talk.name });
      shown.onclick = () => {
        focus();
        this.#open(talk.name);
        shown.close();
      };
    } catch {
      // Some browsers of phones have the class and do not let a page use it.
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
