import { assertEquals } from "@std/assert";
import { parse } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";
import type { Happening } from "./events.ts";
import { linesOfAnother } from "./line.ts";
import { receive } from "./receive.ts";
import { readFound, replay } from "./replay.ts";
import { State } from "./state.ts";

const NOW = Date.UTC(2026, 10, 25, 12);

/** A state that hears lines. */
class Ear extends State {
  hears(...lines: string[]): Happening[] {
    return lines.flatMap((line) => receive(this, parse(line), NOW)).map(({ time: _, ...event }) => event);
  }

  /** Who is in #tea, with ranks. */
  get tea(): string {
    return this.members("#tea").map(({ prefix, nick }) => prefix + nick).join(" ");
  }
}

/** bob, in #tea with alice, who is an operator, and carol. */
function bob(): Ear {
  const state = new Ear("bob");
  state.hears(
    ":tea 001 bob :Welcome",
    ":tea 005 bob PREFIX=(ov)@+ CHANTYPES=# CHANMODES=b,k,l,imnpst :are supported",
    ":bob!b@host JOIN #tea",
    ":tea 353 bob = #tea :@alice!a@host carol",
    ":tea 353 bob = #tea :bob",
    ":tea 366 bob #tea :End",
  );
  return state;
}

Deno.test("State knows who is in a channel, and whom lines go to", () => {
  const state = bob();
  assertEquals(state.tea, "@alice bob carol");
  assertEquals([state.target, state.userhost, state.spelledNick("ALICE")], ["#tea", "b@host", "alice"]);
});

Deno.test("State tells a message, a private one, and an own one by its echo", () => {
  const state = bob();
  const said = { own: false, history: false };
  assertEquals(state.hears(":alice!a@host PRIVMSG #TEA :hi bob"), [
    { type: "message", from: "alice", target: "#TEA", private: false, text: "hi bob", mention: true, ...said },
  ]);
  assertEquals(state.hears(":alice!a@host PRIVMSG bob :psst"), [
    { type: "message", from: "alice", target: "bob", private: true, text: "psst", ...said },
  ]);
  assertEquals(state.hears(":bob!b@host PRIVMSG alice :what?"), [
    { type: "message", from: "bob", target: "alice", private: true, text: "what?", own: true, history: false },
  ]);
  assertEquals([...state.talks.keys()], ["#tea", "alice"]);
});

Deno.test("State shows a private line in the channel that it names, where its sender is there as well", () => {
  const state = bob();
  const texts = (name: string) =>
    state.find(name)?.lines.filter(({ text }) => text !== "").map(({ text }) => text) ?? [];
  state.hears(
    "@+channel-context=#TEA :alice!a@host PRIVMSG bob :for you alone",
    "@+draft/channel-context=#tea :carol!c@host NOTICE bob :a bot's answer",
    "@+channel-context=#tea :bob!b@host PRIVMSG alice :thank you",
    // Not of who is elsewhere, nor for what is no channel that is joined, nor for what was said to all.
    "@+channel-context=#tea :eve!e@host PRIVMSG bob :let me in",
    "@+channel-context=#other :alice!a@host PRIVMSG bob :elsewhere",
    "@+channel-context=nonsense :alice!a@host PRIVMSG bob :nowhere",
    "@+channel-context=#other :alice!a@host PRIVMSG #tea :to all",
  );
  assertEquals(texts("#tea"), ["for you alone", "a bot's answer", "thank you", "to all"]);
  assertEquals([texts("eve"), texts("alice")], [["let me in"], ["elsewhere", "nowhere"]]);
});

Deno.test("State knows what its own person has said under another nick, and what others have under the same", () => {
  const state = new Ear("li");
  const at = (minute: number) => `@time=2026-01-01T12:${String(minute).padStart(2, "0")}:00.000Z`;
  state.hears(`${at(0)} :tea 001 li :Welcome`, `${at(10)} :li!l@host NICK lisi`);
  const found = readFound(
    state,
    [5, 20].map((minute) => parse(`${at(minute)} :li!l@host PRIVMSG carol :said at ${minute}`)),
    0,
  );
  assertEquals(found.map(({ own }) => own), [true, false]);
});

