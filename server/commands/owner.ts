/**
 * OWNER: who owns the room. It is this server's own; its answers are standard replies (IRCv3 standard-replies), which every
 * client shows.
 */

import { casefold, LIMITS } from "../../protocol.ts";
import { MOST_OWNERS, type OwnerRecord, type Owners } from "../auth/owners.ts";
import type { Successor } from "../auth/device.ts";
import type { Chat } from "../room/chat.ts";
import { renewable, renewed } from "../room/devices.ts";
import { recogniseAll, takeOverDefault } from "../room/owners.ts";
import type { Person } from "../room/person.ts";
import { cut } from "../room/texts.ts";
import { StoreError } from "../store/errors.ts";
import { isLastingIdentity } from "../store/identities.ts";
import type { Call, Command } from "./command.ts";

/** What is reported if a change of owners can't be told. */
const FAILURE = "cannot tell who owns the room";

/** Under which name guesses at the secret are counted; no account has a colon in its name. */
const GUESSED = "owner:";

/** Why somebody who can't be known again can't be an owner. */
const NOT_LASTING =
  "they could not be known again: only an account can own the room, or a page or client that comes back";

/** What a person is called as an owner: by the account, or by the nick that the person has now. */
function nameOf({ account, nick }: Person): string {
  return account ?? nick;
}

function refuse({ reply }: Call, code: string, context: string, why: string): void {
  reply.fail("OWNER", code, context, why);
}

function answer({ chat, reply }: Call, code: string, ...contextAndText: string[]): void {
  reply.send(chat.serverEvent("NOTE", ["OWNER", code, ...contextAndText]));
}

/** Changes who owns the room; if that can't be written, says so. @returns Whether it is done. */
function write(call: Call, change: () => void): boolean {
  try {
    change();
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    call.chat.report(`OWNER: ${error.message}`);
    refuse(call, "TEMPORARILY_UNAVAILABLE", "*", "That can't be kept at the moment: try again later");
    return false;
  }
}

/** Makes the sender an owner, if they say the secret that the server has printed. It waits for its turn (auth/guesses.ts). */
async function claim(call: Call, owners: Owners, secret: string): Promise<void> {
  const { chat, session, person } = call;
  const needIdentity = () =>
    refuse(call, "NEED_IDENTITY", "*", "Log in to an account first, so that you are known when you come back");
  if (!isLastingIdentity(person.identity)) return needIdentity();
  const refuseSecret = () => {
    chat.report(`${person.source} has named a wrong secret to own the room`);
    refuse(call, "INVALID_SECRET", "*", "That is not the secret that the server printed last, or it has been used");
  };
  const look = () => owners.isSecret(secret) || undefined;
  const found = await chat.guesses.attempt(session, { account: GUESSED, look, refuse: refuseSecret });
  if (found === undefined || session.isOver) return;
  // Another session may have logged this person out meanwhile, or somebody else have used the secret.
  const { identity } = person;
  if (!isLastingIdentity(identity)) return needIdentity();
  const isFirst = !owners.isOwned;
  if (!owners.isSecret(secret)) return refuseSecret();
  // Whoever had a guest's device before may know its secret, and would own the room by it.
  const device = person.account === undefined ? renewable(session, identity) : undefined;
  let successor: Successor | undefined;
  if (!write(call, () => successor = device && chat.devices!.renew(device))) return;
  if (successor !== undefined) renewed(chat.devices!, session, successor);
  if (!write(call, () => void owners.claim(secret, identity, nameOf(person)))) return;
  answer(
    call,
    "CLAIMED",
    nameOf(person),
    "You own this room now: you are operator in all its channels, now and whenever you come back",
  );
  session.setOff(becomesOwners(chat, identity, isFirst), FAILURE);
  chat.report(`${person.source} owns the room from now on, as ${identity}`);
}

/** An identity has become an owner's. All rights change at once, and then all are told. */
function becomesOwners(chat: Chat, identity: string, isFirst: boolean): IteratorObject<void> {
  const tellings = [recogniseAll(chat, identity), ...(isFirst ? [takeOverDefault(chat)] : [])];
  return tellings.values().flatMap((telling) => telling);
}

