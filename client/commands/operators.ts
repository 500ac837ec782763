/**
 * The slash commands of those who look after the server.
 *
 * @module
 */

import { refused } from "../outgoing.ts";
import { type Commands, nick, reason } from "./command.ts";

export const OPERATORS: Commands = {
  oper: {
    params: [{ name: "name", kind: "word" }],
    description: "become an operator of the server; the password is asked for",
    asks: ({ connected }, [name]) => {
      return connected ? [`Password of the operator ${name}:`] : "The server is away: /oper once it is back.";
    },
    run: async (client, [name], [password]) => {
      if (await client.ask("OPER", name, password) === undefined) {
        client.refuse("The connection was lost before there was an answer.");
      }
    },
  },
  kill: {
    params: [nick, reason],
    description: "end somebody's connection to the server (its operators)",
    run: async (client, [nick, reason = "no reason given"]) => {
      if (refused(await client.request("KILL", nick, reason))) return;
      client.tell({ type: "info", text: `The connection of ${nick} is ended.` });
    },
  },
};
