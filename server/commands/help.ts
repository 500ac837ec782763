/** HELP and HELPOP, which print what the commands' records say (modern.ircdocs.horse/#help-message). */

import { ERR_HELPNOTFOUND, RPL_ENDOFHELP, RPL_HELPSTART, RPL_HELPTXT } from "../../protocol.ts";
import { ReplyError } from "../room/reply.ts";
import { WordLines } from "../room/texts.ts";
import type { Call, Command } from "./command.ts";

/** The most bytes of a line of the list of commands. */
const LINE_BYTES = 70;

/** What HELP prints of a command: how it is written, what it does, and the other forms it has. */
export function helpLines({ usage, help }: Command): [first: string, ...rest: string[]] {
  const [form, ...forms] = [usage].flat();
  return [form, ...[help].flat(), ...forms];
}

/** What HELP prints of all commands. */
function indexLines(names: Iterable<string>): [first: string, ...rest: string[]] {
  return ["Commands; HELP and one of them says more:", ...new WordLines(LINE_BYTES, [...names].sort()).lines];
}

/** The two commands. @param commands All commands by name; it is read when somebody asks. */
export function helpCommands(commands: ReadonlyMap<string, Command>): Command[] {
  const handler = ({ reply }: Call, [subject = ""]: string[]) => {
    const command = commands.get(subject.toUpperCase());
    if (subject !== "" && command === undefined) {
      throw new ReplyError(ERR_HELPNOTFOUND, subject, "There is no such command; HELP lists all");
    }
    const topic = command?.name ?? "index";
    const [first, ...rest] = command === undefined ? indexLines(commands.keys()) : helpLines(command);
    reply.numeric(RPL_HELPSTART, topic, first);
    for (const line of rest) reply.numeric(RPL_HELPTXT, topic, line);
    reply.numeric(RPL_ENDOFHELP, topic, "End of /HELP");
  };
  return [
    { name: "HELP", usage: "HELP [command]", help: "Tells what a command is for, or which there are.", handler },
    { name: "HELPOP", usage: "HELPOP [command]", help: "The same as HELP.", handler },
  ];
}
