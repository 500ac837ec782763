import { assertEquals } from "@std/assert";
import { parse } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import { readWords, writeWords } from "./call_words.ts";
import type { Happening } from "./events.ts";
import { receive } from "./receive.ts";
import { State } from "./state.ts";

const NOW = Date.UTC(2026, 10, 28, 12);

/** A state that hears lines. */
class Ear extends State {
  now = NOW;

  hears(...lines: string[]): Happening[] {
    return lines.flatMap((line) => receive(this, parse(line), this.now)).map(({ time: _, ...event }) => event);
  }

  /** What a talk keeps of calls. */
  kept(target: string): string[] {
    return (this.find(target)?.lines ?? []).flatMap(({ call, from }) =>
      call === undefined ? [] : [[from, call.what, ...call.lasted === undefined ? [] : [call.lasted]].join(" ")]
    );
  }

  /** What has changed in calls, in short. */
  told(...lines: string[]): string[] {
    return this.hears(...lines).flatMap((event) =>
      event.type === "call" ? [[event.change, event.target, event.nick, event.by, event.text].join(" ").trim()] : []
    );
  }

  /** Who is in a call, each with what they do. */
  inCall(target: string): string[] {
    return [...this.calls.of(target)?.members.values() ?? []].map(({ nick, words }) => `${nick} ${writeWords(words)}`);
  }
}

/** bob, in #tea with alice. */
function bob(): Ear {
  const state = new Ear("bob");
  state.hears(
    ":tea 001 bob :Welcome",
    ":tea 005 bob PREFIX=(ov)@+ CHANTYPES=# teahouse.chat/CALL=8 :are supported",
    ":bob!b@host JOIN #tea",
    ":tea 353 bob = #tea :@alice!a@host bob!b@host",
    ":tea 366 bob #tea :End",
  );
  return state;
}

Deno.test("a reaction in a call is one emoji, of somebody who is in it and not ignored", () => {
  const state = bob();
  state.hears(":alice!a@host CALL JOIN #tea :audio");
  assertEquals(state.told(":alice!a@host CALL REACT #tea :👨‍👩‍👧‍👦🎉"), ["react #tea alice  👨‍👩‍👧‍👦"]);
  assertEquals(state.told(":carol!c@host CALL REACT #tea :🎉", ":alice!a@host CALL REACT #tea :"), []);
  state.ignored.add("alice");
  assertEquals(state.told(":alice!a@host CALL REACT #tea :🎉"), []);
});

Deno.test("Calls knows who is in the call of a channel, and what each of them does", () => {
  const state = bob();
  assertEquals(state.told(":alice!a@host CALL JOIN #TEA :audio,video"), ["join #TEA alice"]);
  state.hears(":carol!c@host CALL JOIN #tea :audio,dancing");
  assertEquals(state.inCall("#Tea"), ["alice audio,video", "carol audio"]);
  assertEquals(state.told(":carol!c@host CALL STATE #tea :audio,muted,hand"), ["state #tea carol"]);
  assertEquals(state.told(":alice!a@host CALL PART #tea :later"), ["part #tea alice  later"]);
  assertEquals(state.inCall("#tea"), ["carol audio,muted,hand"]);
  state.hears(":carol!c@host CALL PART #tea");
  assertEquals(state.calls.of("#tea"), undefined);
});

Deno.test("Calls takes the answer to joining: who is there, and the servers that help", () => {
  const state = bob();
  const told = state.told(
    ":tea BATCH +1 teahouse.chat/call #tea",
    "@batch=1 :tea CALL ICE #tea turn:tea.example:3478 1764331200:bob c2VjcmV0",
    "@batch=1 :tea CALL MEMBER #tea alice :audio",
    "@batch=1 :tea CALL MEMBER #tea bob :audio,muted",
    "@batch=1 :tea CALL MODE #tea mesh",
    ":tea BATCH -1",
  );
  assertEquals(told, ["members #tea bob"]);
  assertEquals(state.inCall("#tea"), ["alice audio", "bob audio,muted"]);
  assertEquals(state.calls.of("#tea")?.iceServers, [
    { urls: "turn:tea.example:3478", username: "1764331200:bob", credential: "c2VjcmV0" },
  ]);
  state.calls.list("#tea", [["bob", "audio"]], NOW);
  assertEquals(state.inCall("#tea"), ["bob audio"]);
});

