/**
 * The slash commands about who owns the room, on a server that knows OWNER.
 *
 * @module
 */

import type { Message } from "../../protocol.ts";
import { isRefused } from "../connection/refusals.ts";
import type { Actions } from "./actions.ts";
import { answerTo, type Command, nick, optional } from "./command.ts";

/** What an answer to OWNER notes: its codes (IRCv3 standard-replies), each with what it is about. */
function notes(replies: readonly Message[]): string[][] {
  return replies.filter(({ command, params }) => command === "NOTE" && params[0] === "OWNER").map(({ params }) =>
    params.slice(1)
  );
}

/** Asks the server without showing what it notes, which is said in the client's own words. */
function asked(client: Actions, name: "owner" | "disown", ...params: string[]): Promise<Message[] | undefined> {
  return client.withoutShowing(["NOTE"], () => answerTo(client, name, "OWNER", ...params));
}

export const OWNERS: readonly Command[] = [
  {
    name: "owner",
    params: [optional(nick)],
    run: async (client, [who]) => {
      const replies = await (who === undefined ? asked(client, "owner", "LIST") : asked(client, "owner", "ADD", who));
      if (replies === undefined || isRefused(replies)) return;
      const { owners } = client.sentences;
      for (const [code, name = "", kind, , since = "", namedBy = "*"] of notes(replies)) {
        const by = namedBy === "*" ? undefined : namedBy;
        if (code === "IS") {
          client.tell({ type: "info", text: owners.listed({ name, isDevice: kind === "device", since, by }) });
        } else if (code === "ADDED") client.tell({ type: "info", text: owners.added(name) });
        else if (code === "KNOWN") client.tell({ type: "info", text: owners.isOne(name) });
      }
    },
  },
  {
    name: "disown",
    params: [nick],
    run: async (client, [who]) => {
      const replies = await asked(client, "disown", "DEL", who);
      if (replies === undefined || isRefused(replies)) return;
      const name = notes(replies).find(([code]) => code === "REMOVED")?.[1] ?? who;
      client.tell({ type: "info", text: client.sentences.owners.removed(name) });
    },
  },
  {
    name: "claim",
    params: [],
    asks: ({ isConnected, sentences: { calling, owners } }) => {
      return isConnected ? [owners.secretOf] : calling.serverIsAway("claim");
    },
    run: async (client, _, [secret]) => {
      await answerTo(client, "claim", "OWNER", "CLAIM", secret);
    },
  },
];