Deno.test("State tells an action, says what other CTCP asks, and takes a line to the ranks as the channel's", () => {
  const state = bob();
  assertEquals(state.hears(":alice PRIVMSG #tea :\x01ACTION waves\x01").map((e) => e.type), ["action"]);
  assertEquals(state.hears(":alice PRIVMSG bob :\x01VERSION\x01").map((e) => e.type), ["info"]);
  const [event] = state.hears(":alice NOTICE @#tea :ops only");
  assertEquals(event.type === "notice" && event.target, "#tea");
});

Deno.test("State counts a notice to the operators alone as a mention, and no other notice", () => {
  const state = bob();
  state.hears(
    ":alice NOTICE @#tea :carol wrote “buy cheap leaves”",
    ":alice NOTICE #tea :bob, tea",
    ":bob NOTICE @#tea :x",
  );
  const { lines, unread, mentions } = state.find("#tea")!;
  assertEquals(lines.filter(({ kind }) => kind === "notice").map(({ mention }) => mention), [true, false, false]);
  assertEquals([unread, mentions], [2, 1]);
});

Deno.test("State reads a report in a notice to the operators alone, and nowhere else; a removed one is none", () => {
  const state = bob();
  const tag = "+teahouse.chat/report=nick=dave&text=buy+leaves&why=spam";
  state.hears(
    `@msgid=a;${tag};+reply=x :alice NOTICE @#tea :dave wrote`,
    `@msgid=b;${tag} :alice NOTICE #tea :dave wrote`,
    `@msgid=c;${tag} :alice NOTICE @+#tea :dave wrote`,
    `@msgid=d;${tag} :alice NOTICE +#tea :dave wrote`,
    `@msgid=e;${tag} :alice PRIVMSG @#tea :dave wrote`,
    `@msgid=f;${tag} :alice NOTICE bob :dave wrote`,
    `@msgid=g;+teahouse.chat/report=text=x :alice NOTICE @#tea :dave wrote`,
  );
  const { lines } = state.find("#tea")!;
  const found = () => lines.flatMap(({ msgid, report }) => report === undefined ? [] : [[msgid, report]]);
  assertEquals(found(), [["a", { nick: "dave", text: "buy leaves", why: "spam" }]]);
  state.hears(":alice REDACT #tea a");
  assertEquals(found(), []);
});

Deno.test("State takes the time that the server says, else the time it is", () => {
  const state = bob();
  const times = ["@time=2026-11-24T10:00:00.000Z :alice PRIVMSG #tea :a", "@time=soon :alice PRIVMSG #tea :b"]
    .map((line) => receive(state, parse(line), NOW)[0].time);
  assertEquals(times, [Date.UTC(2026, 10, 24, 10), NOW]);
});

Deno.test("State takes no operator's nick for the reason why somebody was removed", () => {
  const state = bob();
  state.hears(":carol!c@host JOIN #tea");
  const reasons = (line: string) => state.hears(line).map((e) => e.type === "kick" ? e.reason : e.type);
  assertEquals(reasons(":alice KICK #tea carol :alice"), [""]);
  state.hears(":carol!c@host JOIN #tea");
  assertEquals(reasons(":alice KICK #tea carol :carol"), ["carol"]);
  assertEquals(state.find("#tea")!.lines.filter(({ kind }) => kind === "kick").map(({ text }) => text), ["", "carol"]);
});

Deno.test("State keeps what was said and what happened as lines of the talk", () => {
  const state = bob();
  state.hears(
    "@msgid=1;account=al :alice!a@host PRIVMSG #tea :hi bob",
    "@msgid=1 :alice!a@host PRIVMSG #tea :hi bob",
    "@msgid=2;+draft/reply=1 :carol PRIVMSG #tea :\x01ACTION waves\x01",
    ":dave!d@host JOIN #tea",
    ":dave NICK :david",
    ":alice KICK #tea david :too loud",
    ":alice TOPIC #tea :green",
    ":carol QUIT :tired",
  );
  const { lines } = state.find("#TEA")!;
  assertEquals(lines.map(({ kind, from, about = "", text }) => [kind, from, about, text].join(" ")), [
    "join bob  ",
    "message alice  hi bob",
    "action carol  waves",
    "join dave  ",
    "nick dave  david",
    "kick alice david too loud",
    "topic alice  green",
    "quit carol  tired",
  ]);
  assertEquals([lines[1].account, lines[1].mention, lines[2].replyTo], ["al", true, "1"]);
});

