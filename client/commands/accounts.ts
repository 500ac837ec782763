/**
 * The slash commands about accounts: to register one, to log in to it, to change its password and to remove it.
 *
 * @module
 */

import { type Message, RPL_LOGGEDOUT } from "../../protocol.ts";
import type { Actions } from "./actions.ts";
import { isRefused } from "../connection/refusals.ts";
import { answerTo, askAll, type Command, optional, type Param, TRIES } from "./command.ts";

const account: Param = { name: "account", kind: "nick" };

const REGISTRATION = "draft/account-registration";

export const ACCOUNTS: readonly Command[] = [
  {
    name: "login",
    params: [optional(account)],
    asks: (client, [account = client.connection.nick.own]) => {
      const { accounts, calling } = client.sentences;
      if (!client.isConnected) return calling.serverIsAway("login");
      if (!client.can("sasl")) return accounts.none;
      return [accounts.passwordOf(account)];
    },
    run: async (client, [account = client.connection.nick.own], [password]) => {
      const refusal = await logIn(client, account, password, client.sentences.accounts.passwordOf(account));
      if (refusal !== undefined) return client.refuse(client.sentences.accounts.notLoggedIn(account, refusal));
      client.tell({ type: "info", text: client.sentences.accounts.loggedIn(client.state.account ?? account) });
    },
  },
  {
    name: "register",
    params: [optional(account), optional({ name: "email", kind: "word" })],
    asks: (client, [account = client.state.nick, email]) => {
      const { accounts, calling } = client.sentences;
      if (!client.isConnected) return calling.serverIsAway("register");
      const rules = client.connection.offer(REGISTRATION)?.split(",");
      if (rules === undefined) return accounts.makesNone;
      const { state: { account: name }, connection: { login } } = client;
      if (name !== undefined) return login.isLoggedIn ? accounts.loggedIn(name) : accounts.saidToBe(name);
      if (!client.state.isSelf(account) && !rules.includes("custom-account-name")) {
        return accounts.nameOfNick(account);
      }
      if (email === undefined && rules.includes("email-required")) return accounts.needsEmail(account);
      return [accounts.passwordFor(account), accounts.onceMore];
    },
    run: async (client, [account = client.state.nick, email = "*"], [password, again]) => {
      if (password !== again) return client.refuse(client.sentences.accounts.notTheSame);
      const { accounts } = client.sentences;
      const refusal = await client.connection.login.mayTell(account);
      if (refusal !== undefined) return client.refuse(accounts.notMade(account, refusal));
      const name = !client.state.isSelf(account) ? account : "*";
      const replies = await client.ask("REGISTER", name, email, password);
      if (replies === undefined) return client.refuse(accounts.lostMeanwhile(account));
      // The account is the one that was asked for, whatever name a server answers with.
      const [status, , text = ""] = replies.find(({ command }) => command === "REGISTER")?.params ?? [];
      if (status === "SUCCESS") {
        client.connection.login.keep({ account, password });
        client.tell({ type: "info", text: accounts.made(account) });
      } else if (status === "VERIFICATION_REQUIRED") {
        client.tell({ type: "info", text: accounts.needsCode(account, text) });
      } else if (!isRefused(replies)) client.refuse(accounts.unknownWhetherMade);
    },
  },
  {
    name: "password",
    params: [],
    asks: (client) => askOwnPassword(client, "password", client.sentences.accounts.oldPasswordOf),
    run: async (client, _, [old]) => {
      const { accounts, calling } = client.sentences;
      const { account } = client.state;
      if (account === undefined) return client.refuse(accounts.loginFirst("password"));
      // Logging in checks the old password; only the new one is sent as it is.
      const refusal = await logIn(client, account, old, accounts.oldPasswordOf(account)) ??
        await client.connection.login.mayTell(account);
      if (refusal !== undefined) return client.refuse(accounts.notChanged(account, refusal));
      const answers = await askAll(client, [accounts.newPasswordOf(account), accounts.onceMore]);
      if (answers === undefined) return client.tell({ type: "info", text: calling.noPassword("password") });
      const [password, again] = answers;
      if (password !== again) return client.refuse(accounts.notTheSameAgain);
      const replies = await answerTo(client, "password", "PASSWD", password);
      if (replies === undefined) return;
      if (hasSucceeded(replies, "PASSWD")) {
        client.connection.login.keep({ account, password });
        client.tell({ type: "info", text: accounts.changed(account) });
      } else if (!isRefused(replies)) client.refuse(accounts.unknownWhetherChanged(account));
    },
  },
  {
    name: "drop",
    params: [optional(account)],
    asks: (client, [name]) => {
      return isOwn(client, name) ? askOwnPassword(client, "drop", client.sentences.accounts.dropWarning) : [];
    },
    run: async (client, [name], [password]) => {
      const { accounts } = client.sentences;
      const account = isOwn(client, name) ? client.state.account : name;
      if (account === undefined) return client.refuse(accounts.loginFirst("drop"));
      if (isOwn(client, name)) {
        const refusal = password === undefined
          ? accounts.loginFirst("drop")
          : await logIn(client, account, password, accounts.dropWarning(account));
        if (refusal !== undefined) return client.refuse(accounts.notDropped(account, refusal));
      } else if (await client.confirm?.(accounts.mayDrop(account), "remove") === false) {
        return client.refuse(accounts.notDropped(account, accounts.notAgreed));
      }
      const replies = await client.withoutShowing([RPL_LOGGEDOUT], () => answerTo(client, "drop", "DROP", account));
      if (replies === undefined) return;
      if (hasSucceeded(replies, "DROP")) {
        if (isOwn(client, account)) {
          client.connection.login.keep(undefined);
          client.state.account = undefined;
        }
        client.tell({ type: "info", text: accounts.dropped(account) });
      } else if (!isRefused(replies)) client.refuse(accounts.unknownWhetherDropped(account));
    },
  },
];

/**
 * Logs in, which proves a password; one that is wrong is asked for again.
 *
 * @returns Nothing once it is done; a clause that says why not.
 */
async function logIn(
  client: Actions,
  account: string,
  password: string,
  question: string,
): Promise<string | undefined> {
  const { accounts, loginRefusals } = client.sentences;
  for (let tries = 1, given: string | undefined = password;; tries++) {
    const refusal = await client.connection.login.logIn({ account, password: given });
    if (refusal !== loginRefusals.wrong || tries === TRIES) return refusal;
    given = await client.askSecret?.(accounts.wrongSo(question));
    if (!given) return refusal;
  }
}

/** Whether an account is the one that this person is logged in to. Where none is named, that one is meant. */
function isOwn({ state }: Actions, name: string | undefined): boolean {
  return name === undefined || state.isOwnAccount(name);
}

/** The question for the password of the person's own account, or a sentence that says why asking is of no use. */
function askOwnPassword(
  client: Actions,
  name: "password" | "drop",
  question: (account: string) => string,
): string[] | string {
  const { state: { account }, sentences: { accounts, calling } } = client;
  if (!client.isConnected) return calling.serverIsAway(name);
  if (!client.can("sasl")) return accounts.none;
  return account === undefined ? accounts.loginFirst(name) : [question(account)];
}

/** Whether the server says that a command has succeeded. */
function hasSucceeded(replies: readonly Message[], name: string): boolean {
  return replies.some(({ command, params }) => command === name && params[0] === "SUCCESS");
}
