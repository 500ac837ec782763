/**
 * How a view sends and gets files, as the slash commands about them need it. Types only.
 *
 * @module
 */

import type { Talk } from "../state/talk.ts";

/** The files of one view. */
export interface FileView {
  /**
   * Sends files, and says them in a talk one after the other.
   *
   * @param paths As the person has written them; "" for none.
   * @param talk Those who are in it now are meant, under whatever name they are when a file has come.
   */
  send(paths: string, talk: Talk): void | Promise<void>;
  /**
   * Sends a file of sound as a voice message.
   *
   * @param path As the person has written it.
   */
  voice(path: string, talk: Talk): void | Promise<void>;
  /** Lists the files of a talk, each with a number. */
  list(target: string): void | Promise<void>;
  /**
   * Gets a file.
   *
   * @param which A number of the list, or an address; undefined for the last one of the talk.
   * @param place Where it is to lie, as the person has written it; undefined for the usual place.
   */
  get(which: string | undefined, place: string | undefined, target: string): void | Promise<void>;
}