Deno.test("State counts what is unread, and of that what is meant for this person", () => {
  const state = bob();
  state.hears(
    ":alice PRIVMSG #tea :hi all",
    ":alice PRIVMSG #tea :hi Bob",
    ":bob PRIVMSG #tea :hi",
    ":carol QUIT :tired",
    ":alice PRIVMSG bob :psst",
  );
  const counts = () => [...state.talks.values()].map(({ name, unread, mentions }) => [name, unread, mentions]);
  assertEquals(counts(), [["#tea", 2, 1], ["alice", 1, 1]]);
  state.find("#tea")!.markRead();
  assertEquals(counts(), [["#tea", 0, 0], ["alice", 1, 1]]);
});

Deno.test("State takes reactions, by tag, and back; those to a line that is not there are told of nothing", () => {
  const state = bob();
  state.hears("@msgid=1 :carol PRIVMSG #tea :tea?");
  const [event] = state.hears("@+draft/react=👍;+draft/reply=1 :alice TAGMSG #tea");
  assertEquals(event.type === "reaction" && [event.from, event.reaction, event.added, event.line?.text], [
    "alice",
    "👍",
    true,
    "tea?",
  ]);
  state.hears("@+draft/react=👍;+reply=1 :bob TAGMSG #tea", "@+draft/react=👍;+draft/reply=1 :ALICE TAGMSG #tea");
  const { reactions } = state.find("#tea")!.find("1")!;
  assertEquals([...reactions].map(([reaction, nicks]) => [reaction, ...nicks]), [["👍", "alice", "bob"]]);
  state.hears("@+draft/unreact=👍;+draft/reply=1 :alice TAGMSG #tea");
  assertEquals([...reactions.get("👍")!], ["bob"]);
  assertEquals(state.hears("@+draft/react=👍;+draft/reply=9 :alice TAGMSG #tea", ":alice TAGMSG #tea"), []);
});

Deno.test("State takes the text out of a message that is removed, in its talk alone", () => {
  const state = bob();
  state.hears("@msgid=1 :carol PRIVMSG #tea :secret", "@msgid=2 :alice PRIVMSG bob :psst");
  assertEquals(state.hears(":alice REDACT #tea 2", ":alice REDACT #cup 1", ":alice REDACT #tea 9"), []);
  const [event] = state.hears(":alice REDACT #tea 1 :not here", ":alice REDACT #tea 1 :not here");
  const line = state.find("#tea")!.find("1")!;
  assertEquals(event, { type: "redaction", target: "#tea", by: "alice", own: false, reason: "not here", line });
  assertEquals([line.text, line.redacted], ["", { by: "alice", reason: "not here" }]);
});

Deno.test("State drops all that is from people who are ignored, under their next nick too", () => {
  const state = bob();
  state.ignored.add("carol");
  state.hears("@msgid=1 :alice PRIVMSG #tea :tea?", ":carol NICK Caro");
  const said = ["PRIVMSG #tea :x", "NOTICE #tea :x", "PRIVMSG bob :x"].map((line) => `:caro ${line}`);
  assertEquals(state.hears(...said, "@+draft/react=x;+draft/reply=1 :caro TAGMSG #tea"), []);
  assertEquals([...state.talks.keys()], ["#tea"]);
});

Deno.test("State ignores nobody who takes the nick of somebody ignored that has gone, but for the nick that was asked for", () => {
  const state = bob();
  const hears = (nick: string) => state.hears(`:${nick} PRIVMSG #tea :I am back`).length === 1;
  const ignores = (...lines: string[]) => {
    state.hears(...lines);
    return state.ignored.nicks;
  };
  state.ignored.add("Carol");
  // Carol takes Alice's nick while she is away, and quits.
  assertEquals(ignores(":alice QUIT", ":carol NICK alice"), ["alice"]);
  assertEquals([hears("alice"), hears("carol")], [false, true]);
  assertEquals(ignores(":alice QUIT", ":alice JOIN #tea"), ["carol"]);
  assertEquals([hears("alice"), hears("carol")], [true, false]);
  // She comes back, renames herself, and leaves; or her new nick becomes that of somebody else.
  assertEquals(ignores(":carol JOIN #tea", ":carol NICK caro", ":caro NICK CARA"), ["cara"]);
  assertEquals(ignores(":cara PART #tea"), ["carol"]);
  assertEquals(ignores(":carol JOIN #tea", ":carol NICK dave", ":dave NICK Dave"), ["dave"]);
  assertEquals(ignores(":alice NICK dave"), ["carol"]);
  assertEquals([hears("dave"), hears("carol")], [true, false]);
  // Nobody is seen behind a lost connection.
  assertEquals(ignores(":carol NICK caro"), ["caro"]);
  state.offline();
  assertEquals(ignores(), ["carol"]);
});

