import { assertEquals } from "@std/assert";
import { MEMORY, Person } from "../testing.ts";

Deno.test("/send, /files and /get are carried out by the view, with the talk that they are about", async () => {
  const done: unknown[] = [];
  const note = (name: string) => (...args: unknown[]) => void done.push([name, ...args]);
  const fileView = { send: note("send"), list: note("list"), get: note("get"), voice: note("voice") };
  const bob = await Person.hearing("bob", MEMORY, { fileView });
  const lobby = bob.client.state.find("#lobby")!;
  await bob.writes("/send my\\ tea.jpg  'two words'", "/files", "/get", "/get 3", "/get 3 ~/my tea.jpg");
  assertEquals(done, [
    ["send", "my\\ tea.jpg  'two words'", lobby],
    ["list", "#lobby"],
    ["get", undefined, undefined, "#lobby"],
    ["get", "3", undefined, "#lobby"],
    ["get", "3", "~/my tea.jpg", "#lobby"],
  ]);
  bob.told();
  await bob.writes("/send");
  assertEquals([done.at(-1), bob.heard()], [["send", "", lobby], []]);
  done.length = 0;
  await bob.writes("/voice tea.ogg", "/voice my  tea", "/voice ./tea", "/voice 'my tea'");
  assertEquals(done, ["tea.ogg", "my tea", "./tea", "'my tea'"].map((path) => ["voice", path, lobby]));
  await bob.leaves();
});

Deno.test("a view that sends no files by commands says so, and nothing is sent", async () => {
  const bob = await Person.hearing("bob");
  await bob.writes("/send /etc/passwd", "/files", "/get 1", "/voice tea.ogg");
  assertEquals(bob.heard(), Array(4).fill("Files can't be sent or got by commands here."));
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
});
