/** The commands about the connection itself: PING, PONG, QUIT. */

import { ERR_NOORIGIN } from "../../protocol.ts";
import { BOUNDS } from "../room/isupport.ts";
import { mutedIn } from "../room/restrictions.ts";
import { cut } from "../room/texts.ts";
import type { Command } from "./command.ts";

/** The family's commands. */
export const CONNECTION: Command[] = [
  {
    name: "PING",
    usage: "PING token",
    help: "Is answered by PONG.",
    beforeRegistration: true,
    withoutFirst: [ERR_NOORIGIN, "No origin specified"],
    handler(call, [token]) {
      call.reply.send(call.chat.serverEvent("PONG", [call.chat.name, token]));
    },
  },
  {
    name: "PONG",
    usage: "PONG token",
    help: "Answers PING.",
    beforeRegistration: true,
    // Every line shows that a connection is alive, so there is nothing to do.
    handler() {},
  },
  {
    name: "QUIT",
    usage: "QUIT [:reason]",
    help: "Ends your connection.",
    beforeRegistration: true,
    isReadByOthers: true,
    handler(call, [reason]) {
      const isTold = reason !== undefined && reason !== "" && mutedIn(call.person) === undefined;
      call.session.close(isTold ? `Quit: ${cut(reason, BOUNDS.quit)}` : "Quit");
    },
  },
];