Deno.test("State hears somebody again under the nick of now, and under the one that was asked for", () => {
  const state = bob();
  for (const nick of ["carol", "Carol", "alice"]) state.ignored.add(nick);
  state.hears(":carol NICK caro");
  assertEquals(state.ignored.nicks, ["caro", "alice"]);
  assertEquals([state.ignored.delete("dave"), state.ignored.delete("Carol"), state.ignored.delete("carol")], [
    false,
    true,
    false,
  ]);
  state.hears(":alice NICK al");
  // Whom the person asks for is ignored under that nick as well.
  state.ignored.add("al");
  assertEquals([state.ignored.nicks, state.ignored.delete("AL"), state.ignored.nicks], [["al"], true, []]);
});

Deno.test("State knows the accounts and hosts of people, as they change", () => {
  const state = bob();
  state.hears(":dave!d@host JOIN #tea davy :Dave", ":carol!c@host ACCOUNT caz", ":dave!d@host CHGHOST dd tea.example");
  const members = () => state.members("#tea").map(({ nick, account, userhost }) => [nick, account, userhost]);
  assertEquals(members(), [
    ["alice", undefined, "a@host"],
    ["bob", undefined, "b@host"],
    ["carol", "caz", undefined],
    ["dave", "davy", "dd@tea.example"],
  ]);
  state.hears(":carol!c@host ACCOUNT *", ":bob!b@host ACCOUNT bobby");
  assertEquals([members()[2][1], state.account], [undefined, "bobby"]);
});

Deno.test("State keeps the lines of a person over a change of nick", () => {
  const state = bob();
  state.hears("@msgid=1;time=2026-11-25T10:00:00.000Z :alicia PRIVMSG bob :first");
  state.hears("@msgid=2;time=2026-11-25T11:00:00.000Z :alice PRIVMSG bob :second", ":alice NICK alicia");
  assertEquals(state.find("alicia")!.lines.map(({ text }) => text), ["first", "second", "alicia"]);
});

Deno.test("State forgets the oldest private talks where strangers open hundreds", () => {
  const state = bob();
  state.person = "friend";
  state.open("friend");
  for (let i = 0; i < 300; i++) state.hears(`:s${i} PRIVMSG bob :hi`);
  assertEquals([state.talks.size, state.find("s50"), state.find("friend")?.name], [202, undefined, "friend"]);
});

Deno.test("State follows people who come, go and change their nick", () => {
  const state = bob();
  assertEquals(state.hears(":dave!d@host JOIN #tea"), [
    { type: "join", nick: "dave", channel: "#tea", own: false, online: 4 },
  ]);
  assertEquals(state.hears(":dave!d@host PART #tea :tired"), [
    { type: "part", nick: "dave", channel: "#tea", own: false, online: 3, reason: "tired" },
  ]);
  assertEquals(state.hears(":carol NICK :Caroline"), [
    { type: "nick", nick: "carol", renamed: "Caroline", own: false },
  ]);
  assertEquals(state.hears(":caroline QUIT :gone"), [
    { type: "quit", nick: "caroline", channels: [{ name: "#tea", online: 2 }], reason: "gone" },
  ]);
  assertEquals(state.tea, "@alice bob");
});

Deno.test("State follows its own nick in any case, and a talk follows the other's", () => {
  const state = bob();
  state.hears(":BOB!b@host NICK :bobby");
  assertEquals([state.nick, state.isSelf("BOBBY")], ["bobby", true]);
  state.hears(":alice PRIVMSG bobby :psst");
  state.person = "alice";
  assertEquals(state.hears(":alice NICK alicia").map((e) => e.type), ["nick", "target"]);
  assertEquals([state.target, ...state.talks.keys()], ["alicia", "#tea", "alicia"]);
});

