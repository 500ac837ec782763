/**
 * DEVICE, by which a client gets the secret of its device and comes back by it; and DEVICES, by which the owner of an account
 * lists its devices, ends them, and makes app passwords. What a device is stands in auth/devices.ts; docs/devices.md has the
 * wire format.
 */

import { casefold } from "../../protocol.ts";
import { cleanDeviceName, type Device } from "../auth/device.ts";
import { type Devices, MOST_DEVICES } from "../auth/devices.ts";
import type { Chat } from "../room/chat.ts";
import { closeEnded, comeBy, refreshSharedKey, releaseDevice } from "../room/devices.ts";
import { Reply } from "../room/reply.ts";
import type { Session } from "../room/session.ts";
import type { DeviceRecord } from "../store/devices.ts";
import { inTurns } from "../turns/slices.ts";
import { proofFault, requireAccounts, write } from "./accounts.ts";
import type { Fault } from "./checks.ts";
import type { Call, Command, Steps } from "./command.ts";
import { logIn, logOutHere } from "./login.ts";

/** What a device of a terminal client is called that says no name. */
const UNNAMED = "terminal";

/**
 * Has a session come by a device: as its guest, or logged in to its account.
 *
 * @param found As it was found, perhaps some time ago.
 * @returns Whether it has come by it, and may stay.
 */
function* enter(call: Call, found: Device, secretIn: "cookie" | "client"): Generator<void, boolean> {
  const { chat, session } = call;
  const { accounts, devices } = chat;
  const device = comeBy(devices!, session, found, secretIn);
  if (device === undefined) return false;
  const proof = accounts!.proofBy(device);
  if (proof === undefined) return true;
  const isIn = yield* logIn(call, proof);
  if (isIn) chat.guesses.remember(casefold(proof.account), session);
  return isIn;
}

/** Has a new session come by the device of its page. Its first line waits until that is done. */
export function comeByCookie(chat: Chat, session: Session, device: Device): void {
  const call = { chat, session, person: session.person, reply: new Reply(session) };
  session.setOff(enter(call, device, "cookie"), "cannot log in by a device");
}

/** Tells a session by which device it came. */
function tellDevice({ chat, session: { device }, person: { account }, reply }: Call): void {
  if (device === undefined) return reply.send(chat.serverEvent("DEVICE", ["NONE"]));
  reply.send(chat.serverEvent("DEVICE", ["OK", device.nick, ...(account === undefined ? [] : [account])]));
}

/** Why a session can't come by a device now; undefined if it can. */
function deviceFault({ session, person }: Call): Fault | undefined {
  if (session.isRegistered) return ["COMPLETE_REGISTRATION", "A device is named before you come in"];
  if (session.device !== undefined) return ["DEVICE_KNOWN", "This connection has a device already"];
  if (person.account !== undefined) return ["ALREADY_AUTHENTICATED", "A device is named before you log in"];
  return undefined;
}

/** Makes a device, and tells its secret. It is kept when its person has come in. */
function makeDevice(call: Call, devices: Devices, name: string): void {
  const { chat, session, reply } = call;
  const { device, secret } = devices.make(cleanDeviceName(name) || UNNAMED, session.address);
  comeBy(devices, session, device, "client");
  reply.send(chat.serverEvent("DEVICE", ["SECRET", secret]));
}

/** Comes by the device of a secret, which waits for its turn (auth/guesses.ts). */
async function resume(call: Call, devices: Devices, secret: string): Promise<void> {
  const { chat, session, reply } = call;
  const refuse = () => reply.fail("DEVICE", "INVALID_SECRET", "No device has that secret, or it was signed out");
  const device = await devices.resume(chat.guesses, session, secret, refuse);
  if (device === undefined || session.isOver) return;
  const isIn = await inTurns(session.pace, enter(call, device, "client"));
  if (session.isOver) return;
  if (isIn) tellDevice(call);
  else refuse();
}

/**
 * Makes the device of a session that of a guest whom nobody knows yet: logs it out, where it is an account's. For a page of a
 * machine that several people use, before the next one comes in.
 */
async function release(call: Call, devices: Devices): Promise<void> {
  const { session, person, reply } = call;
  if (session.isRegistered) {
    return reply.fail("DEVICE", "COMPLETE_REGISTRATION", "A device is released before you come in");
  }
  const { device } = session;
  if (device !== undefined) {
    device.nick = "*";
    if (person.account !== undefined) await inTurns(session.pace, logOutHere(call));
    else releaseDevice(devices, session);
    if (session.isOver) return;
    refreshSharedKey(person);
  }
  tellDevice(call);
}

/** DEVICE's subcommands. */
const DEVICE: Record<string, (call: Call, devices: Devices, params: string[]) => void | Promise<void>> = {
  NEW(call, devices, [name = ""]) {
    const fault = deviceFault(call);
    if (fault !== undefined) return call.reply.fail("DEVICE", ...fault);
    return makeDevice(call, devices, name);
  },
  RESUME(call, devices, [secret = ""]) {
    const fault = deviceFault(call);
    if (fault !== undefined) return call.reply.fail("DEVICE", ...fault);
    return resume(call, devices, secret);
  },
  RELEASE: (call, devices) => release(call, devices),
  STATUS: (call) => tellDevice(call),
};

/** Why a person may not have to do with the devices of their account; undefined if they may. */
function ownerFault({ person: { account } }: Call): Fault | undefined {
  return account === undefined ? ["ACCOUNT_REQUIRED", "You are logged in to no account"] : undefined;
}

/** What is told of a device besides its name: `this`, `here`, `app`; `*` for none of these. */
function flagsOf({ session }: Call, { hash, isApp }: DeviceRecord, isHere: boolean): string {
  const flags = [hash === session.device?.hash && "this", isHere && "here", isApp && "app"].filter((flag) => flag);
  return flags.join(",") || "*";
}

