import { assert, assertEquals } from "@std/assert";
import { usageOf } from "./command.ts";
import { COMMANDS } from "./mod.ts";
import { readCommand } from "../written.ts";
import { format, parse } from "../../protocol.ts";
import { ENGLISH } from "../sentences.ts";
import { MEMORY, Person, remembered } from "../testing.ts";

Deno.test("readCommand() takes a line apart, and knows text", () => {
  assertEquals(readCommand("/me  waves  twice "), { name: "me", rest: "waves  twice" });
  assertEquals(readCommand("/WHO"), { name: "who", rest: "" });
  assertEquals(readCommand("/"), { name: "", rest: "" });
  assertEquals(
    [readCommand("//x"), readCommand("x /me"), readCommand(" /me"), readCommand("")],
    Array(4).fill(undefined),
  );
});

Deno.test("each command has a description, and text only as its last parameter", () => {
  assertEquals(Object.keys(ENGLISH.commands), [...COMMANDS.keys()]);
  for (const [name, { params }] of COMMANDS) {
    assert(/^[a-z]+(?:-[a-z]+)?$/.test(name), name);
    assert(params.slice(0, -1).every(({ kind }) => kind !== "text" && kind !== "line"), name);
  }
});

Deno.test("usageOf() shows what is needed and what is not", () => {
  const usage = (name: string) => usageOf(COMMANDS.get(name)!, ENGLISH);
  assertEquals(usage("kick"), "/kick <nick> [reason]");
  assertEquals(usage("to"), "/to [nick|#channel]");
});

Deno.test("/help prints the table, or one line of it", async () => {
  const bob = await Person.inLobby("bob");
  const rowsOf = async (line: string) => {
    await bob.writes(line);
    return bob.told().flatMap((event) => event.type === "table" ? event.rows : []);
  };
  // Whoever has just come is shown a few, and how the others are found.
  const first = (await rowsOf("/help")).map(([usage]) => usage.split(" ")[0]);
  const few = ["to", "me", "reply", "join", "part", "list", "nick", "search", "invite-link", "quit", "/text", "help"];
  assertEquals(first, ["To", ...few.map((name) => "/" + name)]);
  const rows = await rowsOf("/help all");
  const [titles, commands] = [rows.filter(({ length }) => length === 1), rows.filter(({ length }) => length === 2)];
  assertEquals(commands.map(([usage]) => usage.split(" ")[0]), [...COMMANDS.keys(), "/text"].map((name) => "/" + name));
  assertEquals([titles.length, rows[0]], [8, ["Talking:"]]);
  await bob.writes("/help /me", "/help nonsense");
  assertEquals(bob.told(), [
    { type: "table", rows: [["/me <text>", "say what you do: /me waves"]] },
    { type: "error", text: "There is no command /nonsense. /help all lists all." },
  ]);
  await bob.leaves();
});

Deno.test("/to makes a person the target, and alone the channel again", async () => {
  const bob = await Person.inLobby("bob", "Alice");
  await bob.writes("/to alice");
  assertEquals(bob.told(), [
    { type: "target", target: "Alice" },
    { type: "info", text: "Only Alice gets what you say; /to goes back." },
  ]);
  await bob.writes("/to");
  assertEquals(bob.told(), [
    { type: "target", target: "#lobby" },
    { type: "info", text: "All in #lobby get what you say." },
  ]);
  await bob.leaves();
});

Deno.test("/to refuses oneself, and somebody who is not online", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.writes("/to BOB");
  assertEquals(bob.heard(), ["You cannot talk to yourself."]);
  await bob.writes("/to carol");
  await bob.server.answers((label) => [`@label=${label} :tea 303 bob :`]);
  assertEquals(bob.heard(), ["carol is not online. What you say still goes to #lobby."]);
  assertEquals(bob.client.state.target, "#lobby");
  await bob.leaves();
});

