/**
 * Lets a person log in who has asked for the nick of an account, and has come in under another one, or is to give it back.
 *
 * @module
 */

import type { Client } from "../client/client.ts";
import { sanitize } from "../client/sanitize.ts";
import { noticeInChinese, ownedNickIn } from "../client/server_notices.ts";
import type { ClientEvent } from "../client/state/events.ts";
import { ask } from "./ask.ts";
import { settings } from "./settings.ts";

/**
 * The accounts of which this page has told, since each lost connection would tell of them again; and those to which the person
 * was logged in, since whoever logs out knows.
 */
const told = new Set<string>();

/** Whether it is being told: one dialog stands at a time, whatever a server says meanwhile. */
let isAsking = false;

/** Says in a dialog what has become of the nick, where an event tells that, and logs in if the person wants to. */
export async function offerLogin(client: Client, event: ClientEvent): Promise<void> {
  const { account: own } = client.state;
  if (own !== undefined) told.add(own);
  if (event.type !== "info" && (event.type !== "notice" || !event.isServer)) return;
  const account = event.type === "info" ? event.ownedBy : ownedNickIn(event.text);
  if (account === undefined || told.has(account) || isAsking) return;
  told.add(account);
  const known = settings.get("language") === "zh" ? noticeInChinese(event.text) : undefined;
  const text = known ?? event.text;
  isAsking = true;
  const answer = await ask(sanitize(text), settings.words.logIn).finally(() => isAsking = false);
  if (answer === "yes") await client.input(`/login ${account}`);
}
