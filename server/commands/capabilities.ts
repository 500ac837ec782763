/** CAP (IRCv3 capability-negotiation): tells a client which capabilities there are, and takes those that it wants. */

import { ERR_INVALIDCAPCMD } from "../../protocol.ts";
import {
  CAPABILITIES,
  type Capability,
  CAPABILITY_VALUES,
  isOwnCapability,
  OWN_CAPABILITIES,
  type OwnCapability,
} from "../room/capabilities.ts";
import { channelsOf } from "../room/channel.ts";
import { publishedCapabilities } from "../room/encode.ts";
import { BOUNDS } from "../room/isupport.ts";
import { ReplyError } from "../room/reply.ts";
import type { Session } from "../room/session.ts";
import { isAware } from "../room/metadata.ts";
import { offeredTls, strictTransport } from "../room/strict_transport.ts";
import { bytesLeft, WordLines } from "../room/texts.ts";
import type { Call, Command } from "./command.ts";
import { words } from "./params.ts";
import { completeRegistration } from "./registration.ts";

/** The value that `CAP LS 302` tells of a capability, if it has one. */
function capabilityValue(call: Call, name: Capability): string | undefined {
  // Where the room has a password, accounts are made after it has been said ("Server considerations").
  if (name === "draft/account-registration" && call.chat.settings.password !== undefined) return undefined;
  if (name === "draft/message-edit") {
    const { editFor } = call.chat;
    return `max-edits=${BOUNDS.edits}` + (editFor === Infinity ? "" : `,max-age=${Math.floor(editFor / 1000)}`);
  }
  return CAPABILITY_VALUES[name];
}

/** CAP's subcommands. */
const SUBCOMMANDS: Record<string, (call: Call, params: string[]) => void | Promise<void>> = {
  LS(call, [version]) {
    const { registration } = call.session;
    if (registration !== undefined) registration.negotiating = true;
    call.session.capVersion = Math.max(call.session.capVersion, parseInt(version, 10) || 301);
    // Version 302 brings cap-notify with it.
    if (call.session.capVersion >= 302) call.session.caps |= CAPABILITIES["cap-notify"];
    // Values came with version 302, too ("CAP LS Version").
    const value = (name: Capability) => call.session.capVersion >= 302 ? capabilityValue(call, name) : undefined;
    const names = CAPABILITY_NAMES.filter((name) => call.chat.offers(name));
    const shown = names.map((name) => value(name) === undefined ? name : `${name}=${value(name)}`);
    // It is told and can't be asked for. Who knows no values learns nothing by it (IRCv3 sts).
    const sts = call.session.capVersion >= 302 ? strictTransport(call.session, call.chat.trustedPort()) : undefined;
    const own = call.session.capVersion >= 302 ? offeredTls(call.session, call.chat.doors()?.secureChat) : [];
    capReply(call, "LS", [...sts === undefined ? [] : [`sts=${sts}`], ...own, ...shown]);
  },
  LIST(call) {
    capReply(call, "LIST", CAPABILITY_NAMES.filter((name) => call.session.has(name)));
  },
  REQ(call, [list = ""]) {
    const { registration } = call.session;
    if (registration !== undefined) registration.negotiating = true;
    // Each name once: an ACK repeats the names, and must fit in a line as the request did. A NAK repeats the request as it was.
    const names = [...new Set(words(list))];
    let { caps } = call.session;
    const own = new Set<OwnCapability>(call.session.ownCaps);
    for (const name of names) {
      const bare = name.replace(/^-/, "");
      // All or nothing. What version 302 implies can't be given back.
      const isFixed = bare === "cap-notify" && name !== bare && call.session.capVersion >= 302;
      if (!call.chat.offers(bare) || isFixed) return capReply(call, "NAK", [list]);
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

/** The names that stand last, so that old clients, which are told one line, miss them: a second name of one, and what few ask for. */
const LAST_NAMES: readonly Capability[] = ["draft/metadata-2", "draft/oper-tag", ...OWN_CAPABILITIES];

/** All names, in the order in which clients are told them. */
const CAPABILITY_NAMES: readonly Capability[] = [
  ...(Object.keys(CAPABILITIES) as Capability[]).filter((name) => !LAST_NAMES.includes(name)).sort(),
  ...LAST_NAMES,
];

/** Answers CAP in as many lines as the names need. Clients that know nothing of several lines (version 302) are told the first. */
function capReply({ chat, session, person: { nick }, reply }: Call, subcommand: string, names: string[]): void {
  const bytes = bytesLeft(`:${chat.name} CAP ${nick} ${subcommand} * :`);
  const lines = new WordLines(bytes, names).lines.slice(0, session.capVersion < 302 ? 1 : undefined);
  for (const line of lines.slice(0, -1)) reply.send(chat.serverEvent("CAP", [nick, subcommand, "*", line]));
  reply.send(chat.serverEvent("CAP", [nick, subcommand, lines.at(-1) ?? ""]));
}

/** Gives a session other capabilities, and moves it to the feeds that suit these. */
function changeCapabilities(session: Session, caps: number): void {
  const isMoved = publishedCapabilities(session.caps) !== publishedCapabilities(caps);
  const wasAware = isAware(session);
  const followed = isMoved ? [...channelsOf(session.person)].filter((channel) => channel.isFollowedBy(session)) : [];
  for (const channel of followed) channel.unfollow(session);
  session.caps = caps;
  // A session that gives that up is subscribed to nothing ("draft/metadata-3 Capability").
  if (wasAware && !isAware(session)) session.subscriptions.clear();
  for (const channel of followed) channel.follow(session);
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
      if (!Object.hasOwn(SUBCOMMANDS, name)) throw new ReplyError(ERR_INVALIDCAPCMD, subcommand, "Invalid CAP command");
      return SUBCOMMANDS[name](call, params);
    },
  },
];