Deno.test("/to opens a talk with somebody who is away, where a server keeps what is said until they return", async () => {
  const bob = await Person.recalling("bob");
  await bob.writes("/to carol");
  await bob.server.answers((label) => [`@label=${label} :tea 303 bob :`]);
  const question = await bob.server.answers((label) => [
    `@label=${label} BATCH +1 labeled-response`,
    "@batch=1 :tea 301 bob Carol :Away from the room, and will get what you write on return",
    "@batch=1 :tea 318 bob carol :End of /WHOIS list",
    "BATCH -1",
  ]);
  assertEquals(question, "WHOIS carol");
  await bob.server.recalls("Carol");
  assertEquals(bob.heard(), [
    "Only Carol gets what you say; /to goes back.",
    "Carol is away from the room and will get what you write on return.",
  ]);
  assertEquals(bob.client.state.target, "Carol");
  // Somebody of whom the server knows nothing.
  await bob.writes("/to dave");
  await bob.server.answers((label) => [`@label=${label} :tea 303 bob :`]);
  await bob.server.answers((label) => [
    `@label=${label} BATCH +2 labeled-response`,
    "@batch=2 :tea 401 bob dave :No such nick",
    "@batch=2 :tea 318 bob dave :End of /WHOIS list",
    "BATCH -2",
  ]);
  assertEquals(bob.heard(), ["dave is not online. What you say still goes to Carol."]);
  await bob.leaves();
});

Deno.test("/to #channel and /join join where that is needed", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.writes("/to #tea");
  await bob.server.answers((label) => [`@label=${label} :bob!~tea@host JOIN #tea`]);
  assertEquals(bob.client.state.target, "#tea");
  await bob.writes("/join LOBBY");
  assertEquals([bob.client.state.target, await bob.server.rest()], ["#lobby", []]);
  await bob.writes("/join secret");
  await bob.server.answers((label) => [`@label=${label} :tea 475 bob #secret :Cannot join channel (+k)`]);
  assertEquals(bob.heard().at(-1), "You cannot join #secret: it needs its key (/join #secret KEY).");
  assertEquals(bob.client.state.target, "#lobby");
  await bob.leaves();
});

Deno.test("commands send what they say, with emoji only in text", async () => {
  const lines: [written: string, sent: string][] = [
    ["/me drinks :tea:", "PRIVMSG #lobby :\x01ACTION drinks 🍵\x01"],
    ["/nick :tea:", "NICK ::tea:"],
    ["/nick Ms Chen", "NICK Ms_Chen"],
    ["/part", "PART #lobby"],
    ["/part tea", "PART #tea"],
    ["/topic", "TOPIC :#lobby"],
    ["/topic :tea: time", "TOPIC #lobby :🍵 time"],
    ["/away", "AWAY"],
    ["/away :tea:", "AWAY 🍵"],
    ["/whois alice", "WHOIS alice"],
    ["/kick alice too :tea: loud", "KICK #lobby alice :too 🍵 loud"],
    ["/who #tea", "NAMES #tea"],
    ["/raw mode #lobby +t", "mode #lobby +t"],
    ["/raw PRIVMSG #lobby ::tea: raw", "PRIVMSG #lobby ::tea: raw"],
  ];
  for (const [written, sent] of lines) {
    const bob = await Person.inLobby("bob", "alice");
    await bob.writes(written);
    assertEquals(await bob.server.answers((label) => [`@label=${label} :tea ACK`]), sent);
    await bob.leaves();
  }
});

Deno.test("commands are checked before they run", async () => {
  const bob = await Person.inLobby("bob");
  await bob.writes("/me", "/nick", "/whois a b", "/kick", "/raw :x", "/raw 1", "/kick :x y", "/");
  assertEquals(bob.heard(), [
    "Usage: /me <text>",
    "Usage: /nick <nick>",
    "Usage: /whois <nick>",
    "Usage: /kick <nick> [reason]",
    "Cannot parse line: it has no command.",
    'Cannot parse line: "1" is no command.',
    'Cannot format message: ":x" is not allowed as middle parameter.',
    "A line that begins with / is a command: /help lists them, // begins a text with /.",
  ]);
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
});

Deno.test("/who shows the channel's people without asking", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.writes("/who");
  const members = [{ nick: "alice", prefix: "", away: false }];
  const self = { nick: "bob", prefix: "", away: false, userhost: "~tea@host" };
  assertEquals(bob.told(), [{ type: "names", channel: "#lobby", members: [...members, self], isAsked: true }]);
  await bob.leaves();
});

Deno.test("commands for the channel say so where there is none", async () => {
  const bob = await Person.inLobby("bob");
  await bob.server.says(":bob!~tea@host PART #lobby");
  bob.told();
  await bob.writes("/who", "/part", "/topic x", "/kick alice", "/to", "hello");
  assertEquals(bob.heard(), Array(6).fill("You are in no channel: /join #lobby"));
  await bob.leaves();
});

