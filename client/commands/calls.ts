/**
 * The slash commands about calls: to come into one, and not to answer one. The view brings the person into it.
 *
 * @module
 */

import { isSameName } from "../names.ts";
import { type Command, nick, optional } from "./command.ts";

export const CALLS: readonly Command[] = [
  {
    name: "call",
    params: [optional({ name: "target", kind: "target" })],
    run: (client, [given]) => {
      const { calls, state, sentences } = client;
      if (!client.isConnected) return client.refuse(sentences.calling.serverIsAway("call"));
      if (calls.open === undefined) return client.refuse(sentences.calls.notHere);
      if (calls.most === 0) return client.refuse(sentences.calls.none);
      const target = given ?? client.talk?.name;
      if (target === undefined) return client.refuse(state.noTalk);
      if (state.isSelf(target)) return client.refuse(sentences.talking.notToYourself);
      if (!state.isupport.isChannel(target)) return calls.open(target);
      const channel = state.joined(target);
      return channel === undefined ? client.refuse(sentences.calls.notIn(target)) : calls.open(channel.name);
    },
  },
  {
    name: "decline",
    params: [optional(nick)],
    run: (client, [nick]) => {
      const { calls: { nobodyCalls, callsNot, severalCall } } = client.sentences;
      const { ringing } = client.state.calls;
      const call = nick === undefined ? ringing[0] : ringing.find(({ target }) => isSameName(target, nick));
      if (nick === undefined && ringing.length > 1) {
        return client.refuse(severalCall(ringing.map(({ target }) => target)));
      }
      if (call === undefined) return client.refuse(nick === undefined ? nobodyCalls : callsNot(nick));
      return client.calls.decline(call.target);
    },
  },
];
