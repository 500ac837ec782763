/**
 * How the page looks, in Chromium: a talk of several people on a wide screen, on a phone, in the dark and in Chinese. axe
 * judges each whether people can use it, and with SCREENSHOTS naming a folder a picture of each is put there.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { openRoom, type Person, type Room } from "../room.ts";

const WIDE = { viewport: { width: 1200, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

/** Says a line, and gives its msgid. */
async function says(person: Person, text: string, tags = ""): Promise<string> {
  await person.send(`${tags === "" ? "" : `@${tags} `}PRIVMSG #lobby :${text}`);
  const line = await person.sees(new RegExp(`^@.*:${RegExp.escape(person.nick)}!.* PRIVMSG #lobby :`));
  return /msgid=([^; ]+)/.exec(line)![1];
}

/** A talk as there may be in any room. */
async function talk(room: Room): Promise<Record<"alice" | "josé" | "张伟", Person>> {
  const caps = "message-tags echo-message";
  const alice = await room.person("alice", { caps, join: "#lobby,#garden" });
  const josé = await room.person("josé", { caps, join: "#lobby" });
  const 张伟 = await room.person("张伟", { caps, join: "#lobby" });
  await alice.send("TOPIC #lobby :Tea at four, in the garden · https://tea.example/menu");
  await says(alice, "Good morning, everybody! The kettle is on 🫖");
  const news = await says(josé, "The new oolong has come: https://tea.example/oolong");
  await 张伟.send(`@+draft/react=🎉;+draft/reply=${news} TAGMSG #lobby`);
  await alice.send(`@+draft/react=🎉;+draft/reply=${news} TAGMSG #lobby`);
  await alice.send(`@+draft/react=🍵;+draft/reply=${news} TAGMSG #lobby`);
  await says(张伟, "太好了！下午四点一起喝茶吗？");
  const question = await says(alice, "How does one open such a room at home?");
  await says(josé, "`deno run -A server.ts`, and that is all", `+draft/reply=${question}`);
  await says(josé, "then \x02everybody\x02 goes to its page, or joins from a terminal");
  await says(alice, ":panda_tea:");
  return { alice, josé, 张伟 };
}

/** The themes that the browser asks for. */
const THEMES = [
  { colorScheme: "light", contrast: "no-preference", suffix: "" },
  { colorScheme: "dark", contrast: "no-preference", suffix: "-dark" },
  { colorScheme: "light", contrast: "more", suffix: "-contrast" },
  { colorScheme: "dark", contrast: "more", suffix: "-contrast-dark" },
] as const;

/** Takes a picture in light and dark, each also in high contrast, and has axe judge all. */
async function judge(guest: Guest, name: string): Promise<void> {
  for (const { colorScheme, contrast, suffix } of THEMES) {
    await guest.page.emulateMedia({ colorScheme, contrast });
    await guest.picture(name + suffix);
    assertEquals(await guest.barriers(contrast === "more"), [], name + suffix);
  }
  await guest.page.emulateMedia({ colorScheme: "light", contrast: "no-preference" });
}

