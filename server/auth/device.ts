/**
 * A device as the room knows it while its connections are here, and what is kept of it.
 *
 * @module
 */

import type { DeviceRecord } from "../store/devices.ts";

/** The longest name of a device, in characters. */
export const DEVICE_NAME = 60;

/** A connection that came by a device, as far as the device needs it. */
export interface DeviceSession {
  /** Whose connection it is. */
  readonly person: object;
  /** The device; set by `Devices` alone. */
  device: Device | undefined;
  close(reason: string): void;
}

/** A device, which is the same object for all its connections. */
export interface Device extends DeviceRecord {
  /** The connections by which it is here. */
  readonly sessions: Set<DeviceSession>;
  /** Whether it is in the database, or about to be. */
  isKept: boolean;
  /** Whether it was ended: its secret opens nothing any more. */
  isEnded: boolean;
}

/** A device that was just made, and its secret, which is told once. */
export interface NewDevice {
  device: Device;
  secret: string;
}

/** A device that takes the place of another one, with another secret. */
export interface Successor extends NewDevice {
  before: Device;
}

/** A device's name as it is kept: without what draws nothing, and of a bounded length. */
export function cleanDeviceName(name: string): string {
  const clean = name.replaceAll(/\s+/g, " ").replaceAll(/\p{C}/gu, "").trim();
  return [...clean].slice(0, DEVICE_NAME).join("").trim();
}

/**
 * A device that was made now, of which nothing is kept and which no connection has.
 *
 * @param id Names it without telling its secret.
 * @param hash Of its secret.
 * @param now Milliseconds since 1970.
 */
export function newDevice(
  id: string,
  hash: string,
  whose: Pick<Device, "identity" | "isGuest" | "isApp">,
  where: Pick<Device, "name" | "address">,
  now: number,
): Device {
  return {
    id,
    ...whose,
    ...where,
    hash,
    created: now,
    used: now,
    nick: "*",
    away: undefined,
    channels: [],
    leftAt: 0,
    sessions: new Set(),
    isKept: false,
    isEnded: false,
  };
}

/** What is kept of a device. */
export function recordOf({ sessions: _sessions, isKept: _isKept, isEnded: _isEnded, ...record }: Device): DeviceRecord {
  return record;
}