Deno.test("what is written where the channel was left goes to nobody until the person has chosen whom to talk to", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.server.says(":bob!b@h JOIN #tea", ":alice KICK #lobby bob :enough");
  bob.told();
  assertEquals(await bob.sends("is that so?"), []);
  assertEquals(bob.told(), [
    { type: "error", text: "You talk to nobody now: /to #tea, or /to NICK for one person." },
    { type: "unsaid", text: "is that so?" },
  ]);
  assertEquals(await bob.sends("/me sighs"), []);
  assertEquals(await bob.sends("/to #tea"), []);
  assertEquals(await bob.sends("hello"), ["PRIVMSG #tea :hello"]);
  await bob.leaves();
});

Deno.test("a channel that was renamed is joined again under its new name, by its key", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.server.says(":alice MODE #lobby +k secret", ":alice RENAME #lobby #salon :");
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  await bob.server.welcomes("bob");
  await bob.server.sees("JOIN #salon secret");
  await bob.leaves();
});

Deno.test("a command has the names that other clients and Chinese give it", async () => {
  const bob = await Person.inLobby("bob", "alice");
  for (const line of ["/names", "/在线", "／NAMES"]) {
    await bob.writes(line);
    assertEquals(bob.told().map(({ type }) => type), ["names"], line);
  }
  await bob.writes("/query alice", "/帮助 names");
  assertEquals(bob.client.state.target, "alice");
  const [help] = bob.told().slice(-1);
  assertEquals(help.type === "table" && help.rows.map(([usage]) => usage), ["/who [#channel]"]);
  assertEquals(await bob.sends("/leave #lobby"), ["PART #lobby"]);
  await bob.leaves();
});

Deno.test("what is no command is told with the one that is spelled nearly so, and with none where none is", async () => {
  const bob = await Person.inLobby("bob");
  await bob.writes("/hlep", "/不存在", "/x", "/qit", "/help nonsense");
  assertEquals(bob.heard(), [
    "There is no command /hlep. Did you mean /help? /help all lists all.",
    "There is no command /不存在. /help all lists all.",
    "There is no command /x. /help all lists all.",
    "There is no command /qit. Did you mean /quit? /help all lists all.",
    "There is no command /nonsense. /help all lists all.",
  ]);
  await bob.leaves();
});

Deno.test("/quit asks the view to leave, with the reason", async () => {
  const reasons: (string | undefined)[] = [];
  const bob = new Person("bob", { onLeave: (reason) => reasons.push(reason) });
  await bob.writes("/quit", "/quit tea :tea:");
  assertEquals(reasons, [undefined, "tea 🍵"]);
  await bob.leaves();
});

Deno.test("commands to answer and react go to the last line of another, or of the one who is named", async () => {
  const lines: [written: string, sent: string][] = [
    ["/reply with :tea:", "@+draft/reply=c1;+reply=c1 PRIVMSG #lobby :with 🍵"],
    ["/reply alice yes please", "@+draft/reply=a1;+reply=a1 PRIVMSG #lobby :yes please"],
    ["/reply Alice: yes", "@+draft/reply=a1;+reply=a1 PRIVMSG #lobby :yes"],
    ["/reply dave is late", "@+draft/reply=c1;+reply=c1 PRIVMSG #lobby :dave is late"],
    ["/react :+1:", "@+draft/react=👍;+draft/reply=c1;+reply=c1 TAGMSG #lobby"],
    ["/react :+1: alice", "@+draft/react=👍;+draft/reply=a1;+reply=a1 TAGMSG #lobby"],
    ["/msg alice see :tea:", "PRIVMSG alice :see 🍵"],
    ["/notice #lobby note", "NOTICE #lobby note"],
    ["/invite dave", "INVITE dave #lobby"],
    ["/invite dave #tea", "INVITE dave #tea"],
    ["/op alice", "MODE #lobby +o alice"],
    ["/devoice carol", "MODE #lobby -v carol"],
    ["/mode", "MODE #lobby"],
    ["/mode +mk key", "MODE #lobby +mk key"],
    ["/mode #tea -m", "MODE #tea -m"],
    ["/list", "LIST"],
  ];
  for (const [written, sent] of lines) {
    const bob = await Person.hearing("bob");
    assertEquals(await bob.sends(written), [format(parse(sent))]);
    await bob.leaves();
  }
});

