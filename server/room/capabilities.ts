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
  // The same by the name under which it was published.
  "draft/metadata-2": 1 << 27,
  "draft/oper-tag": 1 << 28,
} as const;

/** Capabilities that change nothing of what a client is told of others: what it may ask for, and is told of itself. */
export const OWN_CAPABILITIES = [
  "draft/extended-isupport",
  "draft/pre-away",
  "draft/relaymsg",
  "draft/whoami",
  "znc.in/playback",
] as const;

/** What a nick that is relayed holds and no other does (IRCv3 relaymsg). */
export const RELAY_SEPARATOR = "/";

/** Bounds of a message of several lines (IRCv3 multiline): of its text with the line feeds in it, and of its lines. */
export const MULTILINE = { bytes: 4096, lines: 32 } as const;

/** The longest key of metadata, in bytes. */
const KEY_BYTES = 50;

/** What stands before a value of metadata at the most: the server's name, a channel's in characters of 4 bytes, a key. */
const BEFORE_VALUE = ":".length + BOUNDS.serverName + " 761 * #".length + 4 * (LIMITS.channel - 1) + " ".length +
  KEY_BYTES + " * :".length;

/**
 * Bounds of metadata (IRCv3 metadata): keys of one person or channel, subscriptions of one session, and bytes: 187 of a
 * value, so that one line holds it whatever the names are, now or later.
 */
export const METADATA = {
  keys: 20,
  subscriptions: 50,
  keyBytes: KEY_BYTES,
  valueBytes: LIMITS.lineBytes - 2 - BEFORE_VALUE,
} as const;

const METADATA_VALUE = `before-connect,max-subs=${METADATA.subscriptions},max-keys=${METADATA.keys},` +
  `max-key-bytes=${METADATA.keyBytes},max-value-bytes=${METADATA.valueBytes}`;

/** What `CAP LS 302` tells of a capability beside its name. */
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
export const HISTORY_CAPABILITIES = CAPABILITIES["draft/chathistory"] | CAPABILITIES["draft/event-playback"] |
  CAPABILITIES["draft/message-redaction"] | CAPABILITIES["soju.im/search"];

/** The capabilities that need accounts. */
export const ACCOUNT_CAPABILITIES = CAPABILITIES.sasl | CAPABILITIES["draft/account-registration"];

/** Whether a text is the name of a capability that is offered. */
export function isCapability(name: string): name is Capability {
  return Object.hasOwn(CAPABILITIES, name) || isOwnCapability(name);
}

export function isOwnCapability(name: string): name is OwnCapability {
  return (OWN_CAPABILITIES as readonly string[]).includes(name);
}
