/**
 * Why there will be no connection, or no more: the error that `Connection.run` throws.
 *
 * @module
 */

import {
  ERR_ERRONEUSNICKNAME,
  ERR_NOPERMFORHOST,
  ERR_PASSWDMISMATCH,
  ERR_YOUREBANNEDCREEP,
  type Message,
} from "../../protocol.ts";
import { farewellText, refusalText } from "../room_bans.ts";
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

/** Whether a server says in an ERROR that the room closes (server/serve.ts): then it may be open again soon. */
export function isClosing(params: readonly string[]): boolean {
  return params.at(-1) === "Closing link: (The room is closing)";
}

/** Why a server ends the connection, as a clause. @param params Of its ERROR. @param now Milliseconds since 1970. */
export function reasonOf(params: readonly string[], now: number, sentences: Sentences): string {
  const { disconnections: { closing, says } } = sentences;
  const text = params.at(-1) ?? "";
  return isClosing(params) ? closing : farewellText(text, now, sentences) ?? says(text);
}

/** Refusals after which trying again is of no use, each with its clause; `text` is in the server's words. */
const FINAL = new Map<string, (why: Sentences["disconnections"], text: string, nick: string) => string>([
  [ERR_ERRONEUSNICKNAME, (why, text, nick) => why.nick(nick, text)],
  [ERR_NOPERMFORHOST, (why, text) => why.notAllowed(text)],
  [ERR_PASSWDMISMATCH, (why) => why.password],
  [ERR_YOUREBANNEDCREEP, (why, text) => why.banned(text)],
]);

/**
 * Says why a server lets nobody in for good.
 *
 * @param nick The nick that was asked for.
 * @param now Milliseconds since 1970.
 * @returns The numeric, a clause, and a sentence; undefined where the message is no such refusal.
 */
export function finalRefusal(
  { command, params }: Message,
  { nick, address, now, sentences }: { nick: string; address: string; now: number; sentences: Sentences },
): { numeric: string; clause: string; sentence: string } | undefined {
  const text = params.at(-1) ?? "";
  // Some servers only say it in their farewell.
  const numeric = command === "ERROR" && /pass ?word/i.test(text) ? ERR_PASSWDMISMATCH : command;
  const clause = FINAL.get(numeric)?.(sentences.disconnections, text, nick);
  if (clause === undefined) return undefined;
  const known = numeric === ERR_YOUREBANNEDCREEP ? refusalText(text, now, sentences) : undefined;
  return { numeric, clause, sentence: known ?? sentences.connection.cannotJoin(address, clause) };
}
