/**
 * Why there will be no connection, or no more: the error that `Connection.run` throws.
 *
 * @module
 */

import type { Sentences } from "../sentences.ts";

/** Why there will be no (more) connection; the message is a sentence for the person. */
export class ConnectionError extends Error {
  override name = "ConnectionError";
  /** The numeric by which the server refused, such as 464 for the password. */
  readonly numeric: string | undefined;

  constructor(message: string, numeric?: string) {
    super(message);
    this.numeric = numeric;
  }
}

/** There is no connection because the server does not know this client's device. */
export class UnknownDeviceError extends ConnectionError {
  override name = "UnknownDeviceError";
}

/**
 * Why a client does not come in as the one that the server says that it is.
 *
 * @param known Whom the server knows by the device; undefined where it knows no devices, or gives no answer.
 * @param needs `isNeeded`: whether the device must be known; `account`: whose it must be, undefined: anybody's.
 * @returns Nothing where it may come in.
 */
export function unknownDevice(
  known: { nick: string | undefined; account: string | undefined } | undefined,
  { isNeeded, account, address, sentences: { connection, devices } }: {
    isNeeded: boolean;
    account: string | undefined;
    address: string;
    sentences: Sentences;
  },
): UnknownDeviceError | undefined {
  if (isNeeded && known?.nick === undefined) return new UnknownDeviceError(connection.notKnown(address));
  const isEnded = account !== undefined && known !== undefined && known.account === undefined;
  return isEnded ? new UnknownDeviceError(devices.signedOut(account)) : undefined;
}