test("everybody can use the login, a talk, a private talk and the emoji, in light and dark", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const { alice, josé } = await talk(room);
  const mei = await browser.stranger(room, { nick: "mei", ...WIDE });
  await judge(mei, "login");
  await mei.joins();
  await mei.says("/join #garden");
  await mei.isIn("#garden");
  await mei.opens("#lobby");
  await mei.line("下午四点").hover();
  await mei.line("下午四点").getByRole("button", { name: "Reply" }).click();
  await mei.says("好的，四点见 :smile:");
  await alice.sees(/ PRIVMSG #lobby :好的，四点见 😄$/);
  const kenji = await room.person("kenji", { join: "#lobby" });
  await kenji.send("QUIT");
  await mei.sees("kenji came and went");
  await says(josé, "mei, shall I bring the small cups?");
  await alice.send("PRIVMSG #garden :mei, the chairs are out", "PRIVMSG #garden :and the lanterns, too");
  await mei.talks.getByRole("button", { name: "#garden 2 unread, 1 mention" }).waitFor();
  await josé.send("@+typing=active TAGMSG #lobby");
  await mei.page.getByText("josé typing…").waitFor();
  // A long topic gives way to the channel's name.
  const isCut = await mei.page.locator("header h1 bdi").evaluate((name) => {
    const { right } = name.getBoundingClientRect();
    return right > name.closest("h1")!.getBoundingClientRect().right + 1 || name.scrollWidth > name.clientWidth + 1;
  });
  assertEquals(isCut, false, "the name in the header is cut off");
  await judge(mei, "talk");

  await mei.button("Emoji").click();
  await mei.page.getByRole("dialog", { name: "Emoji" }).getByRole("button", { name: "grinning face" }).first()
    .waitFor();
  await judge(mei, "picker");
  await mei.page.keyboard.press("Escape");

  await mei.people.getByRole("button", { name: "alice" }).click();
  await mei.isIn("alice");
  await mei.says("Is there a cake as well? I would not tell :wink:");
  await alice.sees(/ PRIVMSG alice :Is there a cake/);
  await alice.send("PRIVMSG mei :There is. Ginger and plum, and nobody else knows 🤫", "PRIVMSG mei :🍰");
  await mei.sees("Ginger and plum");
  await mei.says("Then I come early");
  await mei.sees("Then I come early");
  await judge(mei, "private");
  await mei.pastes(Array.from({ length: 40 }, (_, i) => `line ${i}`).join("\n"));
  await judge(mei, "paste");
});

test("on a phone the lists slide in, nothing is wider than the screen, and a tap shows what a line offers", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await talk(room);
  const mei = await browser.guest(room, "mei", PHONE);
  await mei.sees("that is all");
  await mei.says("On my way :bike:");
  await mei.sees("On my way 🚲");
  await judge(mei, "phone");
  for (const [name, list] of [[/^Talks/, mei.talks], [/^Online|^\d+/, mei.people]] as const) {
    await list.waitFor({ state: "hidden" });
    await mei.page.getByRole("banner").or(mei.page.getByRole("main")).getByRole("button", { name }).first().tap();
    await list.waitFor();
    await judge(mei, `phone-${await list.getAttribute("id")}`);
    assertEquals(await mei.page.locator("html").evaluate((html) => html.scrollWidth), 390);
    await mei.page.touchscreen.tap(name.test("Talks") ? 380 : 10, 400);
    await list.waitFor({ state: "hidden" });
  }
  const line = mei.line("that is all");
  await line.getByRole("paragraph").tap();
  await line.getByRole("button", { name: "Reply" }).tap();
  await mei.page.getByText("Replying to josé").waitFor();
  await mei.button("Cancel").tap();
  await mei.page.getByText("Replying to josé").waitFor({ state: "detached" });
});