Deno.test("Calls follows a nick, and the name of a channel", () => {
  const state = bob();
  state.hears(":alice!a@host CALL JOIN #tea :audio", ":alice!a@host NICK alix");
  assertEquals(state.inCall("#tea"), ["alix audio"]);
  assertEquals(state.told(":alix!a@host RENAME #tea #coffee :"), ["renamed #coffee bob  #tea"]);
  assertEquals([state.inCall("#tea"), state.inCall("#coffee")], [[], ["alix audio"]]);
});

Deno.test("Calls keeps somebody whose connection is lost until the server says that they have left", () => {
  const state = bob();
  state.hears(":alice!a@host CALL JOIN #tea :audio", ":alice!a@host QUIT :Connection reset");
  assertEquals(state.inCall("#tea"), ["alice audio"]);
  state.hears(":alice!a@host CALL PART #tea :gone");
  assertEquals(state.inCall("#tea"), []);
});

Deno.test("a private call has the name of the other person at both sides, and rings until it is taken or over", () => {
  const state = bob();
  assertEquals(state.told(":alice!a@host CALL RING alice"), ["ring alice alice"]);
  assertEquals(state.calls.ringing.map(({ target }) => target), ["alice"]);
  assertEquals(state.told(":bob!b@host CALL ANSWERED alice"), ["answered alice bob"]);
  assertEquals(state.calls.ringing, []);
  state.hears(":alice!a@host CALL RING alice");
  assertEquals(state.told(":alice!a@host CALL PART bob :no answer"), ["part alice alice  no answer"]);
  assertEquals(state.calls.of("alice"), undefined);
  state.hears(":alice!a@host CALL RING alice");
  state.calls.list("alice", [["alice", "audio"], ["bob", "audio"]], NOW);
  assertEquals([state.calls.ringing.length, state.inCall("alice").length], [0, 2]);
});

Deno.test("a call that was missed opens the talk with who called, and is unread until it was read here or elsewhere", () => {
  for (const end of ["alice", "alice :no answer", "alice :gone"]) {
    const state = bob();
    state.hears(":alice!a@host CALL RING alice");
    assertEquals(state.find("alice"), undefined);
    state.hears(`@time=2026-11-28T12:00:45.000Z :alice!a@host CALL PART ${end}`);
    const talk = state.find("alice")!;
    assertEquals([talk.kind, talk.host, talk.unread, talk.mentions, talk.isChosen], ["private", "host", 1, 1, false]);
    assertEquals(state.kept("alice"), ["alice missed"]);
    assertEquals(talk.lastTime, Date.UTC(2026, 10, 28, 12, 0, 45));
    state.hears(":tea MARKREAD alice timestamp=2026-11-28T12:00:44.000Z");
    assertEquals(talk.unread, 1);
    state.hears(":tea MARKREAD alice timestamp=2026-11-28T12:00:45.000Z");
    assertEquals([talk.unread, talk.mentions], [0, 0]);
  }
});

Deno.test("a call that was taken is kept with its length at both, and one that was not is kept at who called", () => {
  const state = bob();
  const calling = () => state.calls.list("alice", [["bob", "audio"]], state.now, true);
  calling();
  state.now += 10_000;
  state.hears("@time=2026-11-28T13:00:00.000Z :alice!a@host CALL JOIN alice :audio");
  state.now += 300_000;
  // The server's clock goes otherwise than this one.
  state.hears("@time=2026-11-28T14:00:00.000Z :alice!a@host CALL PART alice");
  calling();
  state.hears(":alice!a@host CALL PART alice :declined");
  for (const reason of ["", " :no answer", " :gone"]) {
    calling();
    state.hears(`:alice!a@host CALL PART alice${reason}`);
  }
  state.hears(":alice!a@host CALL RING alice");
  state.calls.list("alice", [["alice", "audio"], ["bob", "audio"]], state.now);
  state.now += 1_000;
  state.hears(":alice!a@host CALL PART alice");
  const none = "alice unanswered";
  assertEquals(state.kept("alice"), ["alice call 300000", "alice declined", none, none, none, "alice call 1000"]);
  assertEquals(state.find("alice")!.unread, 0);
  assertEquals(state.calls.of("alice"), undefined);
});

