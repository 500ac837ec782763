/**
 * DOORS: by which addresses others come in. It is this server's own; its answers are standard replies (IRCv3
 * standard-replies), which every client shows.
 */

import { invitations } from "../room/doors.ts";
import type { Command } from "./command.ts";

/** The family's command. */
export const DOORS: Command[] = [
  {
    name: "DOORS",
    usage: "DOORS",
    help: "Tells by which addresses others come in: of the page and of the chat, the one to give away first.",
    handler({ chat, reply }) {
      const doors = chat.doors();
      const addresses = doors === undefined ? [] : invitations(doors);
      if (addresses.length === 0) {
        return reply.fail("DOORS", "NONE", "*", "Only people on the server's own machine can come in");
      }
      for (const address of addresses) {
        reply.send(chat.serverEvent("NOTE", ["DOORS", "DOOR", address, "Others can come in here"]));
      }
    },
  },
];
