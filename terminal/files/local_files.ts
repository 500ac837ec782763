/**
 * The person's own files: opens what they send, and finds the folder for what they get.
 *
 * @module
 */

import { words } from "../language.ts";
import { reasonOf } from "../os_error.ts";
import { readPaths, thisSystem, wholePath } from "./paths.ts";
import { TransferError } from "./transfer_error.ts";

/** A file that is open. */
export interface OpenFile extends Disposable {
  file: Deno.FsFile;
  /** What it is called, without its folder. */
  name: string;
  size: number;
}

/** Opens a file that is to be sent. @throws {TransferError} Where it is none that can be. */
export async function openFile(path: string): Promise<OpenFile> {
  const { transfers } = words();
  let info: Deno.FileInfo;
  let file: Deno.FsFile | undefined;
  try {
    info = await Deno.stat(path);
    if (info.isDirectory) throw new TransferError(transfers.folder(path));
    // To open a pipe would wait for whoever writes into it.
    if (!info.isFile) throw new TransferError(transfers.special(path));
    if (info.size === 0) throw new TransferError(transfers.empty(path));
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof TransferError) throw error;
    if (error instanceof Deno.errors.NotFound) throw new TransferError(transfers.noFile(path));
    throw new TransferError(transfers.unreadable(path, reasonOf(error)));
  }
  const opened = file;
  const name = path.split(Deno.build.os === "windows" ? /[/\\]/ : "/").findLast((part) => part !== "") ?? path;
  return { file: opened, name, size: info.size, [Symbol.dispose]: () => opened.close() };
}

/**
 * The files that a person has named: each word is one; where that is none, all of the line may be one name with spaces in it.
 *
 * @param text As they have written it.
 */
export async function filesIn(text: string): Promise<string[]> {
  const paths = readPaths(text);
  const whole = wholePath(text);
  const isOne = paths.length > 1 && !(await Promise.all(paths.map(isThere))).every((is) => is) && await isThere(whole);
  return isOne ? [whole] : paths;
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Where a file is put. */
export interface Place {
  folder: string;
  /** Undefined: as it is called. */
  name: string | undefined;
}

/**
 * Reads where a person wants a file: in a folder that is there, or under a name in such a folder.
 *
 * @param place As they have written it; undefined for the usual folder.
 * @throws {TransferError}
 */
export async function placeOf(place: string | undefined, usual: string): Promise<Place> {
  if (place === undefined) return { folder: usual, name: undefined };
  const path = readPaths(place).join(" ");
  if (path === "") return { folder: usual, name: undefined };
  if (await isFolder(path)) return { folder: path.replace(/(?<=.)[/\\]$/, ""), name: undefined };
  const slash = Math.max(path.lastIndexOf("/"), Deno.build.os === "windows" ? path.lastIndexOf("\\") : -1);
  const [folder, name] = [path.slice(0, slash + 1) || ".", path.slice(slash + 1)];
  if (name === "" || !await isFolder(folder)) throw new TransferError(words().transfers.noPlace(folder));
  return { folder: folder.replace(/(?<=.)[/\\]$/, ""), name };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/** Where files go that are got: where the person's other downloads are, else the current folder. */
export async function downloadsFolder(): Promise<string> {
  const { home } = thisSystem();
  const folders = [Deno.env.get("XDG_DOWNLOAD_DIR"), home === undefined ? undefined : `${home}/Downloads`];
  for (const folder of folders) if (folder && await isFolder(folder)) return folder;
  return Deno.cwd();
}
