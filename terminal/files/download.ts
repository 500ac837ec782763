/**
 * Gets a file and puts it into a folder: beside its place first, so that what stands there under its name is whole, and so that a
 * lost connection, or another day, goes on where it stopped. No file is ever overwritten.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { nameInDisposition } from "../../shared/disposition.ts";
import { words } from "../language.ts";
import { reasonOf } from "../os_error.ts";
import { nameInAddress } from "./own_address.ts";
import { localName, numbered } from "./local_name.ts";
import { failureOf, refusalOf, TransferError } from "./transfer_error.ts";
import { Attempts } from "./waiting.ts";
import { LostConnection, textOf, type Web, type WebAnswer } from "./web.ts";

/** Other addresses that an answer may name, one after the other. */
const REDIRECTS = 5;

/** Files of the same name that may be there already. */
const MOST_OF_A_NAME = 9_999;

/** How often a file may change while it is got. */
const MOST_CHANGES = 3;

/** A file that is wanted. */
export interface DownloadTask {
  web: Web;
  url: string;
  /** The folder, and the name in it; without a name it is called as the server, or its address, says. */
  folder: string;
  name: string | undefined;
  /** What it is called until somebody tells more; else as its address says. */
  title?: string;
  /** Told how many bytes are there, of how many, and whether a lost connection is waited for. */
  onProgress: (name: string, bytes: number, size: number | undefined, isWaiting: boolean) => void;
  /** Ends it. What has come stays, and the next attempt goes on there. */
  signal: AbortSignal;
  patience?: number;
  /** Whether there may be nothing there. */
  isOptional?: boolean;
}

/** A file that is there. */
export interface Downloaded {
  path: string;
  size: number;
}

/** What is known of a file before its first byte. */
interface Head {
  /** The address that answers. */
  url: string;
  name: string;
  size: number | undefined;
  /** What names exactly this content; undefined where nothing does, and then nothing can be gone on with. */
  etag: string | undefined;
}

/**
 * Gets a file. Rejects with the signal's reason where that ends it.
 *
 * @returns Undefined where there is nothing, and may be nothing.
 * @throws {TransferError} Where it can't be got.
 */
export async function download(task: DownloadTask & { isOptional: true }): Promise<Downloaded | undefined>;
export async function download(task: DownloadTask & { isOptional?: false }): Promise<Downloaded>;
export async function download(task: DownloadTask): Promise<Downloaded | undefined> {
  const { signal, url } = task;
  const { host } = new URL(url);
  let name = titleOf(task);
  try {
    for (let i = 1;; i++) {
      const head = await headOf(task);
      if (head === undefined) return undefined;
      name = task.name ?? head.name;
      const part = `${task.folder}/${partName(name, head)}`;
      try {
        const size = await fetchParts(task, head, name, part);
        return { path: await place(part, task.folder, name), size };
      } catch (error) {
        if (!(error instanceof OtherContent)) throw error;
        // What has come of the old content will never be whole.
        await Deno.remove(part).catch(() => {});
        if (i === MOST_CHANGES) throw new TransferError(words().transfers.noAddress(name));
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LocalFault) {
      throw new TransferError(words().transfers.unwritable(task.folder, reasonOf(error.cause)));
    }
    throw failureOf(error, name, host);
  }
}

function titleOf({ name, title, url }: DownloadTask): string {
  return name ?? localName(title ?? nameInAddress(url));
}

/** The server gives another content than the one that it has told of, or more of it. */
class OtherContent extends Error {}

/** Something is wrong with this machine's disk. */
class LocalFault extends Error {}

async function local<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw new LocalFault("", { cause: error });
  }
}

/** Asks what there is, by the addresses that are named. */
async function headOf(task: DownloadTask): Promise<Head | undefined> {
  const { web, url, signal, isOptional } = task;
  const shown = titleOf(task);
  let at = url;
  for (let i = 0; i <= REDIRECTS; i++) {
    const answer = await web.ask(at, { method: "HEAD" }, signal);
    const { status, headers } = answer;
    if (status >= 301 && status <= 308 && status !== 304) {
      await textOf(answer);
      const next = redirected(headers.location, at);
      if (next === undefined) break;
      at = next;
      continue;
    }
    if (status === 404 && isOptional) {
      await textOf(answer);
      return undefined;
    }
    // Not every server answers what is there: then the file tells it.
    if (status === 405 || status === 501) {
      await textOf(answer);
      return { url: at, name: localName(nameInAddress(at)), size: undefined, etag: undefined };
    }
    if (status !== 200) throw await refusalOf(shown, answer);
    await textOf(answer);
    const { etag = "", "content-length": length = "", "content-disposition": disposition = "" } = headers;
    const told = nameInDisposition(disposition) ?? nameInAddress(at);
    return {
      url: at,
      name: localName(told),
      size: /^\d{1,15}$/.test(length) ? Number(length) : undefined,
      etag: etag.startsWith('"') ? etag : undefined,
    };
  }
  throw new TransferError(words().transfers.noAddress(shown));
}