Deno.test("of a call that goes on at another client nothing is kept here", () => {
  const state = bob();
  state.hears(":alice!a@host CALL RING alice", ":bob!b@host CALL ANSWERED alice");
  state.calls.list("alice", [["alice", "audio"], ["bob", "audio"]], NOW);
  state.hears(":bob!b@host CALL ANSWERED alice");
  state.calls.leave("alice", "bob", NOW);
  assertEquals([state.kept("alice"), state.calls.of("alice")], [[], undefined]);
});

Deno.test("a channel keeps that a call has begun, and that it has ended, with its length where that is known", () => {
  const state = bob();
  state.hears(":alice!a@host CALL JOIN #tea :audio");
  state.now += 60_000;
  state.hears(":carol!c@host CALL JOIN #tea :audio", ":alice!a@host CALL PART #tea");
  assertEquals(state.kept("#tea"), ["alice began"]);
  state.now += 60_000;
  state.hears(":carol!c@host CALL PART #tea");
  assertEquals(state.kept("#tea"), ["alice began", "carol ended 120000"]);
  // One that ran before bob came, out of which somebody is put.
  state.hears(
    ":tea BATCH +1 teahouse.chat/call #tea",
    "@batch=1 :tea CALL MEMBER #tea alice :audio",
    "@batch=1 :tea CALL MODE #tea mesh",
    ":tea BATCH -1",
    ":bob!b@host CALL KICK #tea alice",
  );
  assertEquals(state.kept("#tea").slice(2), ["alice ended"]);
  assertEquals(state.find("#tea")!.unread, 0);
});

Deno.test("a call goes on over a lost connection, and has the length of the whole", () => {
  const state = bob();
  const back = (...members: string[]) => {
    state.now += 20_000;
    state.offline();
    state.now += 20_000;
    for (const member of members) state.hears(`:tea CALL MEMBER #tea ${member} :audio`);
    state.hears(":tea CALL MODE #tea mesh");
  };
  state.hears(":alice!a@host CALL JOIN #tea :audio");
  back("alice");
  state.hears(":alice!a@host CALL PART #tea");
  // Another one, with nobody of those who were in the one before.
  state.hears(":alice!a@host CALL JOIN #tea :audio");
  back("carol");
  state.hears(":carol!c@host CALL PART #tea");
  assertEquals(state.kept("#tea"), ["alice began", "alice ended 40000", "alice began", "carol ended"]);
  // bob leaves a call of two before the connection is back.
  state.calls.list("alice", [["alice", "audio"], ["bob", "audio"]], state.now);
  state.offline();
  const { record } = state.calls.leave("alice", "bob", state.now + 5_000);
  assertEquals(record, { what: "call", lasted: 5_000 });
  assertEquals(state.calls.leave("alice", "bob", state.now).record, undefined);
});

Deno.test("whoever is ignored calls in vain", () => {
  const state = bob();
  state.ignored.add("alice");
  assertEquals(state.hears(":alice!a@host CALL RING alice"), []);
  state.hears(":alice!a@host CALL PART alice");
  assertEquals([state.calls.ringing, state.find("alice")], [[], undefined]);
});

Deno.test("whoever leaves a channel knows nothing of its call any more; nor does anybody without a connection", () => {
  const state = bob();
  state.hears(":alice!a@host CALL JOIN #tea :audio", ":bob!b@host PART #tea");
  assertEquals(state.calls.of("#tea"), undefined);
  state.hears(":bob!b@host JOIN #tea", ":alice!a@host CALL JOIN #tea :audio");
  state.offline();
  assertEquals(state.calls.of("#tea"), undefined);
});

Deno.test("operators remove and mute in a call, and each is told of whom it is", () => {
  const state = bob();
  state.hears(":alice!a@host CALL JOIN #tea :audio", ":bob!b@host CALL JOIN #tea :audio");
  assertEquals(state.told(":alice!a@host CALL MUTE #tea bob"), ["mute #tea bob alice"]);
  const [event] = state.hears(":alice!a@host CALL KICK #tea bob");
  assertEquals(event, {
    type: "call",
    target: "#tea",
    change: "kick",
    nick: "bob",
    by: "alice",
    own: true,
    text: "",
  });
  assertEquals(state.inCall("#tea"), ["alice audio"]);
});