Deno.test("/reply and /react go to where the line was that they answer", async () => {
  const bob = await Person.hearing("bob");
  const says = (second: number, line: string) => bob.server.says(remembered([`m${second}`, second, line]));
  // What was said to bob alone is the last line.
  await says(60, ":alice!a@h PRIVMSG bob :psst");
  assertEquals(await bob.sends("/reply the code is 1234"), [
    "@+draft/reply=m60;+reply=m60 PRIVMSG alice :the code is 1234",
  ]);
  assertEquals(await bob.sends("/react :+1:"), ["@+draft/react=👍;+draft/reply=m60;+reply=m60 TAGMSG alice"]);
  // Something comes in the channel before bob has answered.
  await says(61, ":carol!c@h PRIVMSG #lobby :tea?");
  bob.told();
  assertEquals([await bob.sends("/reply 1234"), await bob.sends("/react :+1:")], [[], []]);
  const unclear = "Not sent: alice wrote to you alone, and carol in #lobby since. Name the one whom you answer.";
  assertEquals(bob.heard(), [unclear, unclear]);
  assertEquals(await bob.sends("/reply alice 1234"), ["@+draft/reply=m60;+reply=m60 PRIVMSG alice :1234"]);
  assertEquals(await bob.sends("/reply carol yes"), ["@+draft/reply=m61;+reply=m61 PRIVMSG #lobby :yes"]);
  // The same person in both: what was for bob alone is not answered before all.
  await says(62, ":alice!a@h PRIVMSG #lobby :tea!");
  assertEquals(await bob.sends("/reply alice 1234"), ["@+draft/reply=m60;+reply=m60 PRIVMSG alice :1234"]);
  // Once it is answered, the last line is meant.
  await says(63, ":bob!~tea@host PRIVMSG alice :1234");
  assertEquals(await bob.sends("/reply alice yes"), ["@+draft/reply=m62;+reply=m62 PRIVMSG #lobby :yes"]);
  await bob.leaves();
});

Deno.test("an answer, a reaction and a call are for the one with whom the talk is, whoever has the nick by now", async () => {
  const capabilities = `${MEMORY} teahouse.chat/identity teahouse.chat/call`;
  const bob = await Person.hearing("bob", capabilities, { hasCalls: true });
  const peer = "teahouse.chat/peer=one";
  await bob.server.says(
    remembered(["m60", 60, `@${peer};+channel-context=#lobby :alice!a@h PRIVMSG bob :the code?`]),
  );
  // Nothing but that line says who alice was.
  const [answer] = await bob.sends("/reply alice 1234");
  assertEquals(answer, `@+draft/reply=m60;+reply=m60;${peer} PRIVMSG alice :1234`);
  await bob.server.says(":tea FAIL PRIVMSG ANOTHER_PERSON alice :Not sent");
  assertEquals(bob.client.state.find("alice")?.meant, undefined);
  // Once that was told, the other one may be meant.
  assertEquals(await bob.sends("/reply alice 1234"), ["@+draft/reply=m60;+reply=m60 PRIVMSG alice :1234"]);

  await bob.server.says(remembered(["m61", 61, "@teahouse.chat/peer=two :carol!c@h PRIVMSG bob :psst"]));
  assertEquals(await bob.sends("/react :+1:"), [
    "@+draft/react=👍;+draft/reply=m61;+reply=m61;teahouse.chat/peer=two TAGMSG carol",
  ]);
  void bob.client.actions.calls.join("carol", ["audio"]);
  assertEquals(await bob.sends("/to"), ["@teahouse.chat/peer=two CALL JOIN carol audio"]);
  await bob.server.says(":tea FAIL CALL ANOTHER_PERSON JOIN carol :Another person has this nick");
  assertEquals(bob.heard().at(-1), "This is another carol than the one you talked with before.");
  void bob.client.actions.calls.join("carol", ["audio"]);
  assertEquals(await bob.sends("/to"), ["CALL JOIN carol audio"]);
  await bob.leaves();
});

Deno.test("what was said to one person alone is answered so where it is shown in a channel, too", async () => {
  const bob = await Person.hearing("bob");
  await bob.server.says(
    remembered(["m60", 60, "@+channel-context=#lobby :alice!a@h PRIVMSG bob :the code?"]),
    remembered(["m61", 61, ":carol!c@h PRIVMSG #lobby :tea?"]),
  );
  const answer = "@+draft/reply=m60;+reply=m60 PRIVMSG alice :1234";
  assertEquals(await bob.sends("/reply 1234"), []);
  assertEquals(await bob.sends("/reply alice 1234"), [answer]);
  // On a page, where that line was chosen.
  const talk = bob.client.state.find("#lobby")!;
  void bob.client.input("1234", "typed", { talk, replyTo: talk.find("m60")! });
  assertEquals(await bob.sends("/reply carol yes"), [answer, "@+draft/reply=m61;+reply=m61 PRIVMSG #lobby :yes"]);
  await bob.leaves();
});

