/**
 * The slash commands about what was said before: to see it, to find it, to remove it.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { HISTORY } from "../history.ts";
import type { Found } from "../events.ts";
import type { Line, Talk } from "../talk.ts";
import { type Commands, countOf, optional, type Param, talkOf } from "./command.ts";

const count: Param = { name: "count", kind: "word" };

/** Lines that one command may load, and messages that one may remove. */
const MOST = { history: 500, forget: 20 } as const;

export const MEMORY: Commands = {
  history: {
    params: [optional(count)],
    description: "show older lines of this talk",
    run: async (client, [word = "20"]) => {
      const talk = talkOf(client);
      const count = countOf(client, word, MOST.history);
      if (talk === undefined || count === undefined) return;
      if (!client.history.isKept) return client.refuse("This server keeps no history.");
      if (!talk.complete && await client.history.older(talk, count) > 0) return;
      if (talk.complete) client.tell({ type: "info", text: `There is nothing older in ${talk.name}.` });
      else client.refuse("The server gave no older lines.");
    },
  },
  search: {
    params: [{ name: "words", kind: "line" }],
    description: "find what was said",
    run: async (client, [text]) => {
      const talk = talkOf(client);
      if (talk === undefined) return;
      if (!client.can("soju.im/search")) {
        const found = searchHere(talk, text);
        return client.tell({ type: "search", target: talk.name, text, found, isLocal: true });
      }
      const everywhere = await client.history.search(text);
      if (everywhere !== undefined) return client.tell({ type: "search", text, found: everywhere, isLocal: false });
      const found = await client.history.search(text, talk);
      if (found === undefined) return client.refuse("The server could not search.");
      client.tell({ type: "search", target: talk.name, text, found, isLocal: false });
    },
  },
  forget: {
    params: [optional({ name: "count|nick", kind: "nick" }), optional(count)],
    description: "remove your last message, or the last 3: /forget 3; operators, another's: /forget bob 3",
    run: async (client, args) => {
      const talk = talkOf(client);
      if (talk === undefined) return;
      // No nick begins with a digit.
      const nick = /^\d/.test(args[0] ?? "") ? undefined : args.shift();
      if (args.length > 1) return client.refuse("Usage: /forget [count|nick] [count]");
      const count = countOf(client, args[0] ?? "1", MOST.forget);
      if (count === undefined) return;
      const lines: Line[] = [];
      for (const line of talk.said()) {
        if (lines.length === count) break;
        const isWanted = nick === undefined ? line.own : casefold(line.from) === casefold(nick);
        if (isWanted && line.msgid !== undefined) lines.push(line);
      }
      if (lines.length === 0) {
        const who = nick === undefined || client.state.isSelf(nick) ? "you" : nick;
        return client.refuse(`There is no message of ${who} here that could be removed.`);
      }
      await Promise.all(lines.map((line) => client.redact(talk, line)));
    },
  },
};

/** The lines of a talk that hold a text, in any case. */
function searchHere({ name, lines }: Talk, text: string): Found[] {
  const wanted = fold(text);
  return lines.flatMap(({ kind, time, from, own, private: isPrivate, text }): Found[] => {
    if ((kind !== "message" && kind !== "action" && kind !== "notice") || !fold(text).includes(wanted)) return [];
    return [{ type: kind, time, from, target: name, private: isPrivate, own, history: true, text }];
  }).slice(-HISTORY.found);
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
