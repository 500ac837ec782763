/**
 * The slash commands of no other family: help, a line of IRC as it is, and leaving.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { parse } from "../../protocol.ts";
import type { Sentences } from "../sentences.ts";
import { type Command, optional, reason, usageOf } from "./command.ts";

/** The commands of one family, under the name of its title in the table of sentences. */
export type Family = [title: keyof Sentences["families"], commands: readonly Command[]];

/**
 * Makes `/help`.
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
      const row = (command: Command) => [usageOf(command, sentences), sentences.commands[command.name]];
      if (about !== undefined) {
        const name = about.replace(/^\//, "").toLowerCase();
        const command = commands.find((command) => command.name === name);
        if (command === undefined) {
          return client.refuse(unknownCommand(name, commands.map(({ name }) => name), sentences));
        }
        return client.tell({ type: "table", rows: [row(command)] });
      }
      const rows = families().flatMap(([title, commands]) => {
        return [[calling.title(sentences.families[title])], ...commands.map(row)];
      });
      client.tell({ type: "table", rows: [...rows, [`//${params.text}`, calling.slashes]] });
    },
  };
}

/** Says that there is no command of that name, and names the one that is spelled most like it. */
export function unknownCommand(name: string, known: readonly string[], { calling }: Sentences): string {
  return name === "" ? calling.empty : calling.unknown(name, closestString(name, known));
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