Deno.test("State has no target when the channel of the target is left, until the person chooses one", () => {
  for (const left of [":bob!b@host PART #tea", ":alice KICK #tea bob :enough", ":tea 474 bob #tea :Cannot join (+b)"]) {
    const state = bob();
    if (left.includes("474")) state.offline();
    assertEquals(state.target, "#tea");
    state.hears(":bob!b@host JOIN #cup");
    assertEquals(state.hears(left).at(-1), { type: "target", target: undefined });
    // As another window of the same person does.
    state.hears(":bob!b@host JOIN #bar");
    assertEquals(state.target, undefined);
    assertEquals(state.noTalk, "You talk to nobody now: /to #cup, /to #bar, or /to NICK for one person.");
    state.channel = "#cup";
    assertEquals(state.hears(":bob!b@host PART #bar").map((e) => e.type), ["part"]);
    assertEquals(state.target, "#cup");
  }
});

Deno.test("State does not go to a channel behind a person when that channel is left", () => {
  const state = bob();
  state.hears(":bob!b@host JOIN #cup", ":alice PRIVMSG bob :psst");
  state.person = "alice";
  assertEquals(state.hears(":alice KICK #tea bob :enough").map((e) => e.type), ["kick"]);
  assertEquals(state.target, "alice");
  state.person = undefined;
  assertEquals(state.target, undefined);
});

Deno.test("State follows a channel that is renamed, with its people and lines", () => {
  const state = bob();
  state.hears(":bob!b@host JOIN #cup", ":alice PRIVMSG #tea :hi");
  assertEquals(state.hears(":alice RENAME #TEA #chai :a typo"), [
    { type: "info", text: "alice renamed #TEA: it is #chai now: a typo" },
    { type: "target", target: "#chai" },
  ]);
  assertEquals([state.target, state.find("#tea")], ["#chai", undefined]);
  assertEquals([state.current?.name, state.current?.members.size, state.current?.lines.at(-1)?.text], [
    "#chai",
    3,
    "hi",
  ]);
  assertEquals(state.hears(":alice RENAME #cup #mug :").map((e) => e.type), ["info"]);
  assertEquals([state.target, state.joined("#mug")?.name], ["#chai", "#mug"]);
  // Another letter case is another name, too; what is no channel's name is none.
  state.hears(":alice RENAME #chai #CHAI :", ":alice RENAME #chai nick :", ":alice RENAME #else #where :");
  assertEquals([state.target, ...state.talks.keys()], ["#CHAI", "#mug", "#chai"]);
});

Deno.test("State goes to another channel when it leaves one, and to none from the last, where the view shows it", () => {
  const state = bob();
  state.goesToNextChannel = true;
  state.hears(":bob!b@host JOIN #cup");
  assertEquals(state.target, "#tea");
  assertEquals(state.hears(":bob PART #tea").at(-1), { type: "target", target: "#cup" });
  assertEquals(state.hears(":alice KICK #cup bob :enough"), [
    { type: "kick", nick: "bob", by: "alice", channel: "#cup", own: true, online: 0, reason: "enough" },
    { type: "target", target: undefined },
  ]);
});

Deno.test("State follows ranks as modes change them", () => {
  const state = bob();
  state.hears(":alice MODE #tea +ov-o bob bob alice");
  assertEquals(state.tea, "alice @+bob carol");
});

Deno.test("State lists the people of a channel that it is not in", () => {
  assertEquals(bob().hears(":tea 353 bob = #cup :dave", ":tea 366 bob #cup :End"), [
    { type: "names", channel: "#cup", members: [{ nick: "dave", prefix: "", away: false }] },
  ]);
});

Deno.test("State tells who is away", () => {
  const state = bob();
  assertEquals(state.hears(":alice AWAY :lunch"), [{ type: "away", nick: "alice", away: true, reason: "lunch" }]);
  assertEquals(state.members("#tea")[0].away, true);
  assertEquals(state.hears(":alice AWAY"), [{ type: "away", nick: "alice", away: false, reason: "" }]);
});

Deno.test("State forgets the people but not the channels of a lost connection", () => {
  const state = bob();
  state.offline();
  assertEquals([state.target, state.tea, state.spelledNick("alice")], ["#tea", "", undefined]);
  state.hears(":tea 001 bob :Welcome", ":bob!b@host JOIN #tea");
  assertEquals(state.tea, "bob");
});

Deno.test("State forgets a channel that it may not join again", () => {
  const state = bob();
  state.offline();
  const events = state.hears(":tea 001 bob :Welcome", ":tea 474 bob #tea :Cannot join channel (+b)");
  assertEquals(events, [
    { type: "error", text: "You cannot join #tea: you are banned there." },
    { type: "target", target: undefined },
  ]);
});

