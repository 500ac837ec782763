/**
 * Lets a person log in who has asked for the nick of an account, and come in under another one.
 *
 * @module
 */

import type { Client } from "../client/client.ts";
import { sanitize } from "../client/sanitize.ts";
import { ask } from "./ask.ts";
import { settings } from "./settings.ts";

/** The accounts of which this page has told: each lost connection would tell of them again. */
const told = new Set<string>();

/** Says in a dialog what has become of the nick, and logs in if the person wants to. @param text What is said. */
export async function offerLogin(client: Client, text: string, account: string): Promise<void> {
  if (told.has(account)) return;
  told.add(account);
  if (await ask(sanitize(text), settings.words.logIn) === "yes") await client.input(`/login ${account}`);
}
