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
    asks: ({ connected, sentences: { calling, operators } }, [name]) => {
      return connected ? [operators.passwordOf(name)] : calling.serverIsAway("oper");
    },
    run: async (client, [name], [password]) => {
      if (await client.ask("OPER", name, password) === undefined) {
        client.refuse(client.sentences.calling.noAnswer);
      }
    },
  },
  kill: {
    params: [nick, reason],
    run: async (client, [nick, reason = client.sentences.operators.noReason]) => {
      if (refused(await client.request("KILL", nick, reason))) return;
      client.tell({ type: "info", text: client.sentences.operators.killed(nick) });
    },
  },
};
