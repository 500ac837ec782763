/// <reference lib="dom" />
/**
 * How a person leaves by hand: whoever is logged in to an account chooses whether this browser stays logged in to it; and logging
 * out, after which the browser keeps nothing of them.
 *
 * @module
 */

import { logOut } from "../client/commands/devices.ts";
import { sanitize } from "../client/sanitize.ts";
import { ask } from "./ask.ts";
import { settings } from "./settings.ts";
import type { Stay } from "./stay.ts";

/** Leaves, once a person with an account has chosen how. A guest is not asked: what they are known by is no account's. */
export async function leaveByHand(stay: Stay): Promise<void> {
  const { account, nick } = stay.client.state;
  if (account === undefined) return await stay.leave();
  const { words } = settings;
  const answer = await ask(
    words.leaveOrLogOut(sanitize(nick), sanitize(account), settings.get("stays")),
    words.logOutAndLeave,
    {
      other: words.leave,
    },
  );
  if (answer === "yes") await logOutAndLeave(stay);
  else if (answer === "other") await stay.leave();
}

/**
 * Logs this device out at the server, leaves, and forgets whoever was here. Where the server does not log it out, the person stays,
 * and is told why.
 */
export async function logOutAndLeave(stay: Stay): Promise<void> {
  if (await logOut(stay.client.actions) === undefined) return;
  const left = stay.leave();
  settings.forgetPerson();
  await left;
}