Deno.test("State takes messages without the parameters that they should have", () => {
  const state = bob();
  const commands =
    "PRIVMSG NOTICE JOIN PART KICK QUIT NICK TOPIC MODE AWAY INVITE ERROR FAIL TAGMSG REDACT MARKREAD ACCOUNT CHGHOST 001 005 332 353 366";
  for (const command of commands.split(" ")) state.hears(command, `:alice ${command}`, `:alice ${command} x`);
});

/** Strangers who say a line each, all from one host, and so many that not all of their talks are kept. */
function flooded(state: Ear): void {
  for (let i = 0; i <= BOUNDS.privateTalks; i++) state.hears(`:stranger${i}!s@10.0.0.66 PRIVMSG bob :hi`);
}

Deno.test("strangers, however many nicks they take, make nobody forget a talk that matters, unread or half written", () => {
  const state = bob();
  state.hears(":dave!d@10.0.0.7 PRIVMSG bob :urgent", ":bob!b@host PRIVMSG frank :hi");
  state.hears(":carol!c@host PRIVMSG bob :urgent", ":grace!g@10.0.0.9 PRIVMSG bob :urgent");
  state.find("grace")!.draft = "I am com";
  flooded(state);
  // dave has his own host, frank was written to, carol shares a channel, and an answer to grace has been begun.
  for (const nick of ["dave", "frank", "carol", "grace"]) assertEquals(state.find(nick)?.lines.length, 1, nick);
  assertEquals([state.find("dave")?.unread, state.find("grace")?.draft], [1, "I am com"]);
  assertEquals(state.find("stranger0"), undefined);
  assertEquals(state.find(`stranger${BOUNDS.privateTalks}`)?.unread, 1);
});

Deno.test("nor do as many people of a channel displace a talk with somebody to whom something was said", () => {
  const state = bob();
  state.hears(":bob!b@host PRIVMSG frank :hi", ":carol!c@host PRIVMSG bob :urgent");
  for (let i = 0; i <= BOUNDS.privateTalks; i++) {
    state.hears(`:one${i}!s@10.0.0.66 JOIN #tea`, `:one${i}!s@10.0.0.66 PRIVMSG bob :hi`);
  }
  assertEquals([state.find("frank")?.lines.length, state.find("carol")?.unread, state.find("one0")], [1, 1, undefined]);
});

Deno.test("of the talks with people who are known the one that is silent the longest is forgotten first, with a draft none", () => {
  const state = bob();
  for (let i = 0; i < BOUNDS.privateTalks; i++) receive(state, parse(`:bob!b@host PRIVMSG friend${i} :hi`), NOW + i);
  receive(state, parse(":friend0!f@host PRIVMSG bob :hi"), NOW + BOUNDS.privateTalks);
  state.find("friend1")!.draft = "hi";
  receive(state, parse(":friend!f@host PRIVMSG bob :hi"), NOW);
  const gone = Array.from({ length: BOUNDS.privateTalks }, (_, i) => `friend${i}`).filter((nick) => !state.find(nick));
  assertEquals(gone, ["friend2"]);
});

Deno.test("a draft and what is unread stay with a nick that somebody else takes", () => {
  const state = bob();
  state.hears(":dave!d@host PRIVMSG bob :urgent", ":carol!c@host PRIVMSG bob :hi");
  state.find("dave")!.draft = "I am com";
  state.hears(":carol!c@host NICK dave");
  const { draft, unread, mentions } = state.find("dave")!;
  assertEquals([draft, unread, mentions], ["I am com", 2, 2]);
});

Deno.test("State says where another person goes on with the talk of one who had the same nick, and not where one logs in", () => {
  const state = bob();
  state.isOwnTold = () => true;
  const told = (...lines: string[]) => state.hears(...lines).map((event) => "isAnother" in event && event.isAnother);
  const says = (peer: string) => `@teahouse.chat/peer=${peer} :alice!a@host PRIVMSG bob :hi`;
  const answers = (peer: string) => `@teahouse.chat/peer=${peer} :bob!b@host PRIVMSG alice :hi`;
  assertEquals(told(says("one"), says("one"), answers("one")), [false, false, false]);
  // She logs in: the server has another name for her from then on.
  assertEquals(told(":alice!a@host ACCOUNT alice", answers("two"), says("two")), [false, false]);
  // She goes, and a stranger takes the nick.
  state.hears(":alice!a@host QUIT :bye", ":alice!x@elsewhere JOIN #tea", ":alice!x@elsewhere ACCOUNT somebody");
  assertEquals(told(says("three"), answers("three"), says("three")), [true, false, false]);
  // Or she never was seen to go.
  assertEquals(told(answers("two")), [true]);
  assertEquals([...linesOfAnother(state.find("alice")!.lines)].map(({ peer }) => peer), ["three", "two"]);
});

