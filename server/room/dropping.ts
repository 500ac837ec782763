/**
 * Removing an account, with everything that follows from it.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Devices } from "../auth/devices.ts";
import type { KeptChannels } from "../store/channels.ts";
import { accountMask } from "./bans.ts";
import type { Channel } from "./channel.ts";
import type { Chat } from "./chat.ts";
import { closeEnded, releaseDevice } from "./devices.ts";
import { logOut } from "./logins.ts";
import { accountSource, parseMask } from "./masklist.ts";
import type { Session } from "./session.ts";

/**
 * Removes an account, and in the same step all that follows from it: logins, what it is in the room and in channels, metadata,
 * read markers, its devices, its side of private talks. Whoever has that name later is another person to all that is kept. What channels have
 * of it is forgotten in slices, and until then nobody else can have the name.
 *
 * @throws {StoreError} Where that can't be written; then nothing has changed.
 */
export async function dropAccount(chat: Chat, name: string, by: Session): Promise<void> {
  const { accounts, owners, channels, guesses, bans } = chat;
  const account = casefold(name);
  const identity = accounts!.identity(name);
  // What is gathered is written first, so the database has the open channels' as well.
  accounts!.drop(name, () => {
    channels.kept?.noteRemovedAccount(account, identity);
    owners?.drop(identity);
  });
  owners?.forget(identity);
  endDevices(accounts!.devices, identity, by);
  const toldOfLogins = logOut(chat, account, by);
  guesses.forgetAccount(account);
  bans.remove(accountMask(account));
  chat.metadataLimit.forgetAccount(account);
  const holder = chat.find(account);
  if (holder !== undefined) holder.reservedUntil = undefined;
  chat.ownedNicks.forget(account);
  const letGo = accounts!.hold(account);
  let isForgotten = false;
  await by.setOff(forgetEverywhere(chat, account, identity, () => isForgotten = true), `cannot forget ${account}`);
  await toldOfLogins;
  // What could not be written is forgotten at the next start, and until then nobody can have the name.
  if (isForgotten) letGo();
}

/** Ends the devices of an account. That of the session which removes its own account is a guest's from now on. */
function endDevices(devices: Devices, identity: string, by: Session): void {
  const { device } = by;
  const isOwn = device?.identity === identity;
  closeEnded(devices.endedOf(identity, isOwn && !device.isApp ? device : undefined), by);
  if (isOwn) releaseDevice(devices, by);
}

/** Forgets an account in all channels, and its talks. @param onDone Called when nothing is left. */
function* forgetEverywhere(chat: Chat, account: string, identity: string, onDone: () => void): Generator<void> {
  const { kept: keptChannels } = chat.channels;
  const all = keptChannels === undefined
    ? [[...chat.channels.values()]]
    : keptOf(chat, keptChannels, account, identity);
  for (const channels of all) {
    for (const channel of channels) {
      // One that has ended meanwhile must write nothing over another of its name.
      const isOpen = channel !== undefined && chat.channels.find(channel.name) === channel;
      if (isOpen) forgetAccount(chat, channel, account, identity);
      yield;
    }
  }
  while (chat.accounts!.dropRest(identity)) yield;
  onDone();
}

/**
 * Removes an account from what is kept, some of it at a time: gives the channels that had that, or nothing where one is not
 * open. They are looked up at once, since they may have other names soon.
 */
function* keptOf(
  chat: Chat,
  keptChannels: KeptChannels,
  account: string,
  identity: string,
): Generator<(Channel | undefined)[]> {
  for (;;) {
    const names = keptChannels.forgetAccount(account, identity);
    if (names === undefined) return;
    yield [...names].map((name) => chat.channels.get(name));
  }
}

/** Removes an account from a channel that is open, and tells the members which masks go with it. */
function forgetAccount(chat: Chat, channel: Channel, account: string, identity: string): void {
  let hasChanged = channel.isKeptOperator(identity);
  channel.noteOperator(identity, false);
  if (channel.founder === identity) channel.found(undefined);
  channel.forgetSeat(identity);
  const masks = [accountSource(account), `~m:${accountSource(account)}`].map((text) => parseMask(text)!);
  for (const letter of ["b", "e", "I"] as const) {
    for (const mask of masks) {
      const text = channel.lists[letter].get(mask) && channel.removeMask(letter, mask);
      if (text === undefined) continue;
      hasChanged = true;
      channel.publish(chat.serverEvent("MODE", [channel.name, `-${letter}`, text]));
    }
  }
  if (hasChanged || channel.hasChanges) chat.channels.settingsChanged(channel);
}