test("a browser that speaks Chinese has the page in Chinese, and it can be changed", async (browser) => {
  await using room = await openRoom();
  const mei = await room.person("mei", { join: "#lobby" });
  await room.person("kenji", { join: "#lobby" });
  const 张伟 = (await browser.stranger(room, { nick: "张伟", ...WIDE, locale: "zh-CN" })).inChinese();
  assertEquals(await 张伟.page.locator("html").getAttribute("lang"), "zh");
  await 张伟.joins();
  // The operator first, then as Chinese sorts them.
  await 张伟.hasOnline("mei", "张伟", "kenji");
  await 张伟.says("你好 :tea:");
  // The room says this, so it is nobody's line.
  await 张伟.sees("聊天室会保存消息，供后来的人查看。");
  await 张伟.reads("你好 🍵");
  assertEquals(await 张伟.field.getAttribute("placeholder"), "发送给 #lobby");
  await judge(张伟, "chinese");

  await 张伟.says("/help all");
  await 张伟.sees("/kick <昵称> [原因]");
  await 张伟.sees("将某人踢出频道");
  await judge(张伟, "chinese-help");
  for (
    const [written, answer] of [
      ["/茶", "没有命令 /茶。"],
      ["/to 李雷", "李雷 不在线。"],
      ["/to 张伟", "不能与自己私聊。"],
      ["/ban", "用法：/ban <昵称|掩码> [时长] [原因]"],
      ["/kick mei", "只有 #lobby 的管理员才能这样做。"],
      ["/whois mei", "mei 已空闲"],
    ]
  ) {
    await 张伟.says(written);
    await 张伟.sees(answer);
  }
  await mei.send("KICK #lobby kenji :tea first");
  await 张伟.sees("mei 踢出了 kenji (tea first)");
  await judge(张伟, "chinese-refusals");
  await mei.send("KICK #lobby 张伟 :tea first");
  await 张伟.line("mei 将您踢出了 #lobby: tea first").getByRole("button", { name: "进入" }).click();
  await 张伟.isIn("#lobby");
  await 张伟.speaks("English");
  await 张伟.page.getByRole("textbox", { name: "Write to #lobby" }).waitFor();
});

/** The used value of a style of the first element that a selector finds. */
function styleOf(guest: Guest, selector: string, name: string): Promise<string> {
  return guest.page.locator(selector).first().evaluate(
    (element, name) => getComputedStyle(element).getPropertyValue(name),
    name,
  );
}

test("on a wide screen text stands in a column of 72 characters, in the middle, and where one writes is below it", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await talk(room);
  const mei = await browser.guest(room, "mei", { viewport: { width: 1920, height: 1000 } });
  const text = "a cup of tea, and another one, ".repeat(12).trim();
  await mei.says(text);
  await mei.sees("another one");
  await mei.sees("that is all");
  await judge(mei, "wide");
  const { longest, offset, compose } = await mei.line("another one").evaluate((row) => {
    const node = document.createTreeWalker(row.querySelector(".text > p")!, NodeFilter.SHOW_TEXT);
    const counts = new Map<number, number>();
    for (let text = node.nextNode(); text !== null; text = node.nextNode()) {
      for (let i = 0; i < text.textContent!.length; i++) {
        const range = new Range();
        range.setStart(text, i);
        range.setEnd(text, i + 1);
        const { top } = range.getBoundingClientRect();
        counts.set(top, (counts.get(top) ?? 0) + 1);
      }
    }
    const middle = (element: Element) => {
      const { left, right } = element.getBoundingClientRect();
      return (left + right) / 2;
    };
    const talk = middle(document.querySelector(".talk-body")!);
    return {
      longest: Math.max(...counts.values()),
      offset: middle(row) - talk,
      compose: middle(document.querySelector("tea-compose")!) - talk,
    };
  });
  assertEquals(longest >= 60 && longest <= 84, true, `${longest} characters in a row`);
  // The bar by which one scrolls takes a part of the box.
  assertEquals(Math.abs(offset) <= 8, true, `${offset} px from the middle`);
  assertEquals(Math.round(compose), 0);
});

test("a name has the colour of its avatar, one's own is blue, and lines of one person are joined", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await talk(room);
  const mei = await browser.guest(room, "mei");
  await mei.says("hello");
  await mei.sees("hello");
  const alice = ".said.head:has(button.nick)";
  assertEquals(
    await styleOf(mei, `${alice} .nick`, "color"),
    await styleOf(mei, `${alice} .avatar`, "background-color"),
  );
  const colours = await mei.log.locator("button.nick").evaluateAll((nicks) =>
    nicks.map((nick) => getComputedStyle(nick).color)
  );
  assertEquals(new Set(colours).size, 3, "alice, josé and 张伟");
  assertEquals(await styleOf(mei, ".said.mine .nick", "color"), "rgb(22, 80, 196)");
  // The second of two lines begins where the first one ends.
  const gap = await mei.line("then everybody").evaluate((row) => {
    const [one, other] = [row.previousElementSibling!, row].map((said) =>
      said.querySelector(".text > p")!.getBoundingClientRect()
    );
    return other.top - one.bottom;
  });
  assertEquals(gap >= 0 && gap <= 3, true, `${gap} px between two lines of josé`);
});

