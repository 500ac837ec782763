/**
 * The page behind a proxy that has it below a path of its own, whether it passes that path on or takes it off.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { connect, createServer, type Socket } from "node:net";
import { pageTest as test } from "./browser.ts";
import { openRoom } from "../room.ts";

/** A proxy on this machine. */
interface Proxy extends AsyncDisposable {
  origin: string;
  /** The paths that it was asked for. */
  asked: string[];
}

/** How a request begins; browsers send the head of each in one piece. */
const REQUEST = /^GET (\S+) HTTP\/1\.1\r\n/;

/** Opens a proxy that passes on what is asked for below `/chat/`, and ends the connection of who asks for anything else. */
async function openProxy(page: string, { strips }: { strips: boolean }): Promise<Proxy> {
  const { hostname, port } = new URL(page);
  const asked: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((browser) => {
    const room = connect(Number(port), hostname);
    for (const [socket, other] of [[browser, room], [room, browser]]) {
      open.add(socket);
      // A browser that leaves is no failure of the proxy.
      socket.on("error", () => {}).once("close", () => {
        open.delete(socket);
        other.end();
      });
    }
    browser.on("data", (bytes: Uint8Array) => {
      const [line, path] = REQUEST.exec(new TextDecoder("latin1").decode(bytes)) ?? [];
      if (line === undefined || path === undefined) return void room.write(bytes);
      asked.push(path);
      if (!path.startsWith("/chat/")) return void browser.destroy();
      const passedOn = strips ? path.replace("/chat/", "/") : path;
      room.write(`GET ${passedOn} HTTP/1.1\r\nX-Forwarded-For: 127.0.0.1\r\n`);
      room.write(bytes.subarray(line.length));
    });
    room.on("data", (bytes: Uint8Array) => void browser.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

for (const strips of [true, false]) {
  test(`behind a proxy that ${strips ? "takes its path off" : "keeps its path"}, all of it works`, async (browser) => {
    await using room = await openRoom(["--trust-proxy", "127.0.0.1", ...(strips ? [] : ["--base", "/chat/"])]);
    await using proxy = await openProxy(await room.page(), { strips });
    const alice = await browser.guest(room, "alice", { at: `${proxy.origin}/chat/` });
    const dave = await room.person("dave", { join: "#lobby" });
    await alice.says("tea :teahouse:?");
    await dave.sees(/ PRIVMSG #lobby :tea :teahouse:\?$/);
    // Every picture that is shown was loaded: the page's own, and those of the emoji.
    await alice.button("Emoji").click();
    await alice.page.getByRole("dialog").getByRole("button", { name: "teahouse", exact: true }).waitFor();
    await alice.until(
      "pictures that are not there",
      [],
      () =>
        alice.page.locator("img").evaluateAll((all) =>
          (all as HTMLImageElement[]).filter((it) => !it.complete || it.naturalWidth === 0).map((it) => it.src)
        ),
    );
    await alice.page.keyboard.press("Escape");
    // The address that it writes leads back.
    await alice.says("/join #tea");
    await alice.isIn("#tea");
    await alice.until("address", `${proxy.origin}/chat/#tea`, () => Promise.resolve(alice.page.url()));
    await alice.page.reload();
    await alice.isIn("#tea");
    // A picture that is still on its way when the proxy ends would be missing.
    await alice.page.waitForLoadState("networkidle");
    const strays = proxy.asked.filter((path) => !path.startsWith("/chat/"));
    assertEquals(strays, [], "all that it asks for lies below its path");
  });
}
