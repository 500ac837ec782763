/**
 * The IRCv3 capabilities that the server offers, and the bounds that they tell.
 *
 * @module
 */

import { LIMITS } from "../../protocol.ts";
import { BOUNDS } from "./isupport.ts";

/** The capabilities by name, one bit each. */
export const CAPABILITIES = {
  "account-tag": 1 << 0,
  "away-notify": 1 << 1,
  "batch": 1 << 2,
  "cap-notify": 1 << 3,
  "echo-message": 1 << 4,
  "extended-join": 1 << 5,
  "invite-notify": 1 << 6,
  "labeled-response": 1 << 7,
  "message-tags": 1 << 8,
  "multi-prefix": 1 << 9,
  "server-time": 1 << 10,
  "setname": 1 << 11,
  "userhost-in-names": 1 << 12,
  "draft/chathistory": 1 << 13,
  "draft/event-playback": 1 << 14,
  "draft/message-redaction": 1 << 15,
  "soju.im/search": 1 << 16,
  "account-notify": 1 << 17,
  "chghost": 1 << 18,
  "extended-monitor": 1 << 19,
  "no-implicit-names": 1 << 20,
  "standard-replies": 1 << 21,
  "draft/multiline": 1 << 22,
  "sasl": 1 << 23,
  "draft/account-registration": 1 << 24,
  "draft/read-marker": 1 << 25,
  "draft/channel-rename": 1 << 26,
  "draft/metadata-3": 1 << 27,
  // The same capability, by the name under which it was published.
  "draft/metadata-2": 1 << 27,
  "draft/oper-tag": 1 << 28,
  "draft/message-edit": 1 << 29,
  "teahouse.chat/identity": 1 << 30,
} as const;

/** Capabilities that change nothing in what a client is told of others: they are about what it may ask for, and about itself. */
export const OWN_CAPABILITIES = [
  "draft/authtoken",
  "draft/extended-isupport",
  "draft/pre-away",
  "draft/relaymsg",
  "draft/whoami",
  "teahouse.chat/call",
  "teahouse.chat/device",
  "znc.in/playback",
] as const;

/** A relayed nick holds this sign, and no other nick does (IRCv3 relaymsg). */
export const RELAY_SEPARATOR = "/";

/** Bounds of a message of several lines (IRCv3 multiline): the bytes of its text with the line feeds, and its lines. */
export const MULTILINE = { bytes: 4096, lines: 32 } as const;

/** The longest key of metadata, in bytes. */
const KEY_BYTES = 50;

/** The most bytes before a value of metadata: the server's name, a channel's name in characters of 4 bytes, a key. */
const BEFORE_VALUE = ":".length + BOUNDS.serverName + " 761 * #".length + 4 * (LIMITS.channel - 1) + " ".length +
  KEY_BYTES + " * :".length;

/**
 * Bounds of metadata (IRCv3 metadata): the keys of one person or channel, the subscriptions of one session, and the bytes of a
 * key and a value. A value has 187, so that one line holds it whatever the names are, now or later.
 */
export const METADATA = {
  keys: 20,
  subscriptions: 50,
  keyBytes: KEY_BYTES,
  valueBytes: LIMITS.lineBytes - 2 - BEFORE_VALUE,
} as const;

const METADATA_VALUE = `before-connect,max-subs=${METADATA.subscriptions},max-keys=${METADATA.keys},` +
  `max-key-bytes=${METADATA.keyBytes},max-value-bytes=${METADATA.valueBytes}`;

/** The values that `CAP LS 302` tells beside the names. */
export const CAPABILITY_VALUES: { [name in Capability]?: string } = {
  "sasl": "SCRAM-SHA-256,PLAIN",
  "draft/account-registration": "before-connect",
  "draft/multiline": `max-bytes=${MULTILINE.bytes},max-lines=${MULTILINE.lines}`,
  "draft/metadata-3": METADATA_VALUE,
  "draft/metadata-2": METADATA_VALUE,
  "draft/relaymsg": RELAY_SEPARATOR,
};

/** A capability's name. */
export type Capability = keyof typeof CAPABILITIES | OwnCapability;
export type OwnCapability = (typeof OWN_CAPABILITIES)[number];

/** The capabilities that need kept messages. */
const HISTORY_CAPABILITIES = CAPABILITIES["draft/chathistory"] | CAPABILITIES["draft/event-playback"] |
  CAPABILITIES["draft/message-redaction"] | CAPABILITIES["draft/message-edit"] | CAPABILITIES["soju.im/search"];

/** The capabilities that need accounts. */
const ACCOUNT_CAPABILITIES = CAPABILITIES.sasl | CAPABILITIES["draft/account-registration"];

/** Whether a text is the name of a capability that a room has which keeps these, or does not. */
export function isOffered(
  name: string,
  { history, accounts, markers, files, calls }: Record<
    "history" | "accounts" | "markers" | "files" | "calls",
    object | undefined
  >,
): name is Capability {
  if (name === "draft/authtoken") return files !== undefined;
  if (name === "teahouse.chat/call") return calls !== undefined;
  if (name === "teahouse.chat/device") return accounts !== undefined;
  if (isOwnCapability(name)) return name !== "znc.in/playback" || history !== undefined;
  if (!Object.hasOwn(CAPABILITIES, name)) return false;
  const absent = (history === undefined ? HISTORY_CAPABILITIES : 0) |
    (accounts === undefined ? ACCOUNT_CAPABILITIES : 0) |
    (markers === undefined ? CAPABILITIES["draft/read-marker"] : 0);
  return (CAPABILITIES[name as keyof typeof CAPABILITIES] & absent) === 0;
}

export function isOwnCapability(name: string): name is OwnCapability {
  return (OWN_CAPABILITIES as readonly string[]).includes(name);
}
