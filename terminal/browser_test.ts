import { assertEquals } from "@std/assert";
import { openerOf, openInBrowser } from "./browser.ts";

const system = (os: string, values: Record<string, string> = {}) => ({ os, valueOf: (name: string) => values[name] });

Deno.test("openerOf() names what opens an address on each system, where somebody sees it", () => {
  assertEquals(openerOf(system("linux", { DISPLAY: ":0" })), ["xdg-open"]);
  assertEquals(openerOf(system("linux", { WAYLAND_DISPLAY: "wayland-0" })), ["xdg-open"]);
  assertEquals(openerOf(system("darwin")), ["open"]);
  assertEquals(openerOf(system("windows")), ["rundll32", "url.dll,FileProtocolHandler"]);
  // Without a screen, and by SSH, nobody sees a browser of this machine.
  assertEquals(openerOf(system("linux")), undefined);
  assertEquals(openerOf(system("linux", { DISPLAY: ":0", SSH_CONNECTION: "192.0.2.1 1 192.0.2.2 22" })), undefined);
  assertEquals(openerOf(system("darwin", { SSH_TTY: "/dev/ttys001" })), undefined);
});

Deno.test("openInBrowser() says that nothing was opened where there is no such program", () => {
  assertEquals(openInBrowser("https://tea.example/", system("linux")), false);
  assertEquals(
    openInBrowser("https://tea.example/", system(Deno.build.os === "windows" ? "darwin" : "windows")),
    false,
  );
});