test("operators come first in the list and have a badge, and where many are online a field finds some", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const zoe = await room.person("zoe", { join: "#lobby" });
  for (let i = 10; i < 28; i++) await room.person(`guest${i}`, { join: "#lobby" });
  const mei = await browser.guest(room, "mei", { ...WIDE });
  const first = mei.people.getByRole("listitem").first();
  await mei.until("first of the list", "zoe", () => first.locator("bdi").innerText());
  assertEquals(await first.locator(".badge").innerText(), "operator");
  const field = mei.people.getByRole("searchbox", { name: "Find a person" });
  assertEquals(await field.count(), 0, "20 people");
  await room.person("guest28", { join: "#lobby" });
  await field.fill("GUEST2");
  await mei.until("people found", 9, () => mei.people.getByRole("listitem").count());
  await judge(mei, "find-person");
  await field.fill("nobody");
  await mei.people.getByText("Nobody of that name is here.").waitFor();
  await zoe.send("QUIT");
  // With 20 people nothing is left out, whatever was written in the field.
  await mei.until("people", 20, () => mei.people.getByRole("listitem").count());
});

test("a line that is for oneself is tinted over its whole width, and a button that destroys something is red", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const mei = await browser.guest(room, "mei");
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :tea is ready", "PRIVMSG #lobby :mei, come");
  await mei.sees("mei, come");
  assertEquals(await styleOf(mei, ".said.mention", "background-color"), "rgb(255, 248, 227)");
  assertEquals(await styleOf(mei, ".said:not(.mention)", "background-color"), "rgba(0, 0, 0, 0)");
  await (await mei.menuAt("tea is ready")).getByRole("menuitem", { name: "Remove", exact: true }).click();
  const remove = mei.page.getByRole("dialog").getByRole("button", { name: "Remove" });
  assertEquals(await remove.evaluate((button) => getComputedStyle(button).backgroundColor), "rgb(193, 20, 20)");
  await judge(mei, "remove");
});

test("colours are chosen: as the browser, light, dark and high contrast, and the choice is kept", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei", { ...WIDE, colorScheme: "light" });
  const ground = () => styleOf(mei, "body", "background-color");
  const light = "rgb(255, 255, 255)", dark = "rgb(22, 26, 24)", black = "rgb(0, 0, 0)";
  const seen: Record<string, string> = {};
  const choice = (name: string) => mei.settings.getByRole("radio", { name, exact: true }).first();
  await mei.opensSettings("Appearance");
  assertEquals(await choice("As the browser").isChecked(), true);
  for (const name of ["As the browser", "Light", "Dark", "High contrast"]) {
    await choice(name).click();
    await mei.page.emulateMedia({ colorScheme: "dark" });
    seen[name] = await ground();
    await mei.page.emulateMedia({ colorScheme: "light" });
    seen[name] += ` and ${await ground()}`;
  }
  assertEquals(seen, {
    "As the browser": `${dark} and ${light}`,
    "Light": `${light} and ${light}`,
    "Dark": `${dark} and ${dark}`,
    "High contrast": `${black} and ${light}`,
  });
  await mei.page.reload();
  await mei.opensSettings("Appearance");
  assertEquals(await choice("High contrast").isChecked(), true);
  assertEquals(await ground(), light);
  await mei.page.emulateMedia({ colorScheme: "dark" });
  assertEquals(await ground(), black);
  await choice("As the browser").click();
  assertEquals(await ground(), dark);
});

