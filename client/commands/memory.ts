/**
 * The slash commands about what was said before: to see it, to find it, to remove it.
 *
 * @module
 */

import { foldName, foldText } from "../names.ts";
import type { Found } from "../state/events.ts";
import { HISTORY } from "../state/history.ts";
import { isSpeechKind } from "../state/line.ts";
import type { Talk } from "../state/talk.ts";
import { type Command, countOf, optional, type Param, text as textParam, usageOf } from "./command.ts";

const count: Param = { name: "count", kind: "word" };

/** Lines that one command may load, and messages that one may remove. */
const MOST = { history: 500, forget: 20 } as const;

const forget: Command = {
  name: "forget",
  params: [optional({ name: "countOrNick", kind: "nick" }), optional(count)],
  needs: "talk",
  run: async (client, args, talk) => {
    // No nick begins with a digit.
    const nick = /^\d/.test(args[0] ?? "") ? undefined : args.shift();
    const { calling, memory } = client.sentences;
    if (args.length > 1) return client.refuse(calling.usage(usageOf(forget, client.sentences)));
    const count = countOf(client, args[0] ?? "1", MOST.forget);
    if (count === undefined) return;
    const folded = nick === undefined ? undefined : foldName(nick);
    // Where the view shows the lines of all talks as they come, one's own last message may have been a private one.
    const isAnywhere = !client.isWrittenInTalk && (nick === undefined || client.state.isSelf(nick));
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
      return client.refuse(memory.noMessageOf(nick === undefined || client.state.isSelf(nick) ? undefined : nick));
    }
    const last = found.sort((a, b) => b.line.time - a.line.time).slice(0, count);
    await Promise.all(last.map(({ talk, line }) => client.redact(talk, line)));
  },
};

export const MEMORY: readonly Command[] = [
  {
    name: "history",
    params: [optional(count)],
    needs: "talk",
    run: async (client, [word = "20"], talk) => {
      const count = countOf(client, word, MOST.history);
      if (count === undefined) return;
      const { memory } = client.sentences;
      if (!client.history.isAvailable) return client.refuse(memory.noHistory);
      if (!talk.complete && await client.history.older(talk, count) > 0) return;
      if (talk.complete) client.tell({ type: "info", text: memory.noneOlder(talk.name, talk.kind === "private") });
      else client.refuse(memory.noOlder);
    },
  },
  {
    name: "search",
    params: [{ name: "words", kind: "line" }],
    needs: "talk",
    run: async (client, [text], talk) => {
      if (!client.can("soju.im/search")) {
        const found = searchHere(talk, text);
        return client.tell({ type: "search", target: talk.name, text, found, isLocal: true });
      }
      const everywhere = await client.history.search({ text });
      if (everywhere !== undefined) return client.tell({ type: "search", text, found: everywhere, isLocal: false });
      const found = await client.history.search({ text, talk: talk.name });
      if (found === undefined) return client.refuse(client.sentences.memory.noSearch);
      client.tell({ type: "search", target: talk.name, text, found, isLocal: false });
    },
  },
  {
    name: "edit",
    params: [optional(textParam)],
    needs: "talk",
    isSaying: "whole",
    run: async (client, [text], talk) => {
      // Where the view shows the lines of all talks as they come, one's own last message may have been a private one.
      const all = client.isWrittenInTalk ? [talk] : [...client.state.talks.values()];
      const own = all.flatMap((talk) => {
        const line = talk.said().find(({ own }) => own);
        return line === undefined ? [] : [{ talk, line }];
      });
      const last = own.sort((a, b) => b.line.time - a.line.time)[0];
      const { editing } = client.sentences;
      if (last === undefined) return client.refuse(editing.noMessage);
      if (text !== undefined) return void await client.edits.edit(last.talk, last.line, text);
      const why = client.edits.why(last.talk, last.line);
      if (why !== undefined) client.refuse(why);
      else client.tell({ type: "editing", target: last.talk.name, line: last.line });
    },
  },
  forget,
];

/** The lines of a talk that hold a text, in any case. */
function searchHere({ name, lines }: Talk, text: string): Found[] {
  const wanted = foldText(text);
  return lines.flatMap(({ kind, time, from, own, private: isPrivate, text }): Found[] => {
    if (!isSpeechKind(kind) || !foldText(text).includes(wanted)) return [];
    return [{ type: kind, time, from, target: name, private: isPrivate, own, history: true, text }];
  }).slice(-HISTORY.found);
}
