/**
 * Under which names people are shown, and their status, as the server tells it (IRCv3 metadata: `display-name`, `status`). A
 * display name proves nothing, since everybody chooses their own: views show it beside the nick, and never in its place.
 *
 * @module
 */

import { detached, isBlank, RPL_KEYVALUE } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { foldName, isName } from "../names.ts";

/** The keys of metadata that are shown. */
export const PROFILE_KEYS = ["display-name", "status"] as const;

/** Whether that is one of them. */
export function isProfileKey(text = ""): boolean {
  return Object.hasOwn(FIELDS, text);
}

/** What somebody is beside the nick. As it came, but cut. */
export interface Profile {
  readonly displayName?: string;
  readonly status?: string;
}

const NONE: Profile = {};

/** The field of a key. */
const FIELDS: Readonly<Record<string, keyof Profile>> = { "display-name": "displayName", status: "status" };

/** A value in one line, of a length that is shown. */
function shown(value: string): string | undefined {
  const plain = [...value.replaceAll(/\s+/g, " ").trim()].slice(0, BOUNDS.profileLength).join("");
  return plain === "" || isBlank(plain) ? undefined : detached(plain);
}

/** The profiles of the people whom this client sees, by folded nick. */
export class Profiles {
  readonly #all = new Map<string, Profile>();

  /** What is known of somebody. */
  of(nick: string): Profile {
    return this.#all.get(foldName(nick)) ?? NONE;
  }

  /**
   * Takes a value, or that there is none any more: reader, nick, key, visibility, value.
   *
   * @returns The nick if something has changed; undefined where not. "other" where it is about something else.
   */
  take(numeric: string, [, nick = "", key = "", , value = ""]: string[]): { nick: string } | "other" | undefined {
    if (!isProfileKey(key) || !isName(nick)) return "other";
    const folded = foldName(nick);
    const field = FIELDS[key];
    const { [field]: before, ...rest } = this.#all.get(folded) ?? NONE;
    const after = numeric === RPL_KEYVALUE ? shown(value) : undefined;
    if (after === before) return undefined;
    this.#put(folded, after === undefined ? rest : { ...rest, [field]: after });
    return { nick };
  }

  #put(folded: string, profile: Profile): void {
    this.#all.delete(folded);
    if (Object.keys(profile).length === 0) return;
    // Those who are forgotten are shown by their nicks alone.
    if (this.#all.size >= BOUNDS.profiles) this.#all.delete(this.#all.keys().next().value!);
    this.#all.set(detached(folded), profile);
  }

  /** Somebody has another nick: what was known of whoever had it is forgotten. */
  rename(nick: string, renamed: string): void {
    const profile = this.of(nick);
    this.forget(nick);
    this.#put(foldName(renamed), profile);
  }

  /** Somebody is not seen any more: the next one of that nick is somebody else. */
  forget(nick: string): void {
    this.#all.delete(foldName(nick));
  }

  clear(): void {
    this.#all.clear();
  }
}
