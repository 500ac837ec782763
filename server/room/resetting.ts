/**
 * Settings of the room that change while it is open: what people are shown and must say when they come in, and who are the
 * server's operators.
 *
 * @module
 */

import type { Chat } from "./chat.ts";
import type { Settings } from "./options.ts";
import type { Person } from "./person.ts";
import { Session } from "./session.ts";

/** The settings that may change. */
export type Resettable = Required<Pick<Settings, "motd" | "password" | "operators">>;

/**
 * Takes on settings. The message of the day and the password are for those who come from now on. An operator whose password is
 * no more, or another one, is operator no more.
 */
export function takeOn(chat: Chat, { motd, password, operators }: Resettable): void {
  const before = chat.settings.operators;
  chat.settings.motd = motd;
  chat.settings.password = password;
  chat.settings.operators = operators;
  const isOperatorStill = (session: Session) => {
    const name = session.operatorAs;
    return name === undefined || before?.get(name) === operators.get(name);
  };
  for (const person of [...chat.withMode("o")]) {
    for (const reason of person.operatorBy) {
      if (reason instanceof Session && !isOperatorStill(reason)) person.operatorBy.delete(reason);
    }
    if (person.operatorBy.size === 0) endOperator(chat, person);
  }
}

function endOperator(chat: Chat, person: Person): void {
  chat.setMode(person, "o", false);
  person.tell(chat.event(person, "MODE", [person.nick, "-o"]));
  chat.report(`${person.source} is no operator any more, since the password for it is another one now`);
}
