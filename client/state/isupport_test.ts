import { assertEquals } from "@std/assert";
import { Isupport } from "./isupport.ts";

function isupport(...tokens: string[]): Isupport {
  const isupport = new Isupport();
  isupport.add(["bob", ...tokens, "are supported by this server"]);
  return isupport;
}

Deno.test("Isupport reads tokens with, without and with escaped values, and takes them back", () => {
  const server = isupport("NETWORK=Tea\\x20House", "WHOX", "TOPICLEN=");
  assertEquals([server.get("NETWORK"), server.get("WHOX"), server.get("TOPICLEN")], ["Tea House", "", ""]);
  server.add(["bob", "-WHOX", "are supported"]);
  assertEquals(server.get("WHOX"), undefined);
});

Deno.test("Isupport.member() takes all symbols off a name, and the host", () => {
  const server = isupport("PREFIX=(qov)~@+");
  assertEquals(server.member("~@alice!a@host"), ["~@", "alice", "a@host"]);
  assertEquals(server.member("bob"), ["", "bob", ""]);
  assertEquals(server.member("+"), ["+", "", ""]);
});

Deno.test("Isupport.changePrefix() keeps the ranks in their order", () => {
  const server = isupport("PREFIX=(qov)~@+");
  assertEquals(server.changePrefix("+", { add: true, mode: "o" }), "@+");
  assertEquals(server.changePrefix("@+", { add: false, mode: "o" }), "+");
  assertEquals(server.changePrefix("@", { add: true, mode: "m" }), "@");
});

Deno.test("Isupport.modeChanges() knows which modes take a parameter", () => {
  assertEquals(isupport("CHANMODES=b,k,l,imnpst").modeChanges("+ol-l+mb-k", ["alice", "10", "*!*@bad", "key"]), [
    { add: true, mode: "o", param: "alice" },
    { add: true, mode: "l", param: "10" },
    { add: false, mode: "l" },
    { add: true, mode: "m" },
    { add: true, mode: "b", param: "*!*@bad" },
    { add: false, mode: "k", param: "key" },
  ]);
});
