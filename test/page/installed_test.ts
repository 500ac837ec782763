/// <reference lib="dom" />
/**
 * The page over https, in a browser whose user has installed the room's authority: what the browser allows then, and how the
 * page begins where the room can't be reached.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { assertEquals, assertMatch } from "@std/assert";
import { openRoom } from "../room.ts";
import type { SecureRoom } from "../tls.ts";
import type { Guest } from "./guest.ts";
import { isWhole, NAME, secureTest as test } from "./secure.ts";

/** Opens the room again that has ended, where it was. */
function reopen({ folder, pagePort }: SecureRoom) {
  return openRoom(["--db", `${folder}/tea.db`, "--web-tls-port", `${pagePort}`, "--allow-host", NAME]);
}

const AWAY = "The room can't be reached just now. This page goes on by itself as soon as it can.";

/** What stands below the login, line by line, without the times. */
async function lastRead({ page }: Guest): Promise<string[]> {
  const items = page.getByRole("region", { name: "What you read here last" }).locator("h3, li");
  return (await items.allInnerTexts()).map((text) => text.replace(/^\d.*?, \d\d:\d\d\s+/, "").replaceAll(/\s+/g, " "));
}

/** Waits until the login says why the page is not in the room. */
async function seesThatRoomIsAway({ page }: Guest): Promise<void> {
  await page.getByRole("alert").filter({ hasText: AWAY }).waitFor();
}

test(
  "begins where the room can't be reached, shows what was read last, and goes on with the room",
  async (browser, secure, at) => {
    const bob = await browser.guest(secure.room, "bob", { at });
    await bob.says("/join #milk");
    const alice = await secure.room.person("alice", { join: "#lobby" });
    await alice.send("JOIN #milk", "PRIVMSG #lobby :the pot is \x02blue\x02", "PRIVMSG bob :the key is under the mat");
    await alice.send("PRIVMSG #lobby :\x01ACTION pours\x01", "PRIVMSG #milk :oat or cow?");
    await bob.talks.getByRole("button", { name: "alice 1 unread" }).waitFor();
    await bob.sees("oat or cow?");
    await bob.until("kept page", true, () => isWhole(bob));
    await secure.room[Symbol.asyncDispose]();
    await bob.page.reload();
    await seesThatRoomIsAway(bob);
    // A private talk is not left behind on a machine that others may use.
    assertEquals(await lastRead(bob), [
      "#lobby",
      "alice the pot is blue",
      "* alice pours",
      "#milk",
      "alice oat or cow?",
    ]);
    assertEquals(await bob.barriers(), []);
    await bob.picture("away");
    await bob.page.emulateMedia({ colorScheme: "dark" });
    assertEquals(await bob.barriers(), []);
    await bob.picture("away-dark");
    await bob.page.emulateMedia({ colorScheme: "light" });
    await bob.button("中文").click();
    await bob.page.getByRole("alert").filter({ hasText: "现在无法连接到聊天室" }).waitFor();
    await bob.page.getByRole("heading", { name: "您上次读到的内容" }).waitFor();
    await bob.button("English").click();

    // So does a tab that is opened anew, for whom nothing stands in its session.
    const tab = await browser.tab(bob, at);
    await seesThatRoomIsAway(tab);
    assertEquals((await lastRead(tab)).length, 5);
    await tab.page.close();

    await using again = await reopen(secure);
    // The browser tells a page of the network; without that, the page asks now and then.
    await bob.page.evaluate(() => dispatchEvent(new Event("online")));
    await bob.field.waitFor();
    await bob.isIn("#milk");
    const carol = await again.person("carol", { join: "#milk" });
    await carol.send("PRIVMSG #milk :both");
    await bob.sees("both");
  },
);

