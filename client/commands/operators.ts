/**
 * The slash commands of those who look after the server.
 *
 * @module
 */

import { RPL_ENDOFSTATS } from "../../protocol.ts";
import { RPL_GLINE } from "../state/numerics.ts";
import { refused } from "../connection/outgoing.ts";
import { periodText, readPeriod, shortPeriod } from "../state/period.ts";
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
      const { operators, refusals } = client.sentences;
      // A name alone may be meant for an account, for which a ban is written so.
      for (const one of /[@*?.:/~]/.test(mask) ? [mask] : [mask, `~a:${mask}`]) {
        const replies = await client.without(["FAIL"], () => answerTo(client, "ungline", "UNGLINE", one));
        if (replies === undefined) return;
        const [command, code, ...rest] = replies.find(({ command }) => command === "FAIL")?.params ?? [];
        if (code === "UNKNOWN_MASK" || code === "INVALID_MASK") continue;
        if (command !== undefined) client.refuse(refusals.standard({ command, code, text: rest.at(-1) ?? "" }));
        else if (!refused(replies)) client.tell({ type: "info", text: operators.unbanned(one) });
        return;
      }
      client.refuse(operators.notBanned(mask));
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