/** Where an answer leads; undefined where that is nothing to follow. It never leads from TLS to an address without. */
function redirected(location: string | undefined, at: string): string | undefined {
  if (location === undefined || !URL.canParse(location, at)) return undefined;
  const { protocol, href } = new URL(location, at);
  return protocol === "https:" || protocol === "http:" && at.startsWith("http:") ? href : undefined;
}

/** What a file is called while it comes: nothing else has that name, and the same content has it the next time. */
function partName(name: string, { url, etag }: Head): string {
  const id = createHash("sha256").update(`${url}\n${etag ?? crypto.randomUUID()}`).digest("hex").slice(0, 12);
  return `${name}.${id}.part`;
}

/** Brings all of a file into its part, in as many requests as it takes. @returns Its size. */
async function fetchParts(task: DownloadTask, head: Head, name: string, path: string): Promise<number> {
  const { web, signal, onProgress, patience } = task;
  const attempts = new Attempts(patience);
  using file = await openPart(path);
  let done = false;
  try {
    let there = await local(async () => (await file.stat()).size);
    if (head.size !== undefined && there > head.size) await local(() => file.truncate(there = 0));
    for (;;) {
      if (there === head.size) break;
      onProgress(name, there, head.size, false);
      try {
        const isResumed = there > 0 && head.etag !== undefined;
        const answer = await web.ask(head.url, {
          headers: isResumed ? { "Range": `bytes=${there}-`, "If-Range": head.etag! } : {},
        }, signal);
        const { status } = answer;
        if (status === 429 || status === 503) {
          throw new LostConnection(`${status}`, { cause: await refusalOf(name, answer) });
        }
        if (status !== 200 && !(status === 206 && isResumed && beginsAt(answer, there))) {
          throw await refusalOf(name, answer);
        }
        const isOther = head.etag !== undefined && (answer.headers.etag ?? head.etag) !== head.etag;
        if (isOther || !hasRoom(answer, head, status === 200 ? 0 : there)) {
          await textOf(answer);
          throw new OtherContent();
        }
        if (status === 200) await local(() => file.truncate(there = 0));
        await local(() => file.seek(there, Deno.SeekMode.Start));
        for await (const bytes of answer.body) {
          if (head.size !== undefined && there + bytes.length > head.size) throw new OtherContent();
          await local(() => writeAll(file, bytes));
          there += bytes.length;
          attempts.moved();
          onProgress(name, there, head.size, false);
        }
        if (head.size === undefined || there === head.size) break;
        throw new LostConnection("ECONNRESET");
      } catch (error) {
        if (!(error instanceof LostConnection)) throw error;
        onProgress(name, there, head.size, true);
        if (!await attempts.next(signal)) throw error.cause instanceof TransferError ? error.cause : error;
      }
    }
    await local(() => file.sync());
    done = true;
    return there;
  } finally {
    // What can't be gone on with is of no use.
    if (!done && head.etag === undefined) await Deno.remove(path).catch(() => {});
  }
}

/** Whether an answer does not say that it has more than the file. */
function hasRoom({ headers }: WebAnswer, { size }: Head, first: number): boolean {
  const length = Number(headers["content-length"] ?? 0);
  return size === undefined || first + length <= size;
}

function beginsAt({ headers }: WebAnswer, first: number): boolean {
  return (headers["content-range"] ?? "").startsWith(`bytes ${first}-`);
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
}

/** Opens the part, or makes it. What somebody else may have put there in its place is not followed. */
async function openPart(path: string): Promise<Deno.FsFile> {
  return await local(async () => {
    try {
      return await Deno.open(path, { createNew: true, read: true, write: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      const { isFile } = await Deno.lstat(path);
      if (!isFile) throw error;
      return await Deno.open(path, { read: true, write: true });
    }
  });
}

/** Gives a part the first name that is free. @returns The path. */
async function place(part: string, folder: string, name: string): Promise<string> {
  return await local(async () => {
    for (let number = 1; number <= MOST_OF_A_NAME; number++) {
      const path = `${folder}/${numbered(name, number)}`;
      try {
        // The name is taken first: whoever looks for a free one at the same time finds another.
        (await Deno.open(path, { createNew: true, write: true })).close();
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) continue;
        throw error;
      }
      await Deno.rename(part, path);
      return path;
    }
    throw new Deno.errors.AlreadyExists(name);
  });
}
