/**
 * A certificate and its key in files that somebody else keeps: read again when they have changed.
 *
 * @module
 */

import { readNamedFile } from "../../shared/named_file.ts";
import { reasonOf } from "../turns/faults.ts";
import { checkPair, type Pair } from "./pair.ts";
import type { Source } from "./source.ts";

/**
 * Files that have changed less than so many milliseconds ago may still be changing: whoever renews a certificate writes one
 * file after the other.
 */
const CHANGING = 3_000;

/** What `GivenFiles` takes from outside. */
export interface GivenFilesOptions {
  /** The paths of PEM files. The first one holds the certificate, and behind it those that vouch for it. */
  cert: string;
  key: string;
  /** Called with what goes wrong. */
  onError: (text: string) => void;
}

/** The files that `--tls-cert` and `--tls-key` name. */
export class GivenFiles implements Source {
  readonly voucher = "given";
  readonly authority = undefined;
  readonly #options: GivenFilesOptions;
  /** What was looked at last: the pair, and the state of the files. */
  #pair: Pair | undefined;
  #state = "";

  constructor(options: GivenFilesOptions) {
    this.#options = options;
  }

  async open(): Promise<Pair> {
    const { key, onError } = this.#options;
    this.#state = (await this.#look()).state;
    const pair = await this.#read();
    const { mode } = await Deno.stat(key);
    if (mode !== null && (mode & 0o007) !== 0) {
      onError(`--tls-key ${key} can be read by others on this machine; chmod 600 ends that`);
    }
    return this.#pair = pair;
  }

  async renew(): Promise<Pair | undefined> {
    let age = Infinity;
    try {
      const found = await this.#look();
      if (found.state === this.#state) return undefined;
      age = found.age;
      // Whoever opens a named pipe waits for somebody who writes.
      if (found.odd !== undefined) throw new Error(`${found.odd} is no ordinary file, which can be read again`);
      const pair = await this.#read();
      this.#state = found.state;
      if (pair.cert === this.#pair?.cert && pair.key === this.#pair.key) return undefined;
      return this.#pair = pair;
    } catch (error) {
      await this.#refuse(error, age);
      return undefined;
    }
  }

  /** Reports files that can't be used, once for each state of them, and not while they are being written. */
  async #refuse(error: unknown, age: number): Promise<void> {
    if (age < CHANGING) return;
    const state = await this.#look().then(({ state }) => state, reasonOf);
    // It was told of already.
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onError(`the certificate stays as it was: ${reasonOf(error)}`);
  }

  /**
   * The state of the files, as a text that changes when they do; for how many milliseconds they have not changed; and which is no
   * ordinary file, if one is.
   */
  async #look(): Promise<{ state: string; age: number; odd: string | undefined }> {
    const { cert, key } = this.#options;
    const found = [await stat("--tls-cert", cert), await stat("--tls-key", key)];
    const odd = [`--tls-cert ${cert}`, `--tls-key ${key}`].find((_, i) => !found[i].isFile);
    const times = found.map(({ mtime }) => mtime?.getTime() ?? 0);
    const state = found.map(({ size, ino, dev }, i) => `${dev}:${ino}:${size}:${times[i]}`).join(" ");
    return { state, age: Math.abs(Date.now() - Math.max(...times)), odd };
  }

  async #read(): Promise<Pair> {
    const { cert, key } = this.#options;
    const pair = { cert: await textOf("--tls-cert", cert), key: await textOf("--tls-key", key) };
    checkPair(pair);
    return pair;
  }
}

async function stat(flag: string, path: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    throw new Error(`cannot look at ${flag} ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

async function textOf(flag: string, path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await readNamedFile(path));
  } catch (error) {
    throw new Error(`cannot read ${flag} ${path}: ${reasonOf(error)}`, { cause: error });
  }
}
