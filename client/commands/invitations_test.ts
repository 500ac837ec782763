import { assertEquals } from "@std/assert";
import type { ClientOptions } from "../options.ts";
import { Person } from "../testing.ts";

/** The address that is shown to somebody who has come to a server in some way, and which DOORS this server then tells. */
async function shown(options: Partial<ClientOptions>, ...doors: string[]): Promise<(string | undefined)[]> {
  const bob = await Person.hearing("bob", undefined, options);
  await bob.writes("/invite-link");
  const told = doors.map((door) => `@batch=g :tea NOTE DOORS DOOR ${door} :Others can come in here`);
  const none = "@batch=g :tea FAIL DOORS NONE * :Only people on the server's own machine can come in";
  if (options.page === undefined || options.address?.startsWith("localhost")) {
    const asked = await bob.server.answers((label) => [
      `@label=${label} BATCH +g labeled-response`,
      ...(told.length === 0 ? [none] : told),
      "BATCH -g",
    ]);
    assertEquals(asked, "DOORS");
  }
  const heard = bob.told().flatMap((event) =>
    event.type === "invitation" ? [event.address] : event.type === "error" ? [event.text] : []
  );
  await bob.leaves();
  return heard;
}

const DOORS = ["http://192.168.1.5:8080/", "https://192.168.1.5:8443/", "ircs://192.168.1.5:6697"];

Deno.test("/invite-link shows the server's address for others to whom has come from its own machine", async () => {
  assertEquals(await shown({ address: "127.0.0.1:8888" }, ...DOORS), ["http://192.168.1.5:8080/#lobby"]);
  const page = { address: "localhost:8080", page: "http://localhost:8080/" };
  assertEquals(await shown(page, ...DOORS), ["http://192.168.1.5:8080/#lobby"]);
  assertEquals(await shown({ address: "127.0.0.1:8888" }, "ircs://192.168.1.5:6697"), ["ircs://192.168.1.5:6697"]);
});

Deno.test("/invite-link keeps to the name by which one has come oneself, unless everybody trusts another over TLS", async () => {
  assertEquals(await shown({ address: "kettle.local:8888" }, ...DOORS), ["http://kettle.local:8080/#lobby"]);
  const trusted = ["https://tea.example/", ...DOORS];
  assertEquals(await shown({ address: "10.0.0.2:8888" }, ...trusted), ["https://tea.example/#lobby"]);
  const page = { address: "tea.example", page: "https://tea.example/chat/" };
  assertEquals(await shown(page), ["https://tea.example/chat/#lobby"]);
});

Deno.test("/invite-link tells of no address where nobody else comes in, and takes no address that is none", async () => {
  assertEquals(await shown({ address: "127.0.0.1:8888" }), [undefined]);
  assertEquals(await shown({ address: "127.0.0.1:8888" }, "javascript:alert(1)"), [undefined]);
});
