/**
 * Devices in the room: whose connections came by which device, what follows for their persons, and what is kept of a person
 * who leaves. What a device is stands in auth/devices.ts.
 *
 * @module
 */

import { stampOf } from "../auth/device_secrets.ts";
import type { Device, Successor } from "../auth/device.ts";
import { type Devices, MOST_DEVICES } from "../auth/devices.ts";
import { DEVICE_BYTES } from "../store/devices.ts";
import { channelsOf } from "./channel.ts";
import type { Person } from "./person.ts";
import { addStamps } from "./restrictions.ts";
import type { Session } from "./session.ts";

/** Why the sessions of a device end, as QUIT tells it to others. */
const MOVED = "This device belongs to somebody else now";
const RENEWED = "This device has a new secret now, and the one that you came by opens nothing";

/**
 * Finds out again by which key further sessions are the same person: by the identity, as long as a device of that identity is
 * among the person's sessions. To be called when either has changed.
 */
export function refreshSharedKey(person: Person): void {
  const { identity } = person;
  const isByDevice = [...person.sessions].some(({ device }) => device?.identity === identity);
  person.sharedKey = isByDevice ? identity : undefined;
}

/**
 * Notes that a session came by a device, by which masks may name its person. An app password is no device that is used alone.
 *
 * @param found As it was found, perhaps some time ago.
 * @returns The device as all its sessions know it; nothing if it has ended meanwhile.
 */
function attach(devices: Devices, session: Session, found: Device): Device | undefined {
  const device = devices.attach(found, session);
  if (device !== undefined && !device.isApp) addStamps(session.person, [stampOf(device)]);
  return device;
}

/** The room, as far as keeping devices needs it; `Chat` is one. */
interface KeepingRoom {
  readonly devices: Devices | undefined;
  readonly belongings: { changed(person: Person): void };
}

/**
 * The same. If the device is a guest's, the session's person is that guest.
 *
 * @param secretIn Where the client has the secret.
 */
export function comeBy(
  devices: Devices,
  session: Session,
  found: Device,
  secretIn: Session["secretIn"],
): Device | undefined {
  const { person } = session;
  const device = attach(devices, session, found);
  if (device === undefined) return undefined;
  session.secretIn = secretIn;
  if (device.isGuest) person.guestIdentity = device.identity;
  refreshSharedKey(person);
  return device;
}

/**
 * Keeps the device of a session whose person has just come in, as soon as its address may store that much. Nobody waits for
 * it: where the session ends before, its device is unknown the next time.
 */
export async function keepDevice(room: KeepingRoom, session: Session): Promise<void> {
  const { devices } = room;
  const { device } = session;
  if (devices === undefined || device === undefined) return;
  const wait = device.isKept ? undefined : session.affords?.(DEVICE_BYTES);
  if (wait !== undefined) await wait;
  if (session.isOver || session.device !== device) return;
  const bytes = devices.keep(device, session.address, session.person.nick);
  if (bytes > 0) session.onKept?.(bytes);
  room.belongings.changed(session.person);
}

/**
 * Keeps what a person is given back when they come by the same device again. To be called before they have left. Whoever leaves
 * while they are brought back keeps what they were not brought back into yet.
 */
export function noteLeft(devices: Devices | undefined, session: Session): void {
  const { device, person } = session;
  if (device === undefined || device.identity !== person.identity) return;
  const isIn = [...channelsOf(person)].map(({ name, keyId }) => ({ name, keyId }));
  const channels = [...isIn, ...person.returningTo];
  const bytes = devices?.noteLeft(device, { nick: person.nick, away: person.away, channels });
  if (bytes !== undefined && bytes > 0) session.onKept?.(bytes);
}

/** How many rows a change of what a person in the room has takes, which comes back with the device: none without one. */
export function rowsOfBelongings({ person, isRegistered }: Session): number {
  return isRegistered && person.sharedKey !== undefined ? 1 : 0;
}

/** Keeps the same of a person who stays. */
export function noteBelongings(devices: Devices | undefined, person: Person): void {
  const { identity } = person;
  const session = [...person.sessions].find(({ device }) => device?.identity === identity);
  if (session !== undefined) noteLeft(devices, session as Session);
}

/**
 * Closes the sessions of a person that came by other devices than one of them: they would become somebody else with it. They
 * come back as who they are. The same holds for other persons who came by the same device.
 */
function partFromOthers(session: Session): void {
  const { person, device } = session;
  for (const other of [...person.sessions]) {
    if (other !== session && (device === undefined || other.device !== device)) other.close(MOVED);
  }
  for (const other of [...device?.sessions ?? []]) if (other.person !== person) other.close(MOVED);
}

/**
 * Gives the device of a session to the account that its person logs in to, before the account is the person's. What the
 * device's guest said and received in private stays that guest's, who is nobody from now on: at a machine that several people
 * use, whoever logs in need not be who talked there before. It is the account's only where the guest has made it.
 *
 * @param identity The account's.
 */