Deno.test("State takes whoever takes a nick by NICK and then logs in for nobody else who had it, and means nobody else", () => {
  for (const before of [[], ["@time=2026-01-01T00:00:00.000Z;teahouse.chat/peer=two :eve!e@host PRIVMSG bob :hi"]]) {
    const state = bob();
    state.hears(":eve!e@host JOIN #tea", ...before);
    // They share no channel with her, so nobody is told that she goes.
    state.hears("@time=2026-01-01T00:00:01.000Z;teahouse.chat/peer=one :alice!a@host PRIVMSG bob :hi");
    state.hears(":eve!e@host NICK alice", ":alice!e@host ACCOUNT alice");
    assertEquals(state.find("alice")!.meant, "one");
    const [said] = state.hears("@teahouse.chat/peer=two :alice!e@host PRIVMSG bob :it is me");
    assertEquals("isAnother" in said && said.isAnother, true);
    assertEquals([...linesOfAnother(state.find("alice")!.lines)].at(-1)?.peer, "two");
  }
});

Deno.test("What is said to a person is meant for who talked there last; in a channel it is for all", () => {
  const state = bob();
  state.hears(
    "@teahouse.chat/peer=one :alice!a@host PRIVMSG bob :hi",
    "@teahouse.chat/peer=one;+channel-context=#tea :alice!a@host PRIVMSG bob :here too",
  );
  assertEquals([state.find("alice")?.meant, state.find("#tea")?.meant], ["one", undefined]);
  assertEquals(state.find("#tea")?.peer.last, "one");
  state.hears(":tea FAIL PRIVMSG ANOTHER_PERSON alice :Not sent");
  assertEquals(state.find("alice")?.meant, undefined);
  state.hears("@teahouse.chat/peer=two :alice!x@host PRIVMSG bob :hello");
  assertEquals(state.find("alice")?.meant, "two");
});

Deno.test("What is half written to a person is for nobody else who takes the nick, until the server has refused it", () => {
  const says = (nick: string, peer: string) => `@teahouse.chat/peer=${peer} :${nick}!x@host PRIVMSG bob :hello`;
  const takesNick = (before: (state: ReturnType<typeof bob>) => void) => {
    const state = bob();
    state.hears(":mallory!m@host JOIN #tea", says("alice", "one"), says("mallory", "two"));
    before(state);
    state.hears(":mallory!m@host NICK alice");
    return state;
  };
  const drafts: ((state: ReturnType<typeof bob>) => void)[] = [
    (state) => state.person = "alice",
    (state) => state.find("alice")!.draft = "my secret",
  ];
  for (const before of drafts) {
    const state = takesNick(before);
    assertEquals(state.find("alice")!.meant, "one");
    state.hears(":tea FAIL PRIVMSG ANOTHER_PERSON alice :Not sent");
    assertEquals(state.find("alice")!.meant, undefined);
    state.hears(says("alice", "two"));
    assertEquals(state.find("alice")!.meant, "two");
  }
  // Who writes to mallory goes on with her; and neither draft is lost.
  const state = takesNick((state) => {
    state.person = "mallory";
    state.find("mallory")!.draft = "to mallory";
  });
  assertEquals([state.find("alice")!.meant, state.find("alice")!.draft, state.person], ["two", "to mallory", "alice"]);
  const both = takesNick((state) => {
    state.find("mallory")!.draft = "to mallory";
    state.find("alice")!.draft = "to alice";
  });
  assertEquals([both.find("alice")!.meant, both.find("alice")!.draft], ["one", "to alice\nto mallory"]);

  // The other one comes and says something while a line is being written.
  const other = bob();
  other.hears(says("alice", "one"));
  other.writing = other.find("alice");
  other.hears(says("alice", "two"));
  assertEquals(other.find("alice")!.meant, "one");
  // The person has said something to them elsewhere, and so knows of them.
  other.hears("@teahouse.chat/peer=two :bob!b@host PRIVMSG alice :who are you?");
  assertEquals(other.find("alice")!.meant, "two");
});

