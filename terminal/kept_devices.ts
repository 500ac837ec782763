/**
 * The files in which the terminal client keeps the secrets by which its person comes back: one for each server and nick, in a
 * folder that only they can open.
 *
 * A file for each needs no lock between clients that run at the same time; a file is written beside its place and moved there,
 * so that it is never half written.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { KeptSecret } from "../client/connection/device.ts";
import { foldName } from "../client/names.ts";
import { words } from "./language.ts";
import { reasonOf } from "./os_error.ts";

/** The most files that are kept; the one that was used the longest ago goes first. */
const MOST = 100;

/** Bytes that a file may have. */
const LARGEST = 4_096;

/** What a file holds. */
interface Entry {
  server: string;
  /** The nick that was asked for when the secret was given. */
  nick: string;
  secret: string;
  /** When it was used last, in milliseconds since 1970. */
  used: number;
}

/** Where programs keep what is theirs and not of the person's own making; undefined where that cannot be said. */
export function stateFolder(env: Pick<typeof Deno.env, "get"> = Deno.env, os = Deno.build.os): string | undefined {
  const below = (variable: string, ...path: string[]) => {
    const folder = env.get(variable);
    return folder ? [folder, ...path].join(os === "windows" ? "\\" : "/") : undefined;
  };
  const given = below("XDG_STATE_HOME", "teahouse");
  if (given !== undefined) return given;
  if (os === "windows") return below("LOCALAPPDATA", "Teahouse");
  return os === "darwin"
    ? below("HOME", "Library", "Application Support", "Teahouse")
    : below("HOME", ".local", "state", "teahouse");
}

const SYSTEMS: Record<string, string> = { darwin: " on macOS", linux: " on Linux", windows: " on Windows" };

/** The secrets for one server. */
export class KeptDevices {
  readonly #server: string;
  readonly #folder: string;
  readonly #warn: (text: string) => void;
  readonly #now: () => number;
  #hasWarned = false;

  /**
   * @param server The server's address.
   * @param folder The program's folder, see `stateFolder`; it is made when something is kept.
   * @param warn Told, once, where a secret cannot be kept.
   */
  constructor(server: string, folder: string, warn: (text: string) => void, now: () => number = Date.now) {
    this.#server = server;
    this.#folder = `${folder}/devices`;
    this.#warn = warn;
    this.#now = now;
  }

  /** The nick of the person who came to this server last; undefined where nobody did. */
  get lastNick(): string | undefined {
    return this.#entries().find(({ server }) => server === this.#server)?.nick;
  }

  /** The secret of the person who comes with a nick. Whoever asks for another nick is another person. */
  of(nick: string): KeptSecret {
    const path = `${this.#folder}/${nameOf(this.#server, nick)}`;
    const server = this.#server;
    const read = () => this.#read(path);
    let secret: string | undefined;
    const keep = (kept: string) => {
      secret = kept;
      this.#write(path, { server: this.#server, nick, secret: kept, used: this.#now() });
    };
    return {
      get secret() {
        // Another client of this person may have been given another one meanwhile, and the one before opens nothing.
        const found = read();
        return secret = found?.server === server ? found.secret : secret;
      },
      name: `terminal${SYSTEMS[Deno.build.os] ?? ""}`,
      keep,
      used: () => {
        const now = read()?.secret ?? secret;
        if (now !== undefined) keep(now);
      },
      forget: () => {
        const isOthers = secret !== undefined && (read()?.secret ?? secret) !== secret;
        secret = undefined;
        if (!isOthers) this.#trying(() => Deno.removeSync(path));
      },
    };
  }

  /** All that is kept, what was used last first. */
  #entries(): (Entry & { path: string })[] {
    let names: string[] = [];
    try {
      names = [...Deno.readDirSync(this.#folder)].filter(({ name }) => name.endsWith(".json")).map(({ name }) => name);
    } catch {
      // There is no folder yet.
    }
    const entries = names.flatMap((name) => {
      const path = `${this.#folder}/${name}`;
      const entry = this.#read(path);
      return entry === undefined ? [] : [{ ...entry, path }];
    });
    return entries.sort((a, b) => b.used - a.used);
  }

  /** Reads a file; undefined where it is none of ours. */
  #read(path: string): Entry | undefined {
    try {
      const { size, isFile } = Deno.lstatSync(path);
      if (!isFile || size > LARGEST) return undefined;
      const { server, nick, secret, used } = JSON.parse(Deno.readTextFileSync(path));
      const isEntry = [server, nick, secret].every((text) => typeof text === "string") && /^[\w-]{1,200}$/.test(secret);
      return isEntry ? { server, nick, secret, used: Number(used) || 0 } : undefined;
    } catch {
      return undefined;
    }
  }

  #write(path: string, entry: Entry): void {
    this.#trying(() => {
      Deno.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      // It may have been there before, with the rights that a copy gave it.
      if (Deno.build.os !== "windows") Deno.chmodSync(this.#folder, 0o700);
      const written = `${path}.${crypto.randomUUID()}`;
      try {
        Deno.writeTextFileSync(written, JSON.stringify(entry) + "\n", { createNew: true, mode: 0o600 });
        Deno.renameSync(written, path);
      } catch (error) {
        try {
          Deno.removeSync(written);
        } catch {
          // It was not written.
        }
        throw error;
      }
      for (const { path } of this.#entries().slice(MOST)) Deno.removeSync(path);
    });
  }

  #trying(task: () => void): void {
    try {
      task();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || this.#hasWarned) return;
      this.#hasWarned = true;
      this.#warn(words().files.notKnownNextTime(this.#folder, reasonOf(error)));
    }
  }
}

/** The name of a file: no text of a person or a server is a part of it. */
function nameOf(server: string, nick: string): string {
  return createHash("sha256").update(JSON.stringify([server, foldName(nick)])).digest("hex").slice(0, 32) + ".json";
}
