/** TOKEN, by which a client gets what it sends a file with (IRCv3 authtoken): a word that works once, in place of a password. */

import type { Chat } from "../room/chat.ts";
import { filesAt } from "../room/doors.ts";
import type { Session } from "../room/session.ts";
import { addressRange } from "../wire/address.ts";
import type { Call, Command } from "./command.ts";

/** The one service for which there are tokens. */
const FILES = "FILEHOST";

/** Where a session sends files; undefined where it can't, or where the room takes none. */
export function filesOf(chat: Chat, session: Session): string | undefined {
  return chat.files === undefined ? undefined : filesAt(chat.doors(), session);
}

/** Tells which services there are. */
function listServices({ chat, session, reply }: Call): void {
  const url = filesOf(chat, session);
  if (url === undefined) return reply.send(chat.serverEvent("NOTE", ["TOKEN", "NO_SERVICES", "There are no services"]));
  const service = chat.serverEvent("TOKEN", ["SERVICE", FILES, url, "Files for people in this room"]);
  if (session.has("batch")) reply.batch(["draft/authtoken", "*", "*"], [service]);
  else reply.send(service);
}

/** Makes a token by which the person of this session sends a file, and tells it. */
function generate({ chat, session, person, reply }: Call, service: string): void {
  const { files } = chat;
  const url = filesOf(chat, session);
  if (service.toUpperCase() !== FILES || files === undefined || url === undefined) {
    return reply.fail("TOKEN", "UNKNOWN_SERVICE", service, "There is no service of that name");
  }
  const { identity, nick } = person;
  const isAccount = person.account !== undefined;
  if (files.options.isForAccounts && !isAccount) {
    return reply.fail("TOKEN", "ACCOUNT_REQUIRED", FILES, "Only people with an account may send files here");
  }
  const token = files.tokens.issue({
    sender: { identity, nick, range: addressRange(session.address), isAccount },
    isStill: () => !session.isOver && session.person.identity === identity,
  });
  reply.send(chat.serverEvent("TOKEN", ["GENERATE", FILES, url, token]));
}

/** The family's command. */
export const TOKENS: Command[] = [
  {
    name: "TOKEN",
    usage: ["TOKEN SERVICELIST", "TOKEN GENERATE FILEHOST [target]"],
    help: "Gives your client a word that works once, by which it sends a file; a client does that for you.",
    capability: "draft/authtoken",
    minParams: 1,
    handler(call, [subcommand, service = ""]) {
      const name = subcommand.toUpperCase();
      if (name === "SERVICELIST") return listServices(call);
      if (name === "GENERATE") return generate(call, service || "*");
      call.reply.fail("TOKEN", "INVALID_PARAMS", subcommand || "*", "TOKEN has SERVICELIST and GENERATE");
    },
  },
];