test("where fingers point, what can be pressed is 44 px wide and high", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await talk(room);
  const mei = await browser.guest(room, "mei", PHONE);
  await mei.sees("that is all");
  const small = () =>
    mei.page.locator("button:visible, input:visible, textarea:visible, select:visible").evaluateAll((all) =>
      all.map((element) => {
        const { width, height } = element.getBoundingClientRect();
        const { width: inner, height: beyond } = getComputedStyle(element, "::after");
        const size = [Math.max(width, parseFloat(inner) || 0), Math.max(height, parseFloat(beyond) || 0)];
        return { name: element.ariaLabel ?? element.textContent.trim(), size: size.map(Math.round) };
      }).filter(({ size: [width, height] }) => width < 44 || height < 44)
    );
  assertEquals(await small(), []);
  await mei.line("that is all").getByRole("paragraph").tap();
  await mei.line("that is all").getByRole("button", { name: "Reply" }).waitFor();
  assertEquals(await small(), [], "of a line");
  for (const [name, list] of [[/^Talks/, mei.talks], [/^Online|^\d+/, mei.people]] as const) {
    await mei.page.getByRole("main").getByRole("button", { name }).first().tap();
    await list.waitFor();
    assertEquals(await small(), []);
    await mei.page.keyboard.press("Escape");
    await list.waitFor({ state: "hidden" });
  }
});

test("in a window of 320 px, as on a screen that is enlarged, nothing is cut off", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await talk(room);
  const mei = await browser.stranger(room, { nick: "mei", viewport: { width: 320, height: 512 } });
  const overflow = () =>
    mei.page.evaluate(() => {
      const boxes = [document.documentElement, ...document.querySelectorAll("main, .scroll, .login, header, .write")];
      return boxes.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ tagName }) => tagName);
    });
  await judge(mei, "narrow-login");
  assertEquals(await overflow(), []);
  await mei.joins();
  await mei.sees("that is all");
  await mei.says("`an_unbroken_name_of_something_that_is_longer_than_the_window_is_wide`");
  await mei.sees("an_unbroken");
  await judge(mei, "narrow");
  assertEquals(await overflow(), []);
  for (const name of [/^Talks/, /\d$/, "Emoji", "Send"]) {
    const { x, width } = (await mei.page.getByRole("main").getByRole("button", { name }).first().boundingBox())!;
    assertEquals(x >= 0 && x + width <= 320, true, `${name} from ${x} to ${x + width}`);
  }
});

test("what others say, what the person says and what is private each have a ground of their own", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  const bob = await browser.guest(room, "bob");
  await alice.send("PRIVMSG #lobby :from alice");
  await bob.sees("from alice");
  await bob.says("from bob");
  await alice.sees(/ PRIVMSG #lobby :from bob$/);
  await alice.send("PRIVMSG bob :just us");
  /** The ground of what was said in a line, and that of the buttons beside it. */
  const grounds = async (text: string) => {
    const line = bob.line(text);
    await line.hover();
    return await line.evaluate((row) =>
      [".text > p", ".actions"].map((part) => getComputedStyle(row.querySelector(part)!).backgroundColor)
    );
  };
  for (const colorScheme of ["light", "dark"] as const) {
    await bob.page.emulateMedia({ colorScheme });
    await bob.opens("#lobby");
    const page = await bob.page.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor);
    const others = await grounds("from alice");
    const own = await grounds("from bob");
    await bob.opens("alice");
    const privately = await grounds("just us");
    const said = [page, others[0], own[0], privately[0]];
    assertEquals(new Set(said).size, said.length, said.join(" "));
    assertEquals([others[1], own[1], privately[1]], [page, page, page]);
  }
});

