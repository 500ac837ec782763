/** GLINE and UNGLINE, by which the server's operators keep people out of it. */

import type { Person } from "../room/person.ts";
import { byteLength, ERR_NOSUCHNICK, fit, LIMITS, RPL_ENDOFSTATS, RPL_STATSGLINE } from "../../protocol.ts";
import {
  accountMask,
  BAN_BYTES,
  covers,
  MOST_BANS,
  parseServerMask,
  type ServerBan,
  type ServerMask,
  turnAway,
  untilWhen,
} from "../room/bans.ts";
import { ReplyError } from "../room/reply.ts";
import { type Call, type Command, requireServerOperator } from "./command.ts";

/** Tells all operators something, and the log. For the operator who did it that is the answer. */
function tellOperators(call: Call, text: string): void {
  const { chat } = call;
  chat.report(text);
  const operators = chat.persons.values().filter((person) => person.isOperator);
  for (const person of operators) {
    const room = LIMITS.lineBytes - 2 - byteLength(`:${chat.name} NOTICE ${person.nick} :`);
    const event = chat.serverEvent("NOTICE", [person.nick, fit(text, room)]);
    if (person === call.person) call.reply.send(event);
    person.tell(event, person === call.person ? call.session : undefined);
  }
}

/** Lists who may not come in: GLINE without parameters, and STATS g. */
export function* listBans(call: Call): Generator<void> {
  requireServerOperator(call.person);
  const seconds = (ms: number) => `${Math.floor(ms / 1000)}`;
  for (const { mask, setter, setAt, endsAt, reason } of call.chat.bans.all) {
    const params = [mask.text, seconds(setAt), seconds(endsAt), setter];
    const start = `:${call.chat.name} ${RPL_STATSGLINE} ${call.person.nick} ${params.join(" ")} :`;
    call.reply.numeric(RPL_STATSGLINE, ...params, fit(reason, LIMITS.lineBytes - 2 - byteLength(start)));
    yield;
  }
  call.reply.numeric(RPL_ENDOFSTATS, "g", "End of /STATS report");
}

/** How long a ban may be said to last: `30m`, `12h`, `7d`, or `0` for ever. */
const TIME = /^(?:0|(\d{1,6})([mhd]))$/;

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Bans somebody or a mask, and ends at once the connections that it covers: in one step, since whoever does it may be gone
 * before another.
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
  const endsAt = unit === undefined ? 0 : chat.now() + Number(amount) * UNITS[unit];
  const person = chat.find(target);
  const written = person === undefined ? [parseServerMask(target)] : masksOf(person, call.person);
  if (person === undefined && !/[@*?.:/~]/.test(target)) throw new ReplyError(ERR_NOSUCHNICK, target, "No such nick");
  const masks = written.filter((mask) => mask !== undefined);
  if (masks.length < written.length) return refuse("INVALID_MASK", "That is no mask, or one that covers too many");
  if (masks.length === 0 || masks.some((mask) => covers(mask, call.person))) {
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
  for (const other of [...chat.persons.values()]) {
    const ban = other === call.person ? undefined : added.find(({ mask }) => covers(mask, other));
    if (ban !== undefined) turnAway(chat.origin, other, ban);
  }
}

/**
 * The masks that keep somebody out: the address, and the account if there is one. If the operator comes from the same address,
 * the account alone.
 */
function masksOf(person: Person, by: Person): (ServerMask | undefined)[] {
  const { account, address } = person;
  const ofAccount = account === undefined ? [] : [accountMask(account)];
  const ofAddress = parseServerMask(address);
  const isShared = ofAddress !== undefined && covers(ofAddress, by);
  return [...(isShared ? [] : [ofAddress]), ...ofAccount];
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