Deno.test("State takes what the server says is its person's own, where the server says it, and else what has the nick", () => {
  const state = bob();
  const past = [
    "@teahouse.chat/own :bob!b@host PRIVMSG #tea :mine",
    ":bob!x@elsewhere PRIVMSG #tea :another's",
    "@teahouse.chat/own :robert!b@host PRIVMSG #tea :mine, under another nick",
  ];
  const own = () => readFound(state, past.map((line) => parse(line)), NOW).map((said) => said.own);
  assertEquals(own(), [true, true, false]);
  state.isOwnTold = () => true;
  assertEquals(own(), [true, false, true]);
});

Deno.test("State knows its person's own reactions whatever the nick was, and others by their accounts", () => {
  const state = bob();
  state.isOwnTold = () => true;
  state.hears("@msgid=1 :carol PRIVMSG #tea :tea?");
  const talk = state.find("#tea")!;
  const about = "+draft/reply=1 :";
  const past = [
    `@+draft/react=👍;teahouse.chat/own;${about}robert!b@host TAGMSG #tea`,
    `@+draft/react=👍;${about}bob!x@elsewhere TAGMSG #tea`,
    `@+draft/react=👍;account=carol;${about}carol!c@host TAGMSG #tea`,
    `@+draft/react=👍;${about}eve!e@host TAGMSG #tea`,
  ];
  [...replay(state, talk, past.map((line) => parse(line)), NOW)];
  const nicks = () => talk.find("1")!.reactions.get("👍");
  assertEquals([nicks()?.hasOwn, nicks()?.shown("bob")], [true, ["bob", "bob", "carol", "eve"]]);
  // It is there already.
  assertEquals(state.hears(`@+draft/react=👍;${about}bob!b@host TAGMSG #tea`), []);
  const [taken] = state.hears(`@+draft/unreact=👍;${about}bob!b@host TAGMSG #tea`);
  assertEquals(taken.type === "reaction" && taken.own, true);
  assertEquals([nicks()?.hasOwn, nicks()?.shown("bob")], [false, ["bob", "carol", "eve"]]);
  state.hears(
    `@+draft/unreact=👍;account=carol;${about}caroline!c@host TAGMSG #tea`,
    // She has logged in since.
    `@+draft/unreact=👍;account=eve;${about}eve!e@host TAGMSG #tea`,
  );
  assertEquals(nicks()?.shown("bob"), ["bob"]);
});

Deno.test("State takes an answer to its person's own message for a mention, but no other answer, nor one's own", () => {
  const state = bob();
  state.hears("@msgid=1 :bob PRIVMSG #tea :tea?", "@msgid=2 :carol PRIVMSG #tea :coffee?");
  const mentions = (...lines: string[]) =>
    state.hears(...lines).map((event) => "mention" in event && event.mention === true);
  assertEquals(
    mentions(
      "@+draft/reply=1 :alice PRIVMSG #tea :yes",
      "@+reply=1 :alice PRIVMSG #tea :\x01ACTION nods\x01",
      "@+draft/reply=2 :alice PRIVMSG #tea :no",
      "@+draft/reply=1 :bob PRIVMSG #tea :with milk",
      "@+draft/reply=1 :alice NOTICE #tea :a program",
    ),
    [true, true, false, false, false],
  );
  assertEquals([state.find("#tea")!.unread, state.find("#tea")!.mentions], [5, 2]);
  state.ignored.add("eve");
  assertEquals(state.hears("@+draft/reply=1 :eve PRIVMSG #tea :me too"), []);
  // Of the past, where both come at once, under another nick.
  state.isOwnTold = () => true;
  const past = [
    "@time=2026-11-25T10:00:00.000Z;msgid=3;teahouse.chat/own :robert!b@host PRIVMSG #tea :and cake?",
    "@time=2026-11-25T10:00:01.000Z;msgid=4;+draft/reply=3 :carol!c@host PRIVMSG #tea :please",
  ];
  [...replay(state, state.find("#tea")!, past.map((line) => parse(line)), NOW)];
  assertEquals(state.find("#tea")!.find("4")?.mention, true);
});