test("a name among who is online stays whole beside what is said of it, in both languages and on a phone", async (browser) => {
  await using room = await openRoom();
  for (const [locale, marks] of [["en-GB", ["(you)", "operator"]], ["zh-CN", ["(您)", "管理员"]]] as const) {
    const nick = locale === "en-GB" ? "annabella" : "wilhelmina";
    const anna = await browser.stranger(room, { nick, channel: `#own-${nick}`, locale });
    await anna.inChinese(locale === "zh-CN").joins();
    const name = anna.people.getByRole("listitem").locator("bdi").first();
    const lines = () =>
      name.evaluate((bdi) => {
        const range = document.createRange();
        range.selectNodeContents(bdi);
        return range.getClientRects().length;
      });
    for (const mark of marks) await anna.people.getByText(mark).waitFor();
    assertEquals(await lines(), 1, locale);
    const [row, badge] = await Promise.all([
      anna.people.getByRole("listitem").first().boundingBox(),
      anna.people.locator(".badge").boundingBox(),
    ]);
    assertEquals(badge!.x + badge!.width <= row!.x + row!.width, true, `the badge is within its row: ${locale}`);
  }
  // On a phone the button of each person's menu is in the middle of their row, one's own row as well.
  await using garden = await openRoom();
  await garden.person("bob", { join: "#lobby" });
  const mei = await browser.guest(garden, "mei", PHONE);
  await mei.page.getByRole("main").getByRole("button", { name: /\d$/ }).tap();
  for (const row of await mei.people.getByRole("listitem").all()) {
    const middles = await Promise.all([".person", ".more"].map(async (part) => {
      const { y, height } = (await row.locator(part).boundingBox())!;
      return Math.round(y + height / 2);
    }));
    assertEquals(middles[0], middles[1], await row.innerText());
  }
});

test("on the smallest phone the head shows the whole name of the lobby", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei", { ...PHONE, viewport: { width: 320, height: 640 } });
  const name = mei.page.getByRole("heading", { level: 1, name: "#lobby" }).locator("bdi");
  const [needed, had] = await name.evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
  assertEquals(needed <= had, true, `${needed} px are needed, ${had} there`);
});

test("who reads it stands beside the first line of what is written, by mouse and by touch", async (browser) => {
  await using room = await openRoom();
  for (const hasTouch of [false, true]) {
    const bob = await browser.guest(room, hasTouch ? "mei" : "bob", { hasTouch, isMobile: hasTouch, ...WIDE });
    const label = bob.page.locator(".write label");
    for (const text of ["one", "one\ntwo\nthree\nfour"]) {
      await bob.field.fill(text);
      await bob.until("the field's text", text, () => bob.field.inputValue());
      // Where the first line is: below the field's padding.
      const first = await bob.field.evaluate((field) => {
        const { paddingTop, lineHeight, fontSize } = getComputedStyle(field);
        const height = parseFloat(lineHeight) || parseFloat(fontSize) * 1.2;
        return field.getBoundingClientRect().top + parseFloat(paddingTop) + height / 2;
      });
      const middle = await label.evaluate((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const { top, height } = [...range.getClientRects()].at(-1)!;
        return top + height / 2;
      });
      assertEquals(Math.abs(middle - first) <= 3, true, `${middle} beside ${first}, touch: ${hasTouch}`);
    }
  }
});

test("marks that are heaped on a letter cover no other line, whoever writes them and wherever", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await browser.guest(room, "bob");
  const heap = `z${"\u0301".repeat(25)}`;
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send(
    "PRIVMSG #lobby :above",
    `PRIVMSG #lobby :${heap}`,
    "PRIVMSG #lobby :below",
    `TOPIC #lobby :${heap}`,
  );
  await bob.line("above").first().waitFor();
  await bob.sees("below");
  await bob.page.mouse.move(0, 0);
  const heaped = bob.log.getByText(heap).first();
  // The lines around it look the same whether it is seen or not.
  const around = () =>
    Promise.all(["above", "below"].map(async (text) => {
      const clip = (await bob.line(text).getByRole("paragraph").boundingBox())!;
      return (await bob.page.screenshot({ clip })).toString("base64");
    }));
  const shown = await around();
  await heaped.evaluate((element) => element.style.visibility = "hidden");
  assertEquals((await around()).map((picture, i) => picture === shown[i]), [true, true]);
});

