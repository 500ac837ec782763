/**
 * Opens the files of a room as the flags say: in a folder beside its database.
 *
 * @module
 */

import type { SteadyClock } from "../store/clock.ts";
import { realName } from "../store/files.ts";
import { IN_MEMORY } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { Files } from "./files.ts";
import { FileFolder } from "./folder.ts";

/** What the flags say of files; sizes in bytes, times in milliseconds. */
export interface FileFlags {
  db: string;
  keep: number;
  "no-web": boolean;
  "no-files": boolean;
  "file-limit": number;
  "file-quota": number;
  "files-limit": number;
  "file-keep": number | undefined;
  upload: string;
  "file-check": string[] | undefined;
}

/** How long files are kept, in milliseconds: no longer than what is said, where that is kept. */
export function keepOf({ keep, "file-keep": fileKeep }: Pick<FileFlags, "keep" | "file-keep">): number {
  if (keep === 0) return fileKeep ?? 0;
  return Math.min(keep, fileKeep ?? Infinity);
}

/**
 * Opens the folder, and what the database knows of the files in it.
 *
 * @param clock The one by which messages are old, where they are kept.
 * @returns Nothing where the room has no files.
 * @throws {Error} Where the folder can't be used.
 */
export function openFiles(
  flags: FileFlags,
  store: Store,
  clock: SteadyClock | undefined,
  onError: (text: string) => void,
): Files | undefined {
  const keep = keepOf(flags);
  if (flags["no-files"] || flags["no-web"] || keep === 0) return undefined;
  const isInMemory = flags.db === IN_MEMORY;
  const folder = isInMemory ? FileFolder.temporary() : new FileFolder(`${realName(flags.db)}-files`);
  return new Files(store, folder, {
    each: flags["file-limit"],
    ofSender: flags["file-quota"],
    ofAll: flags["files-limit"],
    keep,
    isForAccounts: flags.upload === "accounts",
    check: flags["file-check"],
    ...(clock !== undefined && { now: () => clock.time }),
    onError,
  });
}
