/**
 * The slash commands of no other family: help, a line of IRC as it is, and leaving.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { parse } from "../../protocol.ts";
import type { Sentences } from "../sentences.ts";
import { commandNamed } from "../written.ts";
import { type Command, type CommandName, optional, reason, usageOf } from "./command.ts";

/** The commands of one family, under the name of its title in the table of sentences. */
export type Family = [title: keyof Sentences["families"], commands: readonly Command[]];

/** The commands that `/help` shows to whoever has just come. */
const FIRST: readonly CommandName[] = [
  "to",
  "me",
  "reply",
  "join",
  "part",
  "list",
  "nick",
  "search",
  "invite-link",
  "quit",
];

/**
 * Makes `/help`: it shows the first commands, `/help all` shows all, and `/help NAME` one.
 *
 * @param families All families in the order in which they are shown, this one among them.
 */
export function helpOn(families: () => readonly Family[]): Command {
  return {
    name: "help",
    params: [optional({ name: "command", kind: "command" })],
    run: (client, [about]) => {
      const { sentences, sentences: { calling, params } } = client;
      const commands = families().flatMap(([, commands]) => commands);
      const slashes = [`//${params.text}`, calling.slashes];
      const row = (command: Command) => [usageOf(command, sentences), sentences.commands[command.name]];
      if (about === undefined) {
        const first = FIRST.map((name) => row(commands.find((command) => command.name === name)!));
        const rows = [[calling.title(calling.first)], ...first, slashes, ["/help all", calling.all]];
        return client.tell({ type: "table", rows });
      }
      if (about !== "all") {
        const name = commandNamed(about.replace(/^\//, ""));
        const command = commands.find((command) => command.name === name);
        if (command === undefined) {
          return client.refuse(unknownCommand(name, commands.map(({ name }) => name), sentences));
        }
        return client.tell({ type: "table", rows: [row(command)] });
      }
      const rows = families().flatMap(([title, commands]) => {
        return [[calling.title(sentences.families[title])], ...commands.map(row)];
      });
      client.tell({ type: "table", rows: [...rows, slashes] });
    },
  };
}

/** How many signs of a word have to be put in, left out or changed to make another of it (Levenshtein). The words are short. */
function distance(word: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (const [i, sign] of [...word].entries()) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      next.push(Math.min(next[j] + 1, row[j + 1] + 1, row[j] + (sign === other[j] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1)!;
}

/** Signs of a name that may be wrong, at most. */
const MOST_WRONG = 2;

/** Says that there is no command of that name, and names the one that is spelled most like it, if one is spelled nearly so. */
export function unknownCommand(name: string, known: readonly string[], { calling }: Sentences): string {
  if (name === "") return calling.empty;
  const closest = closestString(name, known);
  const isNear = Math.abs(name.length - closest.length) <= MOST_WRONG &&
    distance(name, closest) <= Math.min(MOST_WRONG, name.length - 1);
  return calling.unknown(name, isNear ? closest : "");
}

export const GENERAL: readonly Command[] = [
  {
    name: "raw",
    params: [{ name: "line", kind: "line" }],
    run: async (client, [line]) => {
      const { command, params, tags } = parse(line);
      await client.send({ command, params, tags });
    },
  },
  {
    name: "quit",
    params: [reason],
    run: (client, [reason]) => client.leave(reason),
  },
];