test("with forced colours it is seen what is chosen, open, unread, for oneself, one's own and where one writes", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await browser.guest(room, "bob", { forcedColors: "active" });
  const alice = await room.person("alice", { caps: "message-tags echo-message", join: "#lobby" });
  await bob.says("/join #tea");
  await bob.isIn("#tea");
  const msgid = await says(alice, "bob, tea?");
  await bob.opens("#lobby");
  await bob.says("yes");
  await bob.sees("yes");
  await alice.send(`@+draft/react=🍵;+draft/reply=${msgid} TAGMSG #lobby`);
  await bob.line("tea?").getByRole("button", { name: "🍵" }).waitFor();
  await bob.line("tea?").getByRole("button", { name: "🍵" }).click();
  await bob.line("tea?").locator("[aria-pressed=true]").waitFor();
  await bob.field.pressSequentially("good :smil");
  await bob.page.getByRole("option", { selected: true }).waitFor();
  /** Whether two elements differ in what is left: lines around them, and how they are written. */
  const differ = (one: string, other: string) =>
    bob.page.evaluate((pair) => {
      const [a, b] = pair.map((selector) => {
        const style = getComputedStyle(document.querySelector(selector)!);
        return ["outlineStyle", "borderInlineStartWidth", "borderStyle", "borderColor", "textDecorationLine"].map((
          name,
        ) => style[name as keyof CSSStyleDeclaration]).join();
      });
      return a !== b;
    }, [one, other]);
  assertEquals(await differ(".suggestions [aria-selected=true]", ".suggestions [aria-selected=false]"), true, "chosen");
  assertEquals(await differ("tea-talks li.open", "tea-talks li:not(.open)"), true, "open");
  assertEquals(await differ(".said.mention", ".said:not(.mention)"), true, "for oneself");
  assertEquals(await differ(".said.own .text > p", ".said.other .text > p"), true, "own");
  const pressed = bob.line("tea?").locator("[aria-pressed=true]");
  assertEquals(await pressed.evaluate((button) => getComputedStyle(button).borderTopWidth), "2px", "pressed");
  await bob.field.focus();
  const outline = () => bob.page.locator(".write").evaluate((write) => getComputedStyle(write).outlineStyle);
  assertEquals(await outline(), "solid", "where one writes");
  await bob.opens("#tea");
  await alice.send("PRIVMSG #lobby :more");
  await bob.talks.getByRole("button", { name: "#lobby 1 unread" }).waitFor();
  assertEquals(await differ("tea-talks .unread bdi", "tea-talks li:not(.unread) bdi"), true, "unread");
  await judge(bob, "forced-colours");
});

test("a talk is printed whole, without the lists and where one writes", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const bob = await browser.guest(room, "bob");
  const alice = await room.person("alice", { join: "#lobby" });
  await alice.send(...Array.from({ length: 250 }, (_, i) => `PRIVMSG #lobby :line ${i + 1}`));
  await bob.sees("line 250");
  const pages = async () => (await bob.page.pdf()).toString("latin1").match(/\/Type \/Page\b/g)?.length ?? 0;
  const count = await pages();
  assertEquals(count > 6, true, `${count} pages`);
  await bob.page.emulateMedia({ media: "print" });
  for (const part of [bob.talks, bob.people, bob.field]) assertEquals(await part.isVisible(), false);
  await bob.page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assertEquals(await bob.line("line 1").first().isVisible(), true);
  await bob.page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await bob.page.emulateMedia({ media: "screen" });
  await bob.until(
    "distance to the end",
    0,
    () => bob.log.evaluate((log) => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight)),
  );
});

