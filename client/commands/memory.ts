/**
 * The slash commands about what was said before: to see it, to find it, to remove it.
 *
 * @module
 */

import { foldName, foldText } from "../bounds.ts";
import { HISTORY } from "../state/history.ts";
import type { Found } from "../state/events.ts";
import type { Talk } from "../state/talk.ts";
import { type Commands, countOf, optional, type Param, talkOf, usageOf } from "./command.ts";

const count: Param = { name: "count", kind: "word" };
const forgotten = [optional({ name: "countOrNick", kind: "nick" }), optional(count)];

/** Lines that one command may load, and messages that one may remove. */
const MOST = { history: 500, forget: 20 } as const;

export const MEMORY: Commands = {
  history: {
    params: [optional(count)],
    run: async (client, [word = "20"]) => {
      const talk = talkOf(client);
      const count = countOf(client, word, MOST.history);
      if (talk === undefined || count === undefined) return;
      if (!client.history.isKept) return client.refuse(client.sentences.memory.noHistory);
      if (!talk.complete && await client.history.older(talk, count) > 0) return;
      if (talk.complete) client.tell({ type: "info", text: client.sentences.memory.noneOlder(talk.name) });
      else client.refuse(client.sentences.memory.noOlder);
    },
  },
  search: {
    params: [{ name: "words", kind: "line" }],
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
      if (found === undefined) return client.refuse(client.sentences.memory.noSearch);
      client.tell({ type: "search", target: talk.name, text, found, isLocal: false });
    },
  },
  forget: {
    params: forgotten,
    run: async (client, args) => {
      const talk = talkOf(client);
      if (talk === undefined) return;
      // No nick begins with a digit.
      const nick = /^\d/.test(args[0] ?? "") ? undefined : args.shift();
      const { calling, memory } = client.sentences;
      if (args.length > 1) return client.refuse(calling.usage(usageOf("forget", forgotten, client.sentences)));
      const count = countOf(client, args[0] ?? "1", MOST.forget);
      if (count === undefined) return;
      const folded = nick === undefined ? undefined : foldName(nick);
      // One's own last message may have been to somebody alone, where a view shows the lines of all talks as they come.
      const isAnywhere = !client.isPlaced && (nick === undefined || client.state.isSelf(nick));
      const found = (isAnywhere ? [...client.state.talks.values()] : [talk]).flatMap((talk) => {
        const lines = [];
        for (const line of talk.said()) {
          if (lines.length === count) break;
          const isWanted = folded === undefined ? line.own : foldName(line.from) === folded;
          if (isWanted && line.msgid !== undefined) lines.push({ talk, line });
        }
        return lines;
      });
      if (found.length === 0) {
        const who = nick === undefined || client.state.isSelf(nick) ? undefined : nick;
        return client.refuse(memory.noMessageOf(who));
      }
      const last = found.sort((a, b) => b.line.time - a.line.time).slice(0, count);
      await Promise.all(last.map(({ talk, line }) => client.redact(talk, line)));
    },
  },
};

/** The lines of a talk that hold a text, in any case. */
function searchHere({ name, lines }: Talk, text: string): Found[] {
  const wanted = foldText(text);
  return lines.flatMap(({ kind, time, from, own, private: isPrivate, text }): Found[] => {
    if ((kind !== "message" && kind !== "action" && kind !== "notice") || !foldText(text).includes(wanted)) return [];
    return [{ type: kind, time, from, target: name, private: isPrivate, own, history: true, text }];
  }).slice(-HISTORY.found);
}
