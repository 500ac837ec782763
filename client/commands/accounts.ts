/**
 * The slash commands about accounts, which nobody needs: to make one, and to log in to it.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Client } from "../client.ts";
import { refused } from "../outgoing.ts";
import { type Commands, optional, type Param } from "./command.ts";

const account: Param = { name: "account", kind: "nick" };

const REGISTRATION = "draft/account-registration";

export const ACCOUNTS: Commands = {
  login: {
    params: [optional(account)],
    asks: (client, [account = client.connection.ownNick]) => {
      const { accounts, calling } = client.sentences;
      if (!client.connected) return calling.serverIsAway("login");
      if (!client.can("sasl")) return accounts.none;
      return [accounts.passwordOf(account)];
    },
    run: async (client, [account = client.connection.ownNick], [password]) => {
      const refusal = await client.connection.login({ account, password });
      if (refusal !== undefined) return client.refuse(client.sentences.accounts.notLoggedIn(account, refusal));
      client.tell({ type: "info", text: client.sentences.accounts.loggedIn(client.state.account ?? account) });
    },
  },
  register: {
    params: [optional(account), optional({ name: "email", kind: "word" })],
    asks: (client, [account = client.state.nick, email]) => {
      const { accounts, calling } = client.sentences;
      if (!client.connected) return calling.serverIsAway("register");
      const rules = client.connection.offer(REGISTRATION)?.split(",");
      if (rules === undefined) return accounts.makesNone;
      const { state: { account: name }, connection: { isLoggedIn } } = client;
      if (name !== undefined) return isLoggedIn ? accounts.loggedIn(name) : accounts.saidToBe(name);
      if (isOther(client, account) && !rules.includes("custom-account-name")) {
        return accounts.nameOfNick(account);
      }
      if (email === undefined && rules.includes("email-required")) return accounts.needsEmail(account);
      return [accounts.passwordFor(account), accounts.onceMore];
    },
    run: async (client, [account = client.state.nick, email = "*"], [password, again]) => {
      if (password !== again) return client.refuse(client.sentences.accounts.notTheSame);
      const name = isOther(client, account) ? account : "*";
      const replies = await client.ask("REGISTER", name, email, password);
      const { accounts } = client.sentences;
      if (replies === undefined) return client.refuse(accounts.lostMeanwhile(account));
      const [status, made = account, text = ""] = replies.find(({ command }) => command === "REGISTER")?.params ?? [];
      if (status === "SUCCESS") {
        client.connection.keepLogin({ account: made, password });
        client.tell({ type: "info", text: accounts.made(made) });
      } else if (status === "VERIFICATION_REQUIRED") {
        client.tell({ type: "info", text: accounts.needsCode(made, text) });
      } else if (!refused(replies)) client.refuse(accounts.unknownWhetherMade);
    },
  },
};

function isOther(client: Client, account: string): boolean {
  return casefold(account) !== casefold(client.state.nick);
}