Deno.test("a signal is told as it came, of others alone, and is no line of a talk", () => {
  const state = bob();
  assertEquals(state.hears("@+teahouse.chat/rtc=abc :alice!a@host TAGMSG bob"), [
    { type: "signal", from: "alice", value: "abc" },
  ]);
  assertEquals(state.hears("@+teahouse.chat/rtc=abc :bob!b@host TAGMSG alice"), []);
  assertEquals(state.find("alice"), undefined);
});

Deno.test("Calls keeps no more than it is bound to, and takes nothing that is none", () => {
  const state = bob();
  for (let i = 0; i < BOUNDS.calls + 10; i++) state.hears(`:alice!a@host CALL JOIN #c${i} :audio`);
  assertEquals(state.calls.of(`#c${BOUNDS.calls - 1}`)?.members.size, 1);
  assertEquals(state.calls.of(`#c${BOUNDS.calls}`), undefined);
  for (let i = 0; i < BOUNDS.callMembers + 10; i++) state.hears(`:n${i}!a@host CALL JOIN #c0 :audio`);
  assertEquals(state.calls.of("#c0")?.members.size, BOUNDS.callMembers);
  for (let i = 0; i < 20; i++) state.hears(`:tea CALL ICE #c0 stun:s${i}`);
  assertEquals(state.calls.of("#c0")?.iceServers.length, BOUNDS.iceServers);
  for (const line of ["CALL", "CALL JOIN", ":alice CALL DANCE #tea", `:alice CALL JOIN #${"x".repeat(500)} :audio`]) {
    assertEquals(state.hears(line), [], line);
  }
});

Deno.test("readWords() takes the words that it knows, each once", () => {
  assertEquals(writeWords(readWords("audio,screen,audio,fly,,muted")), "audio,screen,muted");
  assertEquals(writeWords(readWords(`${"x".repeat(300)},audio`)), "");
});

Deno.test("a call that ran before this client came is told as news, once, and not again after a lost connection", () => {
  const state = bob();
  const news = (...lines: string[]) =>
    state.hears(...lines).flatMap((event) => event.type === "call" && event.isNew ? [event.target] : []);
  const listed = [":tea CALL MEMBER #tea alice audio", ":tea CALL MODE #tea mesh"];
  assertEquals(news(...listed), ["#tea"]);
  assertEquals(news(...listed), []);
  state.calls.clear();
  assertEquals(news(...listed), []);
  // Nor is one that has begun since.
  state.hears(":alice!a@host CALL PART #tea", ":carol!c@host CALL JOIN #tea :audio");
  assertEquals(news(":tea CALL MEMBER #tea carol audio", ":tea CALL MODE #tea mesh"), []);
});

Deno.test("an engine that carries the call from now on does so, though the list of members is read later", () => {
  const state = bob();
  state.hears(
    ...["alice", "bob", "carol"].map((nick) => `@batch=1 :tea CALL MEMBER #tea ${nick} :audio`),
    "@batch=1 :tea CALL MODE #tea mesh",
    ":carol!c@host CALL PART #tea",
    ":tea CALL MODE #tea engine tea",
  );
  state.calls.list("#tea", [["alice", "audio"], ["carol", "audio"], ["bob", "audio"]], NOW);
  assertEquals([state.calls.of("#tea")?.engine, state.inCall("#tea")], ["tea", ["alice audio", "bob audio"]]);
});

Deno.test("whoever comes, goes or changes behind a list of members stays so, however late the list is read", () => {
  const state = bob();
  const listed = ["alice", "bob", "carol", "dave"];
  state.hears(
    ":frank!f@host CALL JOIN #tea :audio",
    ...listed.map((nick) => `@batch=1 :tea CALL MEMBER #tea ${nick} :audio`),
    "@batch=1 :tea CALL MODE #tea mesh",
    ":erin!e@host CALL JOIN #tea :audio",
    ":alice!a@host CALL PART #tea",
    ":carol!c@host NICK caro",
    ":dave!d@host CALL STATE #tea :audio,hand",
  );
  state.calls.list("#tea", listed.map((nick) => [nick, "audio"]), NOW);
  // frank was there before, and is not named.
  assertEquals(state.inCall("#tea").sort(), ["bob audio", "caro audio", "dave audio,hand", "erin audio"]);
  // The next list knows better.
  state.calls.list("#tea", [["bob", "audio"]], NOW);
  assertEquals(state.inCall("#tea"), ["bob audio"]);
});
