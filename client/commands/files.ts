/**
 * The slash commands about files: to send them, to list those of a talk, to get one. The view carries them out.
 *
 * @module
 */

import { type Command, optional, type Param } from "./command.ts";

const files: Param = { name: "files", kind: "line" };
const which: Param = { name: "which", kind: "word" };
const place: Param = { name: "place", kind: "line" };

export const FILES: readonly Command[] = [
  {
    name: "send",
    params: [optional(files)],
    needs: "talk",
    run: (client, [paths = ""], talk) => {
      if (client.fileView === undefined) return client.refuse(client.sentences.files.notHere);
      return client.fileView.send(paths, talk);
    },
  },
  {
    name: "files",
    params: [],
    needs: "talk",
    run: (client, _, talk) => {
      if (client.fileView === undefined) return client.refuse(client.sentences.files.notHere);
      return client.fileView.list(talk.name);
    },
  },
  {
    name: "get",
    params: [optional(which), optional(place)],
    needs: "talk",
    run: (client, [which, place], talk) => {
      if (client.fileView === undefined) return client.refuse(client.sentences.files.notHere);
      return client.fileView.get(which, place, talk.name);
    },
  },
];
