/** GLINE and UNGLINE: the server's operators ban people from the whole server. */

import { ERR_NOSUCHNICK, fit, RPL_ENDOFSTATS, RPL_STATSGLINE } from "../../protocol.ts";
import {
  accountMask,
  BAN_BYTES,
  coversPerson,
  MOST_BANS,
  parseServerMask,
  type ServerBan,
  type ServerMask,
  turnAwayAll,
  untilWhen,
} from "../room/bans.ts";
import type { Person } from "../room/person.ts";
import { ReplyError } from "../room/reply.ts";
import { bytesLeft } from "../room/texts.ts";
import { requireServerOperator } from "./checks.ts";
import type { Call, Command } from "./command.ts";
import { seconds } from "./replies.ts";

/** Tells all operators something, and the log. For the operator who did it that is the answer. */
function tellOperators({ chat, session, person, reply }: Call, text: string): void {
  chat.report(text);
  for (const operator of chat.withMode("o")) {
    const bytes = bytesLeft(`:${chat.name} NOTICE ${operator.nick} :`);
    const event = chat.serverEvent("NOTICE", [operator.nick, fit(text, bytes)]);
    if (operator === person) reply.send(event);
    operator.tell(event, session);
  }
}

/** Lists the server's bans, for its operators: GLINE without parameters, and STATS g. */
export function* listBans({ chat, person, reply }: Call): Generator<void> {
  requireServerOperator(person);
  for (const { mask, setter, setAt, endsAt, reason } of chat.bans.all) {
    const params = [mask.text, seconds(setAt), seconds(endsAt), setter];
    const start = `:${chat.name} ${RPL_STATSGLINE} ${person.nick} ${params.join(" ")} :`;
    reply.numeric(RPL_STATSGLINE, ...params, fit(reason, bytesLeft(start)));
    yield;
  }
  reply.numeric(RPL_ENDOFSTATS, "g", "End of /STATS report");
}

/** How long a ban lasts, as it is written: `30m`, `12h`, `7d`, or `0` for ever. */
const TIME = /^(?:0|(\d{1,6})([mhd]))$/;

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Bans a person or a mask, and ends the connections that the ban covers. It is in force in one step, because the operator may be
 * gone before the next.
 */
function ban(call: Call, [target, ...rest]: string[]): void {
  const { chat } = call;
  const refuse = (code: string, why: string, word = target) => call.reply.fail("GLINE", code, word, why);
  const [time] = rest;
  const [isTime, amount, unit] = TIME.exec(time ?? "") ?? [];
  if (isTime === undefined && rest.length > 1 && /^\d/.test(time)) {
    return refuse("INVALID_TIME", "A time is 30m, 12h, 7d, or 0 for ever", time);
  }
  const reason = fit(rest.slice(isTime === undefined ? 0 : 1).join(" "), BAN_BYTES.reason) || "No reason given";
  const endsAt = unit === undefined ? 0 : chat.steadyTime + Number(amount) * UNITS[unit];
  const person = chat.find(target);
  const written = person === undefined ? [parseServerMask(target)] : masksOf(person, call.person);
  if (person === undefined && !/[@*?.:/~]/.test(target)) throw new ReplyError(ERR_NOSUCHNICK, target, "No such nick");
  const masks = written.filter((mask) => mask !== undefined);
  if (masks.length < written.length) return refuse("INVALID_MASK", "That is no mask, or one that covers too many");
  if (masks.length === 0 || masks.some((mask) => coversPerson(mask, call.person))) {
    return refuse("INVALID_MASK", "That would keep you out, too");
  }
  const { bans } = chat;
  if (bans.all.length + masks.filter((mask) => !bans.has(mask)).length > MOST_BANS) {
    return refuse("LIST_FULL", `There are ${MOST_BANS} bans already`);
  }
  const setAt = chat.now();
  const added = masks.map((mask): ServerBan => ({ mask, setter: call.person.nick, setAt, endsAt, reason }));
  for (const ban of added) bans.add(ban);
  const names = masks.map(({ text }) => text).join(" and ");
  tellOperators(call, `${call.person.source} has banned ${names} ${untilWhen(added[0])}: ${reason}`);
  // Those who have not registered are looked at when they do.
  const covered = chat.persons.values().filter((other) => other !== call.person).flatMap((other) => {
    const ban = added.find(({ mask }) => coversPerson(mask, other));
    return ban === undefined ? [] : [[other, ban] satisfies [Person, ServerBan]];
  });
  turnAwayAll(chat, covered);
}

/**
 * The masks that keep somebody out: the addresses, and the account if there is one. An address from which the operator comes,
 * too, is left out.
 */
function masksOf(person: Person, by: Person): (ServerMask | undefined)[] {
  const { account, addresses } = person;
  const ofAccount = account === undefined ? [] : [accountMask(account)];
  const ofAddresses = addresses.map(parseServerMask);
  return [...ofAddresses.filter((mask) => mask === undefined || !coversPerson(mask, by)), ...ofAccount];
}

/** The family's commands. */
export const SERVER_BANS: Command[] = [
  {
    name: "GLINE",
    usage: "GLINE [nick | user@host | address | network [time] [:reason]]",
    help: [
      "Operators: keeps somebody out of the server, for 30m, 12h, 7d, or 0 for ever; without parameters, lists who is.",
      "A host may have * and ?; 10.0.0.0/8 is a network, ~a:bob an account. UNGLINE ends it.",
    ],
    isForOperators: true,
    handler: (call, params) => params.length === 0 ? listBans(call) : ban(call, params),
  },
  {
    name: "UNGLINE",
    usage: "UNGLINE mask",
    help: "Operators: lets in again whom GLINE keeps out.",
    isForOperators: true,
    minParams: 1,
    handler(call, [text]) {
      const { chat } = call;
      const mask = parseServerMask(text);
      if (mask === undefined) return call.reply.fail("UNGLINE", "INVALID_MASK", text, "That is no mask of a ban");
      if (!chat.bans.remove(mask)) {
        return call.reply.fail("UNGLINE", "UNKNOWN_MASK", mask.text, "There is no such ban; GLINE lists all");
      }
      tellOperators(call, `${call.person.source} has ended the ban of ${mask.text}`);
    },
  },
];