Deno.test("/forget removes the last message, to whomever it was said", async () => {
  const bob = await Person.hearing("bob");
  await bob.server.says(remembered(["m60", 60, ":bob!~tea@host PRIVMSG alice :oops"]));
  assertEquals(await bob.sends("/forget"), ["REDACT alice m60"]);
  assertEquals(await bob.sends("/forget bob 2"), ["REDACT alice m60", "REDACT #lobby b2"]);
  assertEquals(await bob.sends("/forget carol"), ["REDACT #lobby c1"]);
  await bob.leaves();
});

Deno.test("/react again takes the reaction back", async () => {
  const bob = await Person.hearing("bob");
  await bob.server.says("@+draft/react=👍;+draft/reply=c1 :bob!~tea@host TAGMSG #lobby");
  assertEquals(await bob.sends("/react :+1:"), ["@+draft/unreact=👍;+draft/reply=c1;+reply=c1 TAGMSG #lobby"]);
  await bob.leaves();
});

Deno.test("/reply says it in words, and /react and /forget say that they cannot, where the server has no tags", async () => {
  const bob = await Person.hearing("bob", "labeled-response batch echo-message");
  assertEquals(await bob.sends("/reply alice yes"), ["PRIVMSG #lobby :alice: yes"]);
  bob.told();
  for (const line of ["/react :+1:", "/forget", "/history"]) assertEquals(await bob.sends(line), []);
  assertEquals(bob.heard(), [
    "This room carries no reactions.",
    "This room removes no messages.",
    "This room keeps no history.",
  ]);
  await bob.leaves();
});

Deno.test("/forget removes own messages, the last first, or another's, and says what it cannot read", async () => {
  const bob = await Person.hearing("bob");
  assertEquals(await bob.sends("/forget"), ["REDACT #lobby b2"]);
  await bob.server.says(":bob!~tea@host REDACT #lobby b2");
  assertEquals(await bob.sends("/forget 5"), ["REDACT #lobby b1"]);
  assertEquals(await bob.sends("/forget carol"), ["REDACT #lobby c1"]);
  bob.told();
  for (const line of ["/forget dave", "/forget 0", "/forget 1 2", "/forget carol x", "/forget 21"]) {
    assertEquals(await bob.sends(line), []);
  }
  assertEquals(bob.heard(), [
    "There is no message of dave here that could be removed.",
    '"0" is no number from 1 to 20.',
    "Usage: /forget [count|nick] [count]",
    '"x" is no number from 1 to 20.',
    '"21" is no number from 1 to 20.',
  ]);
  await bob.leaves();
});

Deno.test("/forget shows the server's own words where it refuses", async () => {
  const bob = await Person.hearing("bob");
  await bob.writes("/forget alice");
  const fail = ":tea FAIL REDACT REDACT_FORBIDDEN #lobby a1 :You are not authorised to delete this message";
  await bob.server.answers((label) => [`@label=${label} ${fail}`]);
  assertEquals(bob.heard(), ["You are not authorised to delete this message"]);
  assertEquals(bob.client.refusals, 1);
  await bob.leaves();
});

Deno.test("/history says of a talk with a person that nothing older was said there", async () => {
  const bob = await Person.hearing("bob");
  await bob.writes("/to alice");
  await bob.server.rest();
  bob.client.state.current!.complete = true;
  bob.told();
  await bob.writes("/history");
  assertEquals(bob.heard(), ["Nothing older was said with alice."]);
  await bob.leaves();
});

Deno.test("/history shows older lines, and says where there are none", async () => {
  const bob = await Person.hearing("bob");
  await bob.writes("/history 2");
  const asked = await bob.server.recalls("#lobby", ["z", 0, ":alice PRIVMSG #lobby :first"]);
  assertEquals([asked, bob.lines()[0]], ["CHATHISTORY BEFORE #lobby msgid=a1 2", "alice: first"]);
  assertEquals(bob.told().map(({ type }) => type), ["history"]);
  await bob.writes("/history", "/history x");
  assertEquals(bob.heard(), ["There is nothing older in #lobby.", '"x" is no number from 1 to 500.']);
  await bob.leaves();
});

