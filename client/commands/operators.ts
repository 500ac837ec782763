/**
 * The slash commands of those who look after the server.
 *
 * @module
 */

import { RPL_ENDOFSTATS } from "../../protocol.ts";
import { RPL_GLINE } from "../numerics.ts";
import { refused } from "../outgoing.ts";
import { periodText, readPeriod, shortPeriod } from "../period.ts";
import { answerTo, type Commands, nick, type Param, reason, time } from "./command.ts";

const who: Param = { name: "nickOrMask", kind: "nick" };

export const OPERATORS: Commands = {
  oper: {
    params: [{ name: "name", kind: "word" }],
    asks: ({ connected, sentences: { calling, operators } }, [name]) => {
      return connected ? [operators.passwordOf(name)] : calling.serverIsAway("oper");
    },
    run: async (client, [name], [password]) => {
      const refusal = await client.connection.mayTell(name);
      if (refusal !== undefined) return client.refuse(client.sentences.operators.isNone(refusal));
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
  gline: {
    params: [who, time, reason],
    run: async (client, [who, time = "", reason = client.sentences.operators.noReason]) => {
      const { moderation, operators, units } = client.sentences;
      const minutes = time === "" ? undefined : readPeriod(time);
      if (time !== "" && minutes === undefined) return client.refuse(moderation.noPeriod(time));
      if (client.state.isSelf(who)) return client.refuse(moderation.banNotYourself);
      // 0 is for ever.
      const given = minutes === undefined ? "0" : shortPeriod(minutes);
      const replies = await answerTo(client, "gline", "GLINE", who, given, reason);
      if (replies === undefined || refused(replies)) return;
      const period = minutes === undefined ? undefined : periodText(minutes, units);
      client.tell({ type: "info", text: operators.banned(who, period) });
    },
  },
  ungline: {
    params: [{ name: "mask", kind: "word" }],
    run: async (client, [mask]) => {
      const replies = await answerTo(client, "ungline", "UNGLINE", mask);
      if (replies === undefined || refused(replies)) return;
      client.tell({ type: "info", text: client.sentences.operators.unbanned(mask) });
    },
  },
  glines: {
    params: [],
    run: async (client) => {
      const replies = await client.without([RPL_ENDOFSTATS], () => answerTo(client, "glines", "GLINE"));
      if (replies === undefined || refused(replies) || replies.some(({ command }) => command === RPL_GLINE)) return;
      client.tell({ type: "info", text: client.sentences.operators.nobodyBanned });
    },
  },
};
