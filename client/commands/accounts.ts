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
    description: "log in to your account; the password is asked for",
    asks: (client, [account = client.connection.ownNick]) => {
      if (!client.connected) return "The server is away: /login once it is back.";
      if (!client.can("sasl")) return "This server has no accounts.";
      return [`Password of the account ${account}:`];
    },
    run: async (client, [account = client.connection.ownNick], [password]) => {
      const refusal = await client.connection.login({ account, password });
      if (refusal !== undefined) return client.refuse(`You are not logged in as ${account}: ${refusal}.`);
      client.tell({ type: "info", text: `You are logged in as ${client.state.account ?? account}.` });
    },
  },
  register: {
    params: [optional(account), optional({ name: "e-mail", kind: "word" })],
    description: "make an account, so that your nick stays yours; the password is asked for",
    asks: (client, [account = client.state.nick, email]) => {
      if (!client.connected) return "The server is away: /register once it is back.";
      const rules = client.connection.offer(REGISTRATION)?.split(",");
      if (rules === undefined) return "This server makes no accounts.";
      if (client.state.account !== undefined) return `You are logged in as ${client.state.account}.`;
      if (isOther(client, account) && !rules.includes("custom-account-name")) {
        return `An account has the name of your nick here: /nick ${account} first.`;
      }
      if (email === undefined && rules.includes("email-required")) {
        return `This server asks for an e-mail address, too: /register ${account} ADDRESS`;
      }
      return [`A password for the account ${account}:`, "The same once more:"];
    },
    run: async (client, [account = client.state.nick, email = "*"], [password, again]) => {
      if (password !== again) return client.refuse("The two were not the same: no account was made.");
      const name = isOther(client, account) ? account : "*";
      const replies = await client.ask("REGISTER", name, email, password);
      if (replies === undefined) {
        return client.refuse(
          `The connection was lost before there was an answer: /login ${account} tells whether it worked.`,
        );
      }
      const [status, made = account, text = ""] = replies.find(({ command }) => command === "REGISTER")?.params ?? [];
      if (status === "SUCCESS") {
        client.connection.keepLogin({ account: made, password });
        client.tell({
          type: "info",
          text: `The account ${made} is yours, and you are logged in. Elsewhere: /login ${made}`,
        });
      } else if (status === "VERIFICATION_REQUIRED") {
        client.tell({ type: "info", text: `${text} (/raw VERIFY ${made} CODE, then /login ${made})` });
      } else if (!refused(replies)) client.refuse("The server did not say whether the account was made.");
    },
  },
};

function isOther(client: Client, account: string): boolean {
  return casefold(account) !== casefold(client.state.nick);
}
