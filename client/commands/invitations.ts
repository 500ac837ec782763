/**
 * `/invite-link`: an address by which others come in. It is the one by which this person came, where others can open it; else
 * one of those that the server tells (DOORS).
 *
 * @module
 */

import { isRefused } from "../connection/refusals.ts";
import type { Actions } from "./actions.ts";
import { answerTo, type Command } from "./command.ts";

/** Names of one's own machine, which lead others to theirs. */
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** The host of an address `HOST:PORT`, where others reach the same machine by it. */
function hostForOthers(address: string): string | undefined {
  const host = address.replace(/:\d+$/, "");
  return LOOPBACK.test(host) ? undefined : host;
}

/** An address, in ASCII. One of the page opens a channel; one of the chat, where there is no page, none. */
function toChannel(address: string, channel: string | undefined): string {
  const url = URL.parse(address);
  if (channel === undefined || url === null || !/^https?:$/.test(url.protocol)) return encodeURI(address);
  url.hash = encodeURIComponent(channel.replace(/^#/, ""));
  return url.href;
}

/**
 * The address to give away.
 *
 * @returns Undefined where only people on the server's own machine come in; "refused" where the person was told why not.
 */
async function invitation(client: Actions): Promise<string | undefined> {
  const own = hostForOthers(client.address);
  if (client.page !== undefined && own !== undefined) return client.page;
  const replies = await client.withoutShowing(["NOTE", "FAIL", "421"], () => answerTo(client, "invite-link", "DOORS"));
  if (replies === undefined) return "refused";
  const doors = replies.filter(({ command, params }) => command === "NOTE" && params[0] === "DOORS")
    .map(({ params }) => params[2] ?? "").filter((door) => /^(?:https?|ircs?):\/\/[\x21-\x7e]{1,300}$/.test(door));
  if (doors.length > 0 && own !== undefined && !doors[0].startsWith("https:")) {
    // The name by which this person has found the server is better than one of its addresses.
    const url = URL.parse(doors[0]);
    if (url !== null && /^http/.test(url.protocol)) {
      url.hostname = own;
      return url.href;
    }
  }
  if (doors.length > 0) return doors[0];
  const isUnknown = isRefused(replies) && own !== undefined;
  return isUnknown ? `${client.isEncrypted ? "ircs" : "irc"}://${client.address}` : undefined;
}

export const INVITATIONS: readonly Command[] = [
  {
    name: "invite-link",
    params: [],
    run: async (client) => {
      const address = await invitation(client);
      if (address === "refused") return;
      client.tell({ type: "invitation", address: address && toChannel(address, client.channel) });
    },
  },
];
