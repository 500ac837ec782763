import { assertEquals } from "@std/assert";
import { meaning as meaningIn } from "./numerics.ts";
import { ENGLISH } from "../sentences.ts";

const meaning = (command: string, params: string[]) => meaningIn(command, params, ENGLISH);

Deno.test("meaning() makes a sentence of a refusal", () => {
  assertEquals(meaning("401", ["bob", "carol", "No such nick"]), { type: "error", text: "carol is not online." });
  assertEquals(meaning("433", ["bob", "alice", "in use"]), { type: "error", text: "The nick alice is in use." });
  const alike = (text: string) => meaning("433", ["bob", "еvan", text])?.text;
  assertEquals(alike("еvan looks like evan, who is here"), "The nick еvan looks like evan, who is here.");
  assertEquals(
    alike("еvan looks like evan, the name of an account"),
    "The nick еvan looks like evan, which is an account.",
  );
  assertEquals(alike("It looks like rain, who is here to tell"), "The nick еvan is in use.");
  const held = "You cannot take another nick while you are banned or muted in #tea.";
  assertEquals(meaning("435", ["bob", "angel", "#tea", "Cannot change"]), { type: "error", text: held });
});

Deno.test("meaning() says what keeps a name from being one, where it can be told by looking at it", () => {
  const text = (command: string, ...params: string[]) => meaning(command, ["bob", ...params])?.text;
  const unseen = "in it is a character that nobody sees";
  const picture = `${unseen} (U+FE0F: whether the one before it is drawn as a picture)`;
  assertEquals(text("403", "#❤️", "No such channel"), `#❤️ is no channel's name: ${picture}; #❤ would do.`);
  assertEquals(
    text("476", "#a\u200db", "Bad"),
    `#a\u200db is no channel's name: ${unseen} (U+200D: it joins others); #ab would do.`,
  );
  assertEquals(text("432", "2bob", "Erroneous"), "2bob cannot be a nick: it cannot begin with 2; bob would do");
  // Another server has other rules.
  assertEquals(text("403", "#tea", "No such channel"), "There is no channel #tea.");
  assertEquals(text("403", "&tea", "No such channel"), "There is no channel &tea.");
  assertEquals(text("432", "bob", "That one is reserved"), "bob cannot be a nick: That one is reserved");
});

Deno.test("meaning() says why one may not talk, in the server's words where it does not know them", () => {
  const why = (text: string) => meaning("404", ["bob", "#tea", text]);
  assertEquals([why("Cannot send to channel (+b: you are banned or muted)"), why("No (+c)"), why("(+constructor)")], [
    { type: "error", text: "You cannot talk in #tea: you are banned or muted." },
    { type: "error", text: "You cannot talk in #tea: No (+c)" },
    { type: "error", text: "You cannot talk in #tea: (+constructor)" },
  ]);
});

Deno.test("meaning() says of somebody who is away from the room that a message waits for them, or is too much", () => {
  const text = (command: string, said: string) => meaning(command, ["alice", "bob", said])?.text;
  assertEquals(
    text("301", "Away from the room, and will get this on return"),
    "bob is away from the room and will get this on return.",
  );
  assertEquals(text("301", "constructor"), "bob is away: constructor");
  assertEquals(
    text("404", "Cannot send (as much waits for bob, who is away, as may)"),
    "Not said: bob is away from the room, and too much waits for bob already.",
  );
});

Deno.test("meaning() shows what it does not know in the server's words", () => {
  assertEquals(meaning("499", ["bob", "#tea", "No tea for you"]), { type: "error", text: "#tea No tea for you" });
  assertEquals(meaning("208", ["bob", "Newtype"]), { type: "info", text: "Newtype" });
});

Deno.test("meaning() says nothing of what a person need not see", () => {
  assertEquals(meaning("004", ["bob", "tea", "1"]), undefined);
});

Deno.test("meaning() takes numerics without the parameters they should have", () => {
  for (let n = 1; n < 1000; n++) {
    const numeric = String(n).padStart(3, "0");
    for (const params of [[], ["bob"], ["bob", "x"], ["bob", "x", "y"]]) meaning(numeric, params);
  }
});

Deno.test("meaning() writes how long somebody has been idle", () => {
  const idle = (seconds: string) => {
    const said = meaning("317", ["bob", "alice", seconds, "idle"]);
    return said?.type === "whois" ? `${said.nick} ${said.text}` : said;
  };
  assertEquals(["0", "59", "60", "7200", "x"].map(idle), [
    "alice has been idle for 0 s",
    "alice has been idle for 59 s",
    "alice has been idle for 1 min",
    "alice has been idle for 2 h",
    "alice has been idle for some time",
  ]);
});
