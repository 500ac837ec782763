import { assertEquals } from "@std/assert";
import { type Person, Room } from "../testing.ts";

async function asks(person: Person, line: string): Promise<string[]> {
  await person.send(line);
  return await person.everything();
}

Deno.test("DOORS tells by which addresses others come in, or that nobody else does", async () => {
  await using room = new Room();
  const alice = await room.person("alice");
  const only = "Only people on the server's own machine can come in";
  assertEquals(await asks(alice, "DOORS"), [`:Tea.local FAIL DOORS NONE * :${only}`]);
  room.chat.doors = () => ({
    here: "localhost",
    elsewhere: ["192.168.1.5"],
    trusted: [],
    chat: 8888,
    secureChat: 6697,
    page: 8080,
    securePage: undefined,
    base: "/",
  });
  assertEquals(
    await asks(alice, "DOORS"),
    ["http://192.168.1.5:8080/", "ircs://192.168.1.5:6697", "irc://192.168.1.5:8888"].map((address) =>
      `:Tea.local NOTE DOORS DOOR ${address} :Others can come in here`
    ),
  );
});