test("a long name cuts no button off, stands whole in the lists, and leaves a topic room to be written", async (browser) => {
  await using room = await openRoom();
  const nick = "Bartholomew-the-Long-of-Tea";
  const alice = await browser.guest(room, "alice");
  const mei = await browser.guest(room, "mei", PHONE);
  await room.person(nick, { join: "#lobby" });
  await alice.hasOnline("alice", nick, "mei");
  const { page } = alice;
  const cut = (page: typeof mei.page) =>
    page.evaluate(() => {
      const header = document.querySelector("header")!;
      const { right } = header.getBoundingClientRect();
      const buttons = [...header.querySelectorAll("button")].filter((button) => button.checkVisibility());
      return [
        ...(header.scrollWidth > header.clientWidth ? ["header"] : []),
        ...buttons.filter((it) => it.getBoundingClientRect().right > right).map((it) => it.ariaLabel ?? it.textContent),
      ];
    });
  const named = () =>
    page.locator("nav bdi, aside bdi").evaluateAll((all) =>
      all.map((it) =>
        it.scrollHeight > it.clientHeight + 1 || it.scrollWidth > it.clientWidth + 1 ? it.textContent : ""
      )
        .filter((name) => name !== "")
    );
  const topic = async (guest: typeof mei) => {
    // On a phone the menu of the talk has it.
    const isWide = await guest.button("Set the topic").isVisible();
    if (!isWide) await guest.page.getByRole("heading", { level: 1 }).getByRole("button").click();
    await (isWide ? guest.button("Set the topic") : guest.menu.getByRole("menuitem", { name: "Set the topic" }))
      .click();
    const field = guest.page.getByLabel("Topic of #lobby");
    const { width } = (await field.boundingBox())!;
    await field.press("Escape");
    return width;
  };
  assertEquals(await cut(mei.page), []);
  const isWhole = await mei.page.locator("header h1 bdi").evaluate((it) => it.scrollWidth <= it.clientWidth);
  assertEquals(isWhole, true, "the phone has room for the channel's name");
  assertEquals(await topic(mei) > 150, true, "the phone's field of the topic");
  assertEquals(await topic(alice) > 150, true, "the field of the topic");
  await alice.people.getByRole("button", { name: nick }).first().click();
  await alice.isIn(nick);
  assertEquals(await cut(page), []);
  await alice.picture("long-name-lists");
  assertEquals(await named(), []);
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("textbox", { name: "Words to look for" }).or(page.getByRole("searchbox")).first().waitFor();
  assertEquals(await cut(page), []);
  await alice.picture("long-name");
});

test("under a finger a reaction looks no larger than with a mouse", async (browser) => {
  await using room = await openRoom();
  const mei = await browser.guest(room, "mei", PHONE);
  const alice = await room.person("alice", { caps: "message-tags echo-message", join: "#lobby" });
  await alice.send("PRIVMSG #lobby :cake?");
  const msgid = /msgid=([^; ]+)/.exec(await alice.sees(/ PRIVMSG #lobby :cake/))![1];
  await alice.send(`@+draft/react=🍰;+draft/reply=${msgid} TAGMSG #lobby`);
  const reaction = mei.line("cake?").getByRole("button", { name: /^🍰/ });
  await reaction.waitFor();
  const [pressed, drawn, row] = await reaction.evaluate((it) => [
    it.getBoundingClientRect().height,
    parseFloat(getComputedStyle(it, "::before").height),
    it.closest(".reactions")!.getBoundingClientRect().height,
  ]);
  assertEquals(Math.round(pressed), 44);
  assertEquals(drawn <= 30, true, `it is drawn ${drawn} px high`);
  assertEquals(row <= 32, true, `its row is ${row} px high`);
  await reaction.tap();
  await mei.line("cake?").getByRole("button", { name: /^🍰/, pressed: true }).waitFor();
  await mei.picture("phone-reaction");
});
