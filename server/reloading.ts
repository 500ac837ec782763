/**
 * Reads again what the room is told, and takes on what can change while it is open. Nobody is put out for it, and a mistake
 * changes nothing.
 *
 * @module
 */

import { UsageError } from "../shared/flags.ts";
import { type Configuration, FileError } from "./configuration.ts";
import type { ServerFlags } from "./flags.ts";
import { faultText } from "./turns/faults.ts";

/** The flags that name files which are read again: whether something is new there, their contents say. */
const CONTENTS: ReadonlySet<string> = new Set([
  "motd",
  "password",
  "password-file",
  "oper",
  "oper-file",
  "turn-secret-file",
]);

/** The flags whose values are taken on. A file with settings says nothing itself. */
const TAKEN: ReadonlySet<string> = new Set(["config", "flood-limit", "max-per-ip", "log-level", ...CONTENTS]);

/** Whether a flag, or what is in the file that it names, is taken on while the room is open. */
export function isTakenOn(name: string): boolean {
  return TAKEN.has(name);
}

/** What a `Reloading` calls. */
export interface ReloadingOptions {
  /** Reads all again. @throws {UsageError | FileError} */
  read: () => Promise<Configuration>;
  /** Takes on what can change; the rest of it is as before. */
  take: (next: Configuration) => void;
  /** Looks for another certificate. */
  checkCertificate: () => Promise<void> | undefined;
  onNews: (text: string) => void;
  onError: (text: string) => void;
}

/** What the room is told, as long as it is open. */
export class Reloading {
  readonly #options: ReloadingOptions;
  #now: Configuration;
  #isReading = false;
  /** Whether it is asked for while it is under way: what is read may have been written since. */
  #isAskedAgain = false;

  constructor(opened: Configuration, options: ReloadingOptions) {
    this.#now = opened;
    this.#options = options;
  }

  /** Reads all again. Resolves when that is done; never rejects. */
  async again(): Promise<void> {
    this.#isAskedAgain = true;
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      await this.#read();
    }
    this.#isReading = false;
  }

  async #read(): Promise<void> {
    const { read, take, checkCertificate, onNews, onError } = this.#options;
    try {
      const next = await read();
      const { fresh, fixed } = compare(this.#now, next);
      const flags: ServerFlags = { ...next.flags };
      for (const name of fixed) Object.assign(flags, { [name]: this.#now.flags[name] });
      this.#now = { ...next, flags };
      take(this.#now);
      onNews(`the settings are read again; ${fresh.length === 0 ? "none is new" : `new: ${fresh.join(", ")}`}`);
      if (fixed.length > 0) onError(`not taken on before the next start: ${fixed.join(", ")}`);
    } catch (error) {
      const isMistake = error instanceof UsageError || error instanceof FileError;
      onError(`the settings stay as they were: ${isMistake ? error.message : faultText(error)}`);
    }
    await checkCertificate();
  }
}

/** What is another than before, by flags: what is taken on, and what can't change while the room is open. */
function compare(before: Configuration, next: Configuration): { fresh: string[]; fixed: (keyof ServerFlags)[] } {
  const fresh: string[] = [];
  if (!isSame(before.motd, next.motd)) fresh.push("motd");
  if (before.secrets.password !== next.secrets.password) fresh.push("password");
  if (!isSame([...before.secrets.operators], [...next.secrets.operators])) fresh.push("operators");
  if (before.secrets.turn !== next.secrets.turn) fresh.push("turn-secret");
  const fixed: (keyof ServerFlags)[] = [];
  for (const name of Object.keys(before.flags) as (keyof ServerFlags)[]) {
    if (isSame(before.flags[name], next.flags[name])) continue;
    if (!TAKEN.has(name) || isEndOfLimit(name, before.flags, next.flags)) fixed.push(name);
    else if (!CONTENTS.has(name)) fresh.push(name);
  }
  return { fresh, fixed };
}

/** Whether a limit for lines begins or ends: turns are given otherwise without one, and that is settled when the room opens. */
function isEndOfLimit(name: keyof ServerFlags, before: ServerFlags, next: ServerFlags): boolean {
  return name === "flood-limit" && (before["flood-limit"] === 0) !== (next["flood-limit"] === 0);
}

/** `forever` is a number that JSON has not. */
const text = (value: unknown) => JSON.stringify(value, (_, one) => one === Infinity ? "forever" : one);

const isSame = (one: unknown, other: unknown): boolean => text(one) === text(other);
