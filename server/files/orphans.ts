/**
 * What a crash may leave of files: bytes that the database does not know, and rows whose bytes are not there.
 *
 * @module
 */

import type { KeptFiles } from "../store/kept_files.ts";
import type { FileFolder } from "./folder.ts";

/** So many rows are looked at at a time. */
const SLICE = 100;

/** What the sweep asks of the files. */
export interface SweepHost {
  /** Whether a file is being sent now. */
  isSent(id: string): boolean;
  /** Whether the room is closing. */
  isOver(): boolean;
  /** Removes what is known of a file. */
  remove(id: string): Promise<void>;
}

/**
 * Removes all of that. Rejects where the database can't be read: what is not known then may be known all the same.
 *
 * @returns How many complete files were lost.
 */
export async function sweepOrphans(kept: KeptFiles, folder: FileFolder, host: SweepHost): Promise<number> {
  for await (const id of folder.ids()) {
    if (host.isOver()) return 0;
    if (host.isSent(id)) continue;
    if (kept.isWhole(id) === undefined) await folder.remove(id);
    else await folder.removeFresh(id);
  }
  let lost = 0;
  for (let page = kept.page("", SLICE); page.length > 0; page = kept.page(page.at(-1)!, SLICE)) {
    for (const id of page) {
      if (host.isOver()) return lost;
      const isWhole = kept.isWhole(id);
      if (isWhole === undefined || host.isSent(id)) continue;
      const isThere = isWhole ? await folder.has(id) : await folder.partSize(id) !== undefined;
      // Its sender may have come back meanwhile.
      if (isThere || host.isSent(id)) continue;
      if (isWhole) lost++;
      await host.remove(id);
    }
  }
  return lost;
}