export function giveDevice(devices: Devices, session: Session, identity: string): void {
  const { device, person } = session;
  // Without a device nothing says that another session is the same person.
  if (device === undefined) return person.sharedKey === undefined ? partFromOthers(session) : undefined;
  if (device.identity === identity && !device.isGuest) return;
  // An app password is its account's, whoever comes by it.
  if (device.isApp) {
    devices.detach(session);
    return partFromOthers(session);
  }
  const { successor, ended } = devices.give(device, identity);
  if (successor === undefined) {
    const text =
      `This device does not stay logged in: the account has ${MOST_DEVICES} app passwords, and must end one first`;
    session.deliver(session.origin.event("NOTICE", [person.nick, text]));
    return;
  }
  renewed(devices, session, successor);
  partFromOthers(session);
  person.guestIdentity = undefined;
  if (ended !== undefined) closeEnded([ended]);
}

/**
 * Has a session whose person logs in by a device's secret be that device's. Its own device stays what it is, and is not the
 * session's any more, unless it is the same account's already.
 */
export function lendDevice(devices: Devices, session: Session, device: Device): void {
  if (session.device?.identity === device.identity) return;
  const { person } = session;
  if (person.identity !== device.identity) {
    for (const other of [...person.sessions]) if (other !== session) other.close(MOVED);
  }
  attach(devices, session, device);
  session.secretIn = undefined;
  person.guestIdentity = undefined;
}

/** Whether the person of a session is here by another device as well, or by one of which nothing is known. */
export function isElsewhere({ person, device }: Session): boolean {
  return [...person.sessions].some((other) => other.device !== device);
}

/**
 * Takes the device of a session from its account, and ends all sessions that came by it. Their person stays, by other devices:
 * see `isElsewhere`. An app password stays the account's.
 */
export function signOutHere(devices: Devices, session: Session): void {
  const { device, person } = session;
  if (device !== undefined && !device.isApp) release(devices, device, session, "Logged out on this device");
  session.close("Logged out on this device");
  refreshSharedKey(person);
}

/**
 * Takes the device of a session from its account, before its person is logged out: from now on the person is a guest whom
 * nobody knows yet. An app password stays the account's, and the session has no device any more.
 */
export function releaseDevice(devices: Devices, session: Session): void {
  const { device, person } = session;
  person.guestIdentity = undefined;
  if (device === undefined) return;
  if (device.isApp) return devices.detach(session);
  release(devices, device, session);
  person.guestIdentity = session.device?.identity;
}

/**
 * Has a session go on by what takes the place of its device, and tells its client the new secret: by itself, or for a page by a
 * token, for which the answer to a request sets the cookie. The old secret opens nothing any more, and who came by it is
 * closed. A client that does not learn of it logs in again.
 *
 * @param why What those are told who are closed.
 */
export function renewed(devices: Devices, session: Session, successor: Successor, why = RENEWED): void {
  const left = devices.succeed(successor, session);
  const { secret, before, device } = successor;
  const tell = (what: string, text: string) => session.deliver(session.origin.event("DEVICE", [what, text]));
  if (!device.isEnded && session.secretIn === "client") tell("SECRET", secret);
  if (!device.isEnded && session.secretIn === "cookie" && session.has("teahouse.chat/device")) {
    tell("COOKIE", devices.renewals.offer(secret, before.hash));
  }
  for (const one of left) one.close(why);
}

/** The device of a session that has a secret of an identity which somebody may have had before; none for an app password. */
export function renewable({ device }: Session, identity: string): Device | undefined {
  return device !== undefined && !device.isApp && !device.isEnded && device.identity === identity ? device : undefined;
}

function release(devices: Devices, device: Device, session: Session, why?: string): void {
  const { successor, isWritten } = devices.release(device);
  renewed(devices, session, successor, why);
  if (isWritten) return;
  const text =
    "That cannot be written now: if the server is started anew before it can, this device is logged in again";
  session.deliver(session.origin.event("NOTICE", [session.person.nick, text]));
}

/**
 * A person is logged in to an account no longer: sessions that came by the account's devices have none any more. Without a
 * device nothing says that two sessions are one person, so the one that was heard last stays, and the others are closed.
 */
export function loseDevices(devices: Devices | undefined, person: Person): void {
  let hasLost = false;
  for (const session of person.sessions) {
    const { device } = session;
    const isOthers = device !== undefined && !device.isGuest && device.identity !== person.identity;
    if (!isOthers) continue;
    devices?.detach(session as Session);
    hasLost = true;
  }
  refreshSharedKey(person);
  if (!hasLost || person.sharedKey !== undefined) return;
  const latest = [...person.sessions].reduce((one, other) => other.heardAt > one.heardAt ? other : one);
  for (const session of [...person.sessions]) if (session !== latest) session.close(MOVED);
}

/** Closes the sessions of devices that have ended. @param but A session that goes on without its device. */
export function closeEnded(ended: Iterable<Device>, but?: Session): void {
  for (const device of ended) {
    for (const session of [...device.sessions]) if (session !== but) session.close("This device was signed out");
  }
}