/** Lists the devices of the account, those that were used last first. */
function* listDevices(call: Call, devices: Devices, identity: string): Steps {
  const { chat, reply } = call;
  const all = devices.ofIdentity(identity);
  for (const device of all) {
    const { id, used, address, name } = device;
    const flags = flagsOf(call, device, devices.isHere(device));
    reply.send(chat.serverEvent("DEVICES", ["LIST", id, new Date(used).toISOString(), address, flags, name]));
    yield;
  }
  reply.send(chat.serverEvent("DEVICES", ["END", `${all.length}`]));
}

/** Makes an app password, and tells it. */
function addDevice(call: Call, devices: Devices, identity: string, name: string): void {
  const { chat, session, person, reply } = call;
  // What an app password opens makes no more of them, even where the password was given as well: it may be another person's.
  const fault: Fault | undefined = session.device?.isApp
    ? ["NO_PERMISSION", "You have come by an app password, which makes no more of them"]
    : proofFault(call);
  if (fault !== undefined) return reply.fail("DEVICES", fault[0], "ADD", fault[1]);
  const clean = cleanDeviceName(name);
  if (clean === "") return reply.fail("DEVICES", "INVALID_NAME", "ADD", "Say what the app password is for");
  const own = session.device?.identity === identity ? session.device : undefined;
  const { hasRoom, ended } = devices.makeRoom(identity, own);
  if (!hasRoom) {
    const number = own === undefined
      ? `${MOST_DEVICES} app passwords`
      : `${MOST_DEVICES - 1} app passwords beside this device`;
    return reply.fail("DEVICES", "TOO_MANY", "ADD", `You have ${number}; end one first`);
  }
  const made = devices.makeAppPassword(identity, clean, session.address);
  if (made === undefined) return reply.fail("DEVICES", "TEMPORARILY_UNAVAILABLE", "ADD", "It can't be kept now");
  reply.send(chat.serverEvent("DEVICES", ["SECRET", made.device.id, made.secret, clean]));
  if (!session.has("teahouse.chat/device")) {
    // A client that does not know the line above shows it as it stands, or as a fault.
    const text = `The app password for ${clean}, told this once: ${made.secret}`;
    reply.send(chat.serverEvent("NOTICE", [person.nick, text]));
  }
  chat.report(`${person.source} has made an app password of ${person.account}`);
  if (ended !== undefined) closeEnded([ended]);
}

/** Ends a device of the account, and its sessions in the same step. */
async function endDevice(call: Call, devices: Devices, identity: string, id: string): Promise<void> {
  const { chat, session, person, reply } = call;
  const record = devices.ofIdentity(identity).find((device) => device.id === id);
  if (record === undefined) return reply.fail("DEVICES", "UNKNOWN_DEVICE", "DEL", "There is no device of that id");
  if (session.device?.isApp && session.device.hash !== record.hash) {
    return reply.fail(
      "DEVICES",
      "NO_PERMISSION",
      "DEL",
      "You have come by an app password, which ends no other device",
    );
  }
  let ended: Device | undefined;
  if (!await write(call, "DEVICES", person.account!, () => void (ended = devices.end(record)))) return;
  reply.send(chat.serverEvent("DEVICES", ["ENDED", record.id, record.name]));
  closeEnded([ended!]);
}

/** DEVICES' subcommands. */
const OF_ACCOUNT: Record<
  string,
  (call: Call, devices: Devices, identity: string, params: string[]) => void | Steps | Promise<void>
> = {
  LIST: listDevices,
  ADD: (call, devices, identity, [name = ""]) => addDevice(call, devices, identity, name),
  DEL: (call, devices, identity, [id = ""]) => endDevice(call, devices, identity, id),
};

/** The family's commands. */
export const DEVICES: Command[] = [
  {
    name: "DEVICE",
    usage: ["DEVICE NEW [:name]", "DEVICE RESUME secret", "DEVICE RELEASE", "DEVICE STATUS"],
    help: "Gives your client a secret by which you come back as who you are; a client does that for you.",
    capability: "teahouse.chat/device",
    minParams: 1,
    beforeRegistration: true,
    keptRows: ({ person }) => 2 * Number(person.account !== undefined),
    handler(call, [subcommand, ...params]) {
      const { devices } = requireAccounts(call, "DEVICE");
      const name = subcommand.toUpperCase();
      if (Object.hasOwn(DEVICE, name)) return DEVICE[name](call, devices, params);
      call.reply.fail("DEVICE", "INVALID_PARAMS", subcommand, "DEVICE has NEW, RESUME, RELEASE and STATUS");
    },
  },
  {
    name: "DEVICES",
    usage: ["DEVICES LIST", "DEVICES ADD :name", "DEVICES DEL id"],
    help: [
      "Lists where you are logged in to your account, ends one of these, or makes an app password:",
      "a password for one program, so that it need not know your own. It is told once.",
    ],
    minParams: 1,
    keptRows: (_, [subcommand]) => subcommand.toUpperCase() === "ADD" ? 4 : 0,
    handler(call, [subcommand, ...params]) {
      const { devices } = requireAccounts(call, "DEVICES");
      const name = subcommand.toUpperCase();
      if (!Object.hasOwn(OF_ACCOUNT, name)) {
        return call.reply.fail("DEVICES", "INVALID_PARAMS", subcommand, "DEVICES has LIST, ADD and DEL");
      }
      const fault = ownerFault(call);
      if (fault !== undefined) return call.reply.fail("DEVICES", fault[0], name, fault[1]);
      return OF_ACCOUNT[name](call, devices, call.person.identity, params);
    },
  },
];