test(
  "a person who fills in the login of the kept page is not interrupted when the room is back",
  async (browser, secure, at) => {
    const bob = await browser.stranger(secure.room, { at });
    await bob.until("kept page", true, () => isWhole(bob));
    await secure.room[Symbol.asyncDispose]();
    await bob.page.reload();
    await seesThatRoomIsAway(bob);
    await bob.page.getByLabel("Your name").fill("bob");
    await bob.button("Join").click();
    await bob.page.getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
    await using again = await reopen(secure);
    await bob.page.evaluate(() => dispatchEvent(new Event("online")));
    await bob.page.getByRole("alert").filter({ hasNotText: AWAY }).waitFor({ state: "attached" });
    assertEquals(await bob.page.getByLabel("Your name").inputValue(), "bob");
    await bob.joins("bob");
    const alice = await again.person("alice", { join: "#lobby" });
    await bob.says("here I am");
    await alice.sees(/ PRIVMSG #lobby :here I am$/);
  },
);

test(
  "what was read is not kept for who does not stay signed in, and goes with who leaves",
  async (browser, secure, at) => {
    const kept = ({ page }: Guest) => page.evaluate(() => Object.keys(localStorage).filter((key) => /read/.test(key)));
    const hides = ({ page }: Guest) => page.evaluate(() => void document.dispatchEvent(new Event("visibilitychange")));
    const bob = await browser.guest(secure.room, "bob", { at });
    const alice = await secure.room.person("alice", { join: "#lobby" });
    await alice.send("PRIVMSG #lobby :tea?");
    await bob.sees("tea?");
    await hides(bob);
    assertEquals(await kept(bob), ["teahouse.read /"]);
    await bob.button("Leave").click();
    await bob.page.getByLabel("Your name").waitFor();
    assertEquals(await kept(bob), []);
    await hides(bob);
    await bob.page.getByLabel(/Stay signed in/).uncheck();
    await bob.joins();
    await bob.sees("tea?");
    await hides(bob);
    await bob.page.reload();
    await bob.sees("tea?");
    assertEquals(await kept(bob), []);
  },
);

test(
  "the browser allows what a room needs: microphone, notifications, clipboard, and that the page is installed",
  async (browser, secure, at) => {
    const bob = await browser.guest(secure.room, "bob", { at });
    await bob.context.grantPermissions(["microphone", "notifications", "clipboard-read", "clipboard-write"]);
    await bob.until("kept page", true, () => isWhole(bob));
    await bob.page.reload();
    await bob.field.waitFor();
    assertEquals(await bob.page.getByText("This page came without https.").count(), 0);
    const found = await bob.page.evaluate(async () => {
      const [track] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks();
      const microphone = track.readyState;
      track.stop();
      await navigator.clipboard.writeText("茶 tea");
      const clipboard = await navigator.clipboard.readText();
      return { microphone, clipboard, worker: navigator.serviceWorker.controller?.scriptURL };
    });
    assertEquals(found, { microphone: "live", clipboard: "茶 tea", worker: `${at}worker.ts` });

    // A real notification, as the browser has shown it.
    await bob.page.evaluate(() => dispatchEvent(new Event("focus")));
    const dialog = await bob.opensSettings("Notifications");
    await bob.until("notifications", true, () => dialog.getByRole("switch").isChecked());
    // The page's own try, which says whether the browser has shown it.
    await dialog.getByRole("button", { name: "Show a test notification" }).click();
    await dialog.getByRole("status").filter({ hasText: "The browser has shown it." }).waitFor();
    await bob.closesSettings();
    const shown = await bob.page.evaluate(() =>
      new Promise((resolve) => {
        const notification = new Notification("tea?", { body: "the pot is blue" });
        notification.onshow = () => resolve(notification.body);
        notification.onerror = () => resolve("not shown");
      })
    );
    assertEquals(shown, "the pot is blue");

    const session = await bob.context.newCDPSession(bob.page);
    const { errors, data } = await session.send("Page.getAppManifest");
    assertEquals(errors, []);
    assertEquals(JSON.parse(data!).name, "Teahouse");
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    // A test's contexts are private windows, from which nothing is installed.
    assertEquals(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito"), []);
  },
);

test(
  "what another program shares waits through the login in its tab, and stands in the field without being sent",
  async (browser, secure, at) => {
    const shared = `${at}?title=Tea&text=${
      encodeURIComponent("/quit\nTea for\ttwo\u202e")
    }&url=https%3A%2F%2Ftea.example%2Fpot`;
    const bob = await browser.stranger(secure.room, { nick: "bob", at: shared });
    await bob.page.getByLabel("Your name").waitFor();
    assertEquals(bob.page.url(), at);
    await bob.page.reload();
    await bob.joins();
    const text = "//quit\nTea for two\nhttps://tea.example/pot";
    await bob.until("field", text, () => bob.field.inputValue());
    assertEquals(await bob.lines(), []);
    await bob.field.fill("");
    // By now the page has its worker, which keeps what is shared from the server.
    await bob.until("kept page", true, () => isWhole(bob));
    const asked: string[] = [];
    bob.context.on("request", (request) => void (request.serviceWorker() && asked.push(request.url())));
    await bob.says("/join #milk");
    await bob.isIn("#milk");
    await bob.field.fill("look:");
    await bob.page.goto(`${at}?text=secret`);
    await bob.until("field", "look:\nsecret", () => bob.field.inputValue());
    await bob.isIn("#milk");
    assertEquals(asked.filter((url) => url.includes("secret")), []);
    assertMatch(bob.page.url(), /\/#milk$/);
  },
);

test("the icon of the installed page has the count of the title", async (browser, secure, at) => {
  const bob = await browser.stranger(secure.room, { nick: "bob", at });
  await bob.page.addInitScript(() => {
    const badges: number[] = [];
    Object.assign(globalThis, { badges });
    navigator.setAppBadge = (count) => Promise.resolve(void badges.push(count ?? -1));
    navigator.clearAppBadge = () => Promise.reject(badges.push(0));
  });
  await bob.page.reload();
  await bob.joins();
  const badges = () => bob.page.evaluate(() => (globalThis as unknown as { badges: number[] }).badges);
  const alice = await secure.room.person("alice");
  await alice.send("PRIVMSG bob :one", "PRIVMSG bob :two");
  await bob.isTitled("(2) bob --> #lobby");
  await bob.until("badge", 2, async () => (await badges()).at(-1));
  await bob.opens("alice");
  await bob.until("badge", 0, async () => (await badges()).at(-1));
  await alice.send("PRIVMSG #lobby :three", "JOIN #lobby", "PRIVMSG #lobby :three");
  await bob.until("badge", 1, async () => (await badges()).at(-1));
  await bob.button("Leave").click();
  await bob.until("badge", 0, async () => (await badges()).at(-1));
});

test(
  "without https the page says what the browser does not allow, and where to read how to come by https",
  async (browser, secure) => {
    const { port } = new URL(await secure.room.page());
    const at = `http://${NAME}:${port}/`;
    const bob = await browser.guest(secure.room, "bob", { at });
    const found = await bob.page.evaluate(() => [isSecureContext, navigator.mediaDevices, navigator.clipboard]);
    assertEquals(found, [false, undefined, undefined]);
    const reason =
      "This page came without https. So the browser allows it no notifications, no clipboard and no microphone.";
    const dialog = await bob.opensSettings("Notifications");
    await dialog.getByText(reason).waitFor();
    assertEquals(
      await dialog.getByRole("link", { name: "How to get https" }).getAttribute("href"),
      "./trust?lang=en",
    );
    assertEquals(await dialog.getByRole("switch", { name: /Notif/ }).isEnabled(), false);
    assertEquals(await dialog.getByRole("button", { name: "Show a test notification" }).isEnabled(), false);
    assertEquals(await bob.barriers(), []);
    await bob.picture("insecure");
    await bob.closesSettings();
    // An address can be copied all the same.
    await bob.button(/Invite others$/).click();
    const invitation = bob.page.getByRole("dialog", { name: "Invite others" });
    const address = await invitation.getByRole("textbox").inputValue();
    await invitation.getByRole("button", { name: "Copy", exact: true }).click();
    await invitation.getByRole("button", { name: "Copied." }).waitFor();
    await invitation.getByRole("button", { name: "Close" }).click();
    await bob.field.press("Control+v");
    assertEquals(await bob.field.inputValue(), address);
    await bob.field.fill("");
    await bob.speaks("中文");
    await (await bob.opensSettings("通知")).getByText(
      "本页未使用 https，因此浏览器不允许它发送通知、使用剪贴板和麦克风。",
    ).waitFor();
    // The login says the same, and leads to the steps in the same language.
    const ann = await browser.stranger(secure.room, { nick: "ann", at });
    await ann.page.getByText(reason).waitFor();
    const link = ann.page.getByRole("link", { name: "How to get https" });
    assertEquals(await link.getAttribute("href"), "./trust?lang=en");
    assertEquals(await ann.barriers(), []);
    await ann.picture("insecure_login");
    for (
      const [language, title, step] of [["en", "How to get https", "Install"], ["zh", "如何使用 https", "安装"]]
    ) {
      await ann.page.goto(`${at}trust?lang=${language}`);
      await ann.page.getByRole("heading", { name: title, level: 1 }).waitFor();
      await ann.page.getByRole("heading", { name: step }).waitFor();
      const secureLink = ann.page.locator(`a[href="https://${NAME}:${secure.pagePort}/"]`);
      assertEquals(await secureLink.count(), 1, "the page by the name that was asked for");
      const { fingerprint256 } = new X509Certificate(await secure.authority());
      await ann.page.getByText(fingerprint256).waitFor();
      const styled = await ann.page.evaluate(() => getComputedStyle(document.querySelector("main")!).maxWidth);
      assertEquals(styled === "none", false, "its style is allowed");
      assertEquals(await ann.barriers(), []);
      await ann.picture(`trust_${language}`);
    }
    const file = await ann.page.evaluate(() => document.querySelector<HTMLAnchorElement>("a.file")!.href);
    assertEquals(await (await fetch(file.replace(NAME, "127.0.0.1"))).text(), await secure.authority());
    assertEquals(ann.faults.splice(0).filter((fault) => !fault.includes("Cross-Origin-Opener-Policy header")), []);
    // One of the headers is for https alone: the browser says so, and goes on.
    assertEquals(bob.faults.splice(0).filter((fault) => !fault.includes("Cross-Origin-Opener-Policy header")), []);
  },
);
