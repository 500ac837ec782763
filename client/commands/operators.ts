/**
 * The slash commands of the operators of a server.
 *
 * @module
 */

import { RPL_ENDOFSTATS, RPL_STATSGLINE } from "../../protocol.ts";
import { isRefused } from "../connection/refusals.ts";
import { periodText, readPeriod, shortPeriod } from "../state/period.ts";
import type { Actions } from "./actions.ts";
import { answerTo, type Command, nick, nickOrMask, reason, time } from "./command.ts";

/** Runs a task that changes bans from the room. The server tells all operators of them, this person as well, whom the command tells. */
async function changingBans<T>({ state }: Actions, task: () => Promise<T>): Promise<T> {
  state.changesRoomBans = true;
  try {
    return await task();
  } finally {
    state.changesRoomBans = false;
  }
}

export const OPERATORS: readonly Command[] = [
  {
    name: "oper",
    params: [{ name: "name", kind: "word" }],
    asks: ({ isConnected, sentences: { calling, operators } }, [name]) => {
      return isConnected ? [operators.passwordOf(name)] : calling.serverIsAway("oper");
    },
    run: async (client, [name], [password]) => {
      const refusal = await client.connection.login.mayTell(name);
      if (refusal !== undefined) return client.refuse(client.sentences.operators.isNone(refusal));
      if (await client.ask("OPER", name, password) === undefined) {
        client.refuse(client.sentences.calling.noAnswer);
      }
    },
  },
  {
    name: "kill",
    params: [nick, reason],
    run: async (client, [nick, reason = client.sentences.operators.noReason]) => {
      if (isRefused(await client.request("KILL", nick, reason))) return;
      client.tell({ type: "info", text: client.sentences.operators.killed(nick) });
    },
  },
  {
    name: "gline",
    params: [nickOrMask, time, reason],
    run: async (client, [who, time = "", reason = client.sentences.operators.noReason]) => {
      const { moderation, operators, units } = client.sentences;
      const minutes = time === "" ? undefined : readPeriod(time);
      if (time !== "" && minutes === undefined) return client.refuse(moderation.noPeriod(time));
      if (client.state.isSelf(who)) return client.refuse(moderation.banNotYourself);
      // 0 means without an end.
      const given = minutes === undefined ? "0" : shortPeriod(minutes);
      const replies = await changingBans(client, () => answerTo(client, "gline", "GLINE", who, given, reason));
      if (replies === undefined || isRefused(replies)) return;
      const period = minutes === undefined ? undefined : periodText(minutes, units);
      client.tell({ type: "info", text: operators.banned(who, period) });
    },
  },
  {
    name: "ungline",
    params: [{ name: "mask", kind: "word" }],
    run: async (client, [mask]) => {
      const { operators, refusals } = client.sentences;
      // A name alone may be that of an account, which is banned by the mask `~a:NAME`.
      for (const tried of /[@*?.:/~]/.test(mask) ? [mask] : [mask, `~a:${mask}`]) {
        const ask = () => answerTo(client, "ungline", "UNGLINE", tried);
        const replies = await client.withoutShowing(["FAIL"], () => changingBans(client, ask));
        if (replies === undefined) return;
        const [command, code, ...rest] = replies.find(({ command }) => command === "FAIL")?.params ?? [];
        if (code === "UNKNOWN_MASK" || code === "INVALID_MASK") continue;
        if (command !== undefined) client.refuse(refusals.standard({ command, code, text: rest.at(-1) ?? "" }));
        else if (!isRefused(replies)) client.tell({ type: "info", text: operators.unbanned(tried) });
        return;
      }
      client.refuse(operators.notBanned(mask));
    },
  },
  {
    name: "glines",
    params: [],
    run: async (client) => {
      const replies = await client.withoutShowing([RPL_ENDOFSTATS], () => answerTo(client, "glines", "GLINE"));
      if (replies === undefined || isRefused(replies) || replies.some(({ command }) => command === RPL_STATSGLINE)) {
        return;
      }
      client.tell({ type: "info", text: client.sentences.operators.nobodyBanned });
    },
  },
];