Deno.test("/search finds what was said anywhere, or in the talk where a server wants one named", async () => {
  const bob = await Person.hearing("bob");
  await bob.writes("/search green tea; 100%");
  assertEquals(
    await bob.server.recalls("", ["x", 1, ":alice PRIVMSG #tea :green tea; 100%"]),
    "SEARCH text=green\\stea\\:\\s100%;limit=50",
  );
  const [found] = bob.told();
  assertEquals(found.type === "search" && [found.target, found.isLocal, found.found[0].target, found.found[0].text], [
    undefined,
    false,
    "#tea",
    "green tea; 100%",
  ]);
  await bob.writes("/search tea");
  await bob.server.answers((label) => [`@label=${label} :tea FAIL SEARCH INVALID_PARAMS in :Name a talk`]);
  assertEquals(await bob.server.recalls(""), "SEARCH in=#lobby;text=tea;limit=50");
  assertEquals(bob.told(), [{ type: "search", target: "#lobby", text: "tea", found: [], isLocal: false }]);
  await bob.leaves();
});

Deno.test("/search looks through the lines that are here where the server cannot search", async () => {
  const bob = await Person.hearing("bob", "labeled-response batch echo-message");
  await bob.writes("/search TEA");
  const [found] = bob.told();
  assertEquals(found.type === "search" && [found.target, found.isLocal, found.found.map(({ text }) => text)], [
    "#lobby",
    true,
    ["tea?"],
  ]);
  await bob.leaves();
});

Deno.test("/ignore hides somebody until /unignore, and lists whom one ignores", async () => {
  const bob = await Person.hearing("bob");
  await bob.writes("/ignore", "/ignore bob", "/ignore Carol", "/ignore");
  await bob.server.says(":carol!c@host PRIVMSG #lobby :coffee!");
  await bob.writes("/unignore carol", "/unignore carol");
  await bob.server.says(":carol!c@host PRIVMSG #lobby :sorry");
  assertEquals(bob.heard(), [
    "You ignore nobody.",
    "You cannot ignore yourself.",
    "You ignore Carol: /unignore Carol ends that.",
    "You ignore carol.",
    "You ignore carol no longer.",
    "You do not ignore carol.",
    "sorry",
  ]);
  await bob.leaves();
});

Deno.test("/topic says so where the server has cut it", async () => {
  const bob = await Person.hearing("bob");
  for (const told of ["green", "green tea"]) {
    await bob.writes("/topic green tea");
    await bob.server.answers((label) => [`@label=${label} :bob!b@host TOPIC #tea :${told}`]);
  }
  assertEquals(bob.heard().filter((text) => text.includes("too long")), [
    "The topic was too long: the room has cut off its end.",
  ]);
  await bob.leaves();
});

Deno.test("/list says so where there is no channel", async () => {
  const bob = await Person.hearing("bob");
  await bob.writes("/list");
  await bob.server.answers((label) => [`@label=${label} :tea 322 bob #tea 3 :Green tea`]);
  await bob.writes("/list");
  await bob.server.answers((label) => [`@label=${label} :tea 323 bob :End`]);
  assertEquals(bob.heard(), ["#tea (3 online): Green tea", "There is no channel."]);
  await bob.leaves();
});

Deno.test("/status says what others read of a person, and why it cannot", async () => {
  const bob = await Person.hearing("bob", `${MEMORY} draft/metadata-3`);
  await bob.writes("/status in class until 4");
  const set = await bob.server.answers((label) => [`@label=${label} :tea 761 bob bob status * :in class until 4`]);
  assertEquals(set, "METADATA * SET status :in class until 4");
  await bob.writes("/status");
  assertEquals(
    await bob.server.answers((label) => [`@label=${label} :tea 766 bob bob status :no`]),
    "METADATA * SET status",
  );
  await bob.writes("/status x");
  await bob.server.answers((label) => [`@label=${label} FAIL METADATA RATE_LIMITED bob status 4 :Too often`]);
  assertEquals(bob.heard(), ["Your status: in class until 4", "You have no status now.", "Too often"]);
  await bob.leaves();
  const elsewhere = await Person.hearing("dave");
  await elsewhere.writes("/status x");
  assertEquals(elsewhere.heard(), ["This room keeps no status of people."]);
  await elsewhere.leaves();
});
