/** GLINE and UNGLINE, by which the server's operators keep people out of it. */

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
import { ReplyError, type Session } from "../room/session.ts";
import { type Command, requireServerOperator } from "./command.ts";

/** Tells all operators, whoever does it among them, and the log. */
function tellOperators(session: Session, text: string): void {
  const { chat } = session;
  chat.report(text);
  const operators = chat.sessions.values().filter((person) => person.isOperator);
  for (const person of operators) {
    const room = LIMITS.lineBytes - 2 - byteLength(`:${chat.name} NOTICE ${person.nick} :`);
    const event = chat.serverEvent("NOTICE", [person.nick, fit(text, room)]);
    if (person === session) session.respond(event);
    else person.deliver(event);
  }
}

/** Lists who may not come in: GLINE without parameters, and STATS g. */
export function* listBans(session: Session): Generator<void> {
  requireServerOperator(session);
  const seconds = (ms: number) => `${Math.floor(ms / 1000)}`;
  for (const { mask, setter, setAt, endsAt, reason } of session.chat.bans.all) {
    const params = [mask.text, seconds(setAt), seconds(endsAt), setter];
    const start = `:${session.chat.name} ${RPL_STATSGLINE} ${session.nick} ${params.join(" ")} :`;
    session.reply(RPL_STATSGLINE, ...params, fit(reason, LIMITS.lineBytes - 2 - byteLength(start)));
    yield;
  }
  session.reply(RPL_ENDOFSTATS, "g", "End of /STATS report");
}

/** How long a ban may be said to last: `30m`, `12h`, `7d`, or `0` for ever. */
const TIME = /^(?:0|(\d{1,6})([mhd]))$/;

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Bans somebody or a mask, and ends at once the connections that it covers: in one step, since whoever does it may be gone
 * before another.
 */
function ban(session: Session, [target, ...rest]: string[]): void {
  const { chat } = session;
  const refuse = (code: string, why: string, word = target) => session.fail("GLINE", code, word, why);
  const [time] = rest;
  const [isTime, amount, unit] = TIME.exec(time ?? "") ?? [];
  if (isTime === undefined && rest.length > 1 && /^\d/.test(time)) {
    return refuse("INVALID_TIME", "A time is 30m, 12h, 7d, or 0 for ever", time);
  }
  const reason = fit(rest.slice(isTime === undefined ? 0 : 1).join(" "), BAN_BYTES.reason) || "No reason given";
  const endsAt = unit === undefined ? 0 : chat.now() + Number(amount) * UNITS[unit];
  const person = chat.find(target);
  const written = person === undefined ? [parseServerMask(target)] : masksOf(person, session);
  if (person === undefined && !/[@*?.:/~]/.test(target)) throw new ReplyError(ERR_NOSUCHNICK, target, "No such nick");
  const masks = written.filter((mask) => mask !== undefined);
  if (masks.length < written.length) return refuse("INVALID_MASK", "That is no mask, or one that covers too many");
  if (masks.length === 0 || masks.some((mask) => covers(mask, session))) {
    return refuse("INVALID_MASK", "That would keep you out, too");
  }
  const { bans } = chat;
  if (bans.all.length + masks.filter((mask) => !bans.has(mask)).length > MOST_BANS) {
    return refuse("LIST_FULL", `There are ${MOST_BANS} bans already`);
  }
  const setAt = chat.now();
  const added = masks.map((mask): ServerBan => ({ mask, setter: session.nick, setAt, endsAt, reason }));
  for (const ban of added) bans.add(ban);
  const names = masks.map(({ text }) => text).join(" and ");
  tellOperators(session, `${session.source} has banned ${names} ${untilWhen(added[0])}: ${reason}`);
  // Who has not registered is looked at when they do.
  for (const other of [...chat.sessions.values()]) {
    const ban = other === session ? undefined : added.find(({ mask }) => covers(mask, other));
    if (ban !== undefined) turnAway(other, ban);
  }
}

/**
 * What keeps somebody out: the address, and the account where there is one. The account alone where who bans comes from the
 * same address.
 */
function masksOf(person: Session, by: Session): (ServerMask | undefined)[] {
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
    handler: (session, params) => params.length === 0 ? listBans(session) : ban(session, params),
  },
  {
    name: "UNGLINE",
    usage: "UNGLINE mask",
    help: "Operators: lets in again whom GLINE keeps out.",
    isForOperators: true,
    minParams: 1,
    handler(session, [text]) {
      const { chat } = session;
      const mask = parseServerMask(text);
      if (mask === undefined) return session.fail("UNGLINE", "INVALID_MASK", text, "That is no mask of a ban");
      if (!chat.bans.remove(mask)) {
        return session.fail("UNGLINE", "UNKNOWN_MASK", mask.text, "There is no such ban; GLINE lists all");
      }
      tellOperators(session, `${session.source} has ended the ban of ${mask.text}`);
    },
  },
];