/** Makes somebody else an owner: an account, or a person who is here by a device. */
function add(call: Call, owners: Owners, name: string): void {
  const { chat, session, person } = call;
  const here = chat.find(name);
  const account = chat.accounts?.find(name);
  const isHolder = here !== undefined && here.account !== undefined &&
    casefold(here.account) === casefold(account ?? "");
  if (here !== undefined && account !== undefined && !isHolder) {
    return refuse(call, "AMBIGUOUS", name, `${here.nick} has the nick of an account, and is not logged in to it`);
  }
  const identity = here?.identity ?? (account === undefined ? undefined : chat.accounts!.identity(account));
  if (identity === undefined) {
    return refuse(call, "UNKNOWN_NAME", name, "There is no such account, and nobody here of that nick");
  }
  if (!isLastingIdentity(identity)) return refuse(call, "NEED_IDENTITY", here!.nick, NOT_LASTING);
  const known = here === undefined ? account! : nameOf(here);
  if (owners.has(identity)) return answer(call, "KNOWN", known, `${known} owns the room already`);
  if (!owners.hasRoom) return refuse(call, "TOO_MANY", known, `A room has at most ${MOST_OWNERS} owners`);
  if (!write(call, () => owners.add(identity, known, person.nick))) return;
  answer(call, "ADDED", known, `${known} owns the room from now on`);
  session.setOff(recogniseAll(chat, identity), FAILURE);
  chat.report(`${person.source} has made ${known} an owner of the room, as ${identity}`);
}

/** Who is meant by a name: a person who is here, else whoever was called so on becoming an owner, or has that identity. */
function ownersCalled(chat: Chat, owners: Owners, name: string): OwnerRecord[] {
  const here = chat.find(name);
  const { list } = owners;
  const byNick = list.filter(({ identity }) => identity === here?.identity);
  if (byNick.length > 0) return byNick;
  return list.filter((owner) => casefold(owner.name) === casefold(name) || owner.identity === name);
}

/** From now on somebody owns the room no longer. */
function remove(call: Call, owners: Owners, name: string): void {
  const { chat, session, person } = call;
  const [owner, ...others] = ownersCalled(chat, owners, name);
  if (owner === undefined) {
    return refuse(call, "UNKNOWN_NAME", name, "No owner of the room is called so: OWNER LIST tells all");
  }
  if (others.length > 0) {
    const identities = [owner, ...others].map(({ identity }) => identity).join(", ");
    return refuse(call, "AMBIGUOUS", name, `Several owners are called so: name one of ${identities}`);
  }
  if (owners.list.length === 1) return refuse(call, "LAST_OWNER", owner.name, "A room keeps its last owner");
  if (!write(call, () => owners.remove(owner.identity))) return;
  answer(call, "REMOVED", owner.name, `${owner.name} owns the room no longer`);
  session.setOff(recogniseAll(chat, owner.identity), FAILURE);
  chat.report(`${person.source} has made ${owner.name} an owner of the room no longer`);
}

/** Tells who owns the room. */
function* list(call: Call, owners: Owners): Generator<void> {
  const { accountOf } = call.chat;
  for (const { identity, name, namedBy, since } of owners.list) {
    const kind = accountOf(identity) === undefined ? "device" : "account";
    const by = namedBy === "" ? "by the server's secret" : `named by ${namedBy}`;
    const day = new Date(since).toISOString().slice(0, 10);
    yield answer(
      call,
      "IS",
      name,
      kind,
      identity,
      day,
      namedBy || "*",
      `${name} owns the room since ${day}, ${by} (${kind})`,
    );
  }
  answer(call, "END", `${owners.list.length}`, "End of owners");
}

/** The family's command. */
export const OWNER: Command[] = [
  {
    name: "OWNER",
    usage: ["OWNER LIST", "OWNER ADD nick", "OWNER DEL nick", "OWNER CLAIM secret"],
    help: [
      "Who owns the room is operator of the server and of all channels whenever they come in, by account or device.",
      "LIST, ADD and DEL are for owners. CLAIM makes you one by the secret that the server has printed on its start.",
    ],
    minParams: 1,
    keptRows: () => 2,
    handler(call, [subcommand, param = ""]) {
      const { chat: { owners }, person } = call;
      if (owners === undefined) {
        return refuse(call, "UNAVAILABLE", "*", "Nobody can own this room, since it keeps nothing");
      }
      const what = subcommand.toUpperCase();
      if (!["CLAIM", "LIST", "ADD", "DEL"].includes(what)) {
        return refuse(call, "INVALID_PARAMS", subcommand, "OWNER is followed by LIST, ADD, DEL or CLAIM");
      }
      if (what !== "LIST" && param === "") return refuse(call, "NEED_MORE_PARAMS", what, "Not enough parameters");
      if (what === "CLAIM") return claim(call, owners, param);
      if (!person.isOwner) return refuse(call, "NO_PERMISSION", what, "Only an owner of the room may do that");
      if (what === "LIST") return list(call, owners);
      const name = cut(param, LIMITS.nick);
      if (what === "ADD") return add(call, owners, name);
      return remove(call, owners, param);
    },
  },
];
