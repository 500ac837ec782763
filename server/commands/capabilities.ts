/** CAP (IRCv3 capability-negotiation): which capabilities there are, and which a client wants. */

import { channelsOf } from "../room/channel.ts";
import type { Session } from "../room/session.ts";
import { OWN_CAPABILITIES } from "../room/capabilities.ts";
import { byteLength, ERR_INVALIDCAPCMD, LIMITS } from "../../protocol.ts";
import {
  CAPABILITIES,
  type Capability,
  CAPABILITY_VALUES,
  isOwnCapability,
  type OwnCapability,
} from "../room/capabilities.ts";
import { publishedCapabilities } from "../room/encode.ts";
import { ReplyError } from "../room/reply.ts";
import { isAware } from "../room/subscribers.ts";
import { WordLines } from "../room/words.ts";
import type { Call, Command } from "./command.ts";
import { completeRegistration } from "./registration.ts";

/** What `CAP LS 302` tells of a capability beside its name. */
function capabilityValue(call: Call, name: Capability): string | undefined {
  // Who has yet to say the room's password makes no account ("Server considerations").
  if (name === "draft/account-registration" && call.chat.settings.password !== undefined) return undefined;
  return CAPABILITY_VALUES[name];
}

/** CAP's subcommands (IRCv3 capability-negotiation). */
const CAP: Record<string, (call: Call, params: string[]) => void | Promise<void>> = {
  LS(call, [version]) {
    const { registration } = call.session;
    if (registration !== undefined) registration.negotiating = true;
    call.session.capVersion = Math.max(call.session.capVersion, parseInt(version, 10) || 301);
    // Version 302 brings cap-notify with it.
    if (call.session.capVersion >= 302) call.session.caps |= CAPABILITIES["cap-notify"];
    // Values are of version 302, too ("CAP LS Version").
    const value = (name: Capability) => call.session.capVersion >= 302 ? capabilityValue(call, name) : undefined;
    const names = CAPABILITY_NAMES.filter((name) => call.chat.offers(name));
    const words = names.map((name) => value(name) === undefined ? name : `${name}=${value(name)}`);
    capReply(call, "LS", words);
  },
  LIST(call) {
    capReply(call, "LIST", CAPABILITY_NAMES.filter((name) => call.session.has(name)));
  },
  REQ(call, [list = ""]) {
    const { registration } = call.session;
    if (registration !== undefined) registration.negotiating = true;
    // Each once: an ACK repeats them, and must fit where the request did. A NAK repeats the request as it was.
    const names = [...new Set(list.split(" ").filter((name) => name !== ""))];
    let { caps } = call.session;
    const own = new Set<OwnCapability>(call.session.ownCaps);
    for (const name of names) {
      const bare = name.replace(/^-/, "");
      // All or nothing; and what version 302 implies can't be given back.
      const fixed = bare === "cap-notify" && name !== bare && call.session.capVersion >= 302;
      if (!call.chat.offers(bare) || fixed) return capReply(call, "NAK", [list]);
      if (!isOwnCapability(bare)) caps = name === bare ? caps | CAPABILITIES[bare] : caps & ~CAPABILITIES[bare];
      else if (name === bare) own.add(bare);
      else own.delete(bare);
    }
    call.session.ownCaps = own;
    changeCapabilities(call.session, caps);
    capReply(call, "ACK", names);
  },
  END(call) {
    const { registration } = call.session;
    if (registration === undefined) return;
    registration.negotiating = false;
    return completeRegistration(call);
  },
};

/** Where not all fit into a line, the others stand in the first: a second name of one, and what few clients ask for. */
const LAST_NAMES: readonly Capability[] = ["draft/metadata-2", "draft/oper-tag", ...OWN_CAPABILITIES];

const CAPABILITY_NAMES: readonly Capability[] = [
  ...(Object.keys(CAPABILITIES) as Capability[]).filter((name) => !LAST_NAMES.includes(name)).sort(),
  ...LAST_NAMES,
];

/** Answers CAP, in several lines where one is too short and the client knows of that (version 302); others are told the first. */
function capReply(call: Call, subcommand: string, words: string[]): void {
  const { chat } = call;
  const { nick } = call.person;
  const { capVersion } = call.session;
  const room = LIMITS.lineBytes - 2 - byteLength(`:${chat.name} CAP ${nick} ${subcommand} * :`);
  const lines = new WordLines(room, words).lines.slice(0, capVersion < 302 ? 1 : undefined);
  for (const line of lines.slice(0, -1)) call.reply.send(chat.serverEvent("CAP", [nick, subcommand, "*", line]));
  call.reply.send(chat.serverEvent("CAP", [nick, subcommand, lines.at(-1) ?? ""]));
}

/** Moves the session to the feeds that suit its new capabilities. */
function changeCapabilities(session: Session, caps: number): void {
  const moves = publishedCapabilities(session.caps) !== publishedCapabilities(caps);
  const wasAware = isAware(session);
  if (moves) { for (const channel of channelsOf(session.person)) channel.unfollow(session); }
  session.caps = caps;
  // A session that gives that up is subscribed to nothing ("draft/metadata-3 Capability").
  if (wasAware && !isAware(session)) session.subscriptions.clear();
  if (moves) { for (const channel of channelsOf(session.person)) channel.follow(session); }
}

/** The family's command. */
export const CAPABILITY_NEGOTIATION: Command[] = [
  {
    name: "CAP",
    usage: "CAP LS [302] | LIST | REQ :capabilities | END",
    help: "Says what your client can do.",
    minParams: 1,
    beforeRegistration: true,
    handler(call, [subcommand, ...params]) {
      const name = subcommand.toUpperCase();
      if (!Object.hasOwn(CAP, name)) throw new ReplyError(ERR_INVALIDCAPCMD, subcommand, "Invalid CAP command");
      return CAP[name](call, params);
    },
  },
];
