/** The connection itself: PING, PONG, QUIT. */

import { mutedIn } from "../room/channel.ts";
import { ERR_NOORIGIN } from "../../protocol.ts";
import { BOUNDS } from "../room/isupport.ts";
import { cut } from "../room/words.ts";
import type { Command } from "./command.ts";

/** The family's commands. */
export const CONNECTION: Command[] = [
  {
    name: "PING",
    usage: "PING token",
    help: "Is answered by PONG.",
    beforeRegistration: true,
    missing: [ERR_NOORIGIN, "No origin specified"],
    handler(call, [token]) {
      call.reply.send(call.chat.serverEvent("PONG", [call.chat.name, token]));
    },
  },
  {
    name: "PONG",
    usage: "PONG token",
    help: "Answers PING.",
    beforeRegistration: true,
    handler() {},
  },
  {
    name: "QUIT",
    usage: "QUIT [:reason]",
    help: "Ends your connection.",
    beforeRegistration: true,
    tells: true,
    handler(call, [reason]) {
      const isTold = reason !== undefined && reason !== "" && mutedIn(call.person) === undefined;
      call.session.close(isTold ? `Quit: ${cut(reason, BOUNDS.quit)}` : "Quit");
    },
  },
];
