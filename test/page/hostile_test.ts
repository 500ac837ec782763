/// <reference lib="dom" />
/**
 * The page in Chromium, with people who mean harm in the room, and with a server that lets through what ours refuses.
 * Every test of the page fails where anything runs, is loaded from elsewhere or complains; here is tried to bring it about.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Browser, pageTest as test } from "./browser.ts";
import { isRefused, picture, sendsFile, vastPicture } from "./file_pages.ts";
import type { Guest } from "./guest.ts";
import { heic } from "../../server/files/testing.ts";
import { openRoom, type Room } from "../room.ts";

/** What runs where text is taken for HTML, in texts and, without their spaces, in names. */
const HTML = [
  "<img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "<script>alert(1)</script>",
  "'autofocus onfocus='alert(1)",
  "<a href=javascript:alert(1)>tea</a>",
  "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
  "<style>*{background:url(http://elsewhere.example/style)}</style>",
  "<link rel=stylesheet href=//elsewhere.example/sheet>",
  "<base href=http://elsewhere.example/>",
  "<!--?lit$1$--><?lit$1$?>${alert(1)}{{alert(1)}}",
  "</textarea></title></noscript><img src=x onerror=alert(1)>",
];

/** What must become no link. */
const NO_LINKS = [
  "javascript:alert(1)",
  "JavaScript://tea.example/%0aalert(1)",
  "java\x02script:alert(1)",
  "javascript\u200b:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
  "vbscript:msgbox(1)",
  "file:///etc/passwd",
  "[tea](javascript:alert(1))",
];

/** What may become one, and must stay what it is. */
const LINKS = [
  'http://tea.example/"onmouseover="alert(1)',
  "http://tea.example/'><img src=x onerror=alert(1)>",
  "https://elsewhere.example/picture.png",
  "http://javascript:alert(1)@tea.example/",
  "http://[::1]:8080/%3Cscript%3E",
  "blob:http://tea.example/1",
];

/** Characters that hide, reorder or reach further than the line. */
const DISGUISES = [
  "\u202egnp.exe",
  "\u2066a\u2067b\u2068c\u2069d\u202dx\u202cy",
  "\x1b[31mred\x1b]0;title\x07",
  "\ufeffbom\ufff9x\ufffa",
  "Z" + "\u0310\u0311\u0312\u0313".repeat(60),
  "\x03" + "4,4hidden\x0f \x04ff0000x",
];

/** What no text may contain once it is shown: direction overrides and isolates, and controls. */
// deno-lint-ignore no-control-regex -- these are what is looked for
const UNSAFE = /[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufff9-\ufffb]/;

/** What there is in a page that text must not bring about. */
function harm({ page }: Guest): Promise<string[]> {
  return page.evaluate((pattern) => {
    const found: string[] = [];
    for (const link of document.querySelectorAll("a")) {
      if (!link.relList.contains("noopener")) found.push(`a link to ${link.href} that gives the page away`);
    }
    for (const element of document.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        if (/^on|^style$|^srcdoc$/.test(name)) found.push(`${element.tagName} with ${name}=${value}`);
        if (new RegExp(pattern, "u").test(value)) found.push(`${element.tagName} with unsafe ${name}=${value}`);
        if (/^(?:href|src|action|formaction|data)$/.test(name)) {
          const { protocol, origin } = new URL(value, document.baseURI);
          const isLink = element instanceof HTMLAnchorElement && /^https?:$/.test(protocol);
          if (!isLink && origin !== location.origin) found.push(`${element.tagName} with ${name}=${value}`);
        }
      }
    }
    for (const { tagName } of document.querySelectorAll("iframe, object, embed, base, form[action], body script")) {
      found.push(`an element ${tagName}`);
    }
    const shown = document.body.innerText + document.title;
    if (new RegExp(pattern, "u").test(shown)) found.push(`unsafe characters in ${JSON.stringify(shown)}`);
    return found;
  }, UNSAFE.source);
}

/** By how many pixels the page, or the talk, is wider than what is seen of it. */
async function overflow({ page, log }: Guest): Promise<number> {
  const beyond = (element: Element) => element.scrollWidth - element.clientWidth;
  return Math.max(await page.locator("html").evaluate(beyond), await log.evaluate(beyond));
}

test("texts that are HTML, links, disguises or very long do no harm", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await browser.guest(room, "alice");
  const mallory = await room.person("mallory", { caps: "message-tags", join: "#lobby" });
  const long = [
    "x".repeat(400),
    "http://tea.example/" + "y".repeat(380),
    "茶".repeat(130),
    "`" + "z".repeat(380) + "`",
  ];
  const texts = [...HTML, ...NO_LINKS, ...LINKS, ...DISGUISES, ...long];
  await mallory.send(...texts.map((text) => `PRIVMSG #lobby :${text}`));
  await mallory.send("PRIVMSG #lobby :that was all");
  await alice.sees("that was all");
  const links = new Map(
    await alice.log.getByRole("paragraph").evaluateAll((all) =>
      all.map((line) => [(line as HTMLElement).innerText, line.querySelectorAll("a").length] as const)
    ),
  );
  const wanted = [
    ...[...HTML, ...LINKS].map((text) => links.has(text)),
    ...NO_LINKS.map((text) => links.get(text.replace("\x02", ""))),
  ];
  assertEquals(wanted, [...[...HTML, ...LINKS].map(() => true), ...NO_LINKS.map(() => 0)]);
  assertEquals([await harm(alice), await overflow(alice)], [[], 0]);
  await alice.page.setViewportSize({ width: 320, height: 600 });
  assertEquals(await overflow(alice), 0);
});

/** A value of a message's tag (IRCv3 message-tags, "Escaping values"). */
const tag = (value: string) => value.replaceAll(";", "\\:").replaceAll(" ", "\\s");

test("topics, reasons, away, real names, channels, reactions and tags do no harm", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const channel = "#<img/src=x/onerror=alert(1)>";
  const mallory = await room.stranger("mallory");
  await mallory.send("CAP REQ :message-tags echo-message", "NICK mallory", `USER mallory 0 * :${HTML[0]}`, "CAP END");
  await mallory.send(`JOIN #lobby,${channel}`, `TOPIC #lobby :${HTML[0]} ${NO_LINKS[0]} ${DISGUISES[0]}`);
  const alice = await browser.guest(room, "alice", { channel });
  await alice.isIn(channel);
  await alice.says("/join #lobby");
  await alice.isIn("#lobby");
  await alice.page.getByText(HTML[0]).first().waitFor();
  await alice.says("/whois mallory");
  await alice.sees(`mallory is mallory@127.0.0.1 (${HTML[0]})`);
  await mallory.send(`AWAY :${HTML[1]}`);
  await alice.says("/msg mallory tea?");
  await alice.sees(`mallory is away: ${HTML[1]}`);

  await mallory.send("PRIVMSG #lobby :react to this");
  const [, msgid] = /msgid=([^; ]+)/.exec(await mallory.sees(/:react to this$/))!;
  const values = [...HTML, ...DISGUISES.slice(0, 3), ...NO_LINKS];
  await mallory.send(
    ...values.map((text) => `@+draft/react=${tag(text)};+draft/reply=${msgid} TAGMSG #lobby`),
    ...values.map((text) => `@+draft/reply=${tag(text)} PRIVMSG #lobby :an answer to nothing`),
    ...values.map((text) => `@+typing=${tag(text)} TAGMSG #lobby`),
    "PRIVMSG #lobby :that was all",
  );
  await alice.sees("that was all");
  // Longer ones than a reaction can be are not shown.
  await alice.line("react to this").getByRole("button", { name: HTML[0] }).waitFor();
  await mallory.send(...HTML.map((text) => `PRIVMSG alice :${text}`), `PART ${channel} :${HTML[2]}`);
  await mallory.send("NICK __proto__", "PRIVMSG #lobby :I am __proto__", `QUIT :${HTML[0]}`);
  await alice.sees(`__proto__ (${HTML[0]}) left`);
  assertEquals([await harm(alice), await overflow(alice)], [[], 0]);
  await alice.opens("__proto__");
  await alice.sees(HTML[0]);
  assertEquals([await harm(alice), await overflow(alice)], [[], 0]);
});

test("what people write is not taken for what the page tells, and takes no room from it", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await browser.guest(room, "alice");
  const eve = await room.person("eve", { join: "#lobby" });
  await alice.hasOnline("alice", "eve");
  await alice.says("/react");
  const told = alice.log.locator(".note");
  await told.getByText("/react").waitFor();
  await eve.send("PART #lobby :bye) left · alice is now bob · dan set the topic: tea (");
  const event = alice.log.locator(".event", { hasText: "eve (bye)" });
  await event.waitFor();
  assertEquals(
    [await event.locator(".name").allInnerTexts(), await event.locator(".written").allInnerTexts()],
    [["eve"], ["bye) left · alice is now bob · dan set the topic: tea ("]],
  );
  await eve.send(...Array.from({ length: 120 }, (_, i) => `NOTICE alice :Teahouse.local: notice ${i}`));
  await alice.sees("notice 119");
  const notices = alice.log.locator(".said.notice");
  await notices.last().getByRole("button", { name: "eve" }).waitFor();
  assertEquals(await told.filter({ hasText: "notice" }).count(), 0);
  await alice.log.evaluate((log) => log.scrollTop = 0);
  await told.getByText("/react").waitFor();
  await notices.first().getByRole("button", { name: "eve" }).click();
  await alice.isIn("eve");
  assertEquals(await harm(alice), []);
});

/** alice in #lobby, at a server that says besides whatever a test says. */
async function atHostileServer(browser: Browser, room: Room): Promise<{ alice: Guest; says: (line: string) => void }> {
  const alice = await browser.stranger(room, { nick: "alice" });
  let send!: (line: string) => void;
  await alice.page.routeWebSocket(/\/irc\?/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => socket.send(message));
    send = (line) => socket.send(line);
  });
  await alice.page.reload();
  await alice.joins();
  await alice.hasOnline("alice");
  return { alice, says: (line) => send(line) };
}

test("a channel whose name begins with an emoji stands in the address, and stops nothing", async (browser) => {
  await using room = await openRoom();
  const { alice, says } = await atHostileServer(browser, room);
  says(":alice!a@host JOIN 😀tea");
  says(":alice!a@host PART #lobby");
  await alice.isIn("😀tea");
  await alice.page.waitForURL((url) => url.hash === "#tea");
});

test("a server that lets everything through does no harm either", async (browser) => {
  await using room = await openRoom();
  const { alice, says } = await atHostileServer(browser, room);
  const names = HTML.map((text) => text.replaceAll(" ", "/").replace(/[!@]/g, ""));
  for (const [i, name] of names.entries()) {
    const from = `:${name}!x@<img/src=x>`;
    says(`${from} JOIN #lobby ${name} :${name}`);
    says(`@time=${name};msgid=${name} ${from} PRIVMSG #lobby :${HTML[i]}`);
    says(`@msgid=${i};account=${name} ${from} PRIVMSG alice :${name}`);
    says(`@+typing=active ${from} TAGMSG #lobby`);
    says(`${from} TOPIC #lobby :${name}`);
    says(`${from} KICK #lobby ${name} :${name}`);
    says(`${from} INVITE alice #${name}`);
    says(`${from} MODE #lobby +b ${name}`);
    says(`:${name} NOTICE alice :${HTML[i]}`);
    says(`:${name} 404 alice ${name} :${HTML[i]}`);
    says(`:${name} FAIL ${name} ${name} :${HTML[i]}`);
    says(`${from} JOIN #lobby * :x`);
    says(`${from} NICK ${name.slice(1)}`);
  }
  says(":bob!x@x PRIVMSG #lobby :that was all");
  await alice.sees("that was all");
  assertEquals([await harm(alice), await overflow(alice)], [[], 0]);
  const talks = await alice.talks.getByRole("listitem").all();
  assert(talks.length > names.length, `${talks.length} talks`);
  for (const talk of talks) {
    await talk.getByRole("button").first().click();
    await talk.locator('[aria-current="true"]').waitFor();
    assertEquals([await harm(alice), await overflow(alice)], [[], 0]);
  }
  // A name that hides what it is, and one that a table of plain objects would know already.
  for (const name of ["\u202eecila", "constructor", "__proto__", "toString"]) says(`:${name}!x@x JOIN #lobby`);
  await alice.people.getByRole("button", { name: "toString" }).waitFor();
  await alice.people.getByRole("button", { name: "ecila" }).click();
  assertEquals(await harm(alice), []);
});

test("a server that tells and calls without end opens one dialog, and few calls ring", async (browser) => {
  await using room = await openRoom();
  const { alice, says } = await atHostileServer(browser, room);
  for (let i = 0; i < 30; i++) {
    says(`:tea.local NOTICE alice :tea${i} is the nick of an account: log in, or you will be called guest in 30 s`);
    says(`:caller${i}!~x@host CALL RING alice`);
  }
  const dialogs = alice.page.locator("dialog[open]");
  await dialogs.first().waitFor();
  await alice.page.locator(".ringing").first().waitFor();
  says(":dave!~x@host PRIVMSG #lobby :the last one");
  await alice.sees("the last one");
  assertEquals([await dialogs.count(), await alice.page.locator(".ringing").count()], [1, 4]);
});

test("an address that is HTML or no channel does no harm", async (browser) => {
  await using room = await openRoom();
  for (const channel of [HTML[0], "javascript:alert(1)", "%", "%00", "a,b c", "\u202egnp", "x".repeat(5_000)]) {
    const alice = await browser.stranger(room, { nick: "alice", channel });
    await alice.button("Join").waitFor();
    assertEquals(await harm(alice), []);
    await alice.button("Join").click();
    await alice.context.close();
  }
});

test("each name of somebody else stands apart from the page's own words, so that it reorders none of them", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await browser.guest(room, "alice");
  const שלום = await room.person("שלום", { caps: "message-tags echo-message", join: "#lobby,#other" });
  const dan = await room.person("דן", { join: "#lobby,#other" });
  await alice.says("/op שלום");
  await שלום.sees(/ MODE #lobby \+o /);
  await שלום.send("TOPIC #lobby :tea", "MODE #lobby +v דן", "PRIVMSG #lobby :\x01ACTION pours\x01");
  await שלום.send("PRIVMSG #lobby :to be removed", "PRIVMSG #lobby :to be answered");
  const removed = await שלום.sees(/to be removed/);
  const answered = await שלום.sees(/to be answered/);
  const msgidOf = (line: string) => /msgid=([^; ]+)/.exec(line)![1];
  await שלום.send(`@+draft/react=🍵;+draft/reply=${msgidOf(answered)} TAGMSG #lobby`);
  await שלום.send(`@+draft/reply=${msgidOf(answered)} PRIVMSG #lobby :an answer`);
  await שלום.send(`REDACT #lobby ${msgidOf(removed)}`, "INVITE alice #other");
  await שלום.send("KICK #lobby דן :out", "NICK שלומי", "PART #lobby", "JOIN #lobby", "PART #lobby");
  await dan.send("JOIN #lobby", "QUIT");
  await alice.sees("invites you");
  await alice.says("/whois שלומי");
  await alice.sees(/שלומי .*127\.0\.0\.1/);
  await alice.says("/raw NAMES #other");
  await alice.sees("#other: ");
  const outside = await alice.log.evaluate((log) => {
    const walker = document.createTreeWalker(log, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement!;
      const isOf = /שלום|שלומי|דן/.test(node.nodeValue!) && parent.closest("bdi, [aria-hidden=true]") === null;
      if (isOf) found.push(parent.textContent);
    }
    return found;
  });
  assertEquals(outside, []);
});

/** A tag that says of a file how large a picture it is. */
const saidSize = (side: number) =>
  `@+teahouse.chat/file=name=x.png&size=3&type=image/png&width=${side}&height=${side} `;

test("a picture of few bytes and very many pixels is a card, and is not loaded, whatever its sender says of it", async (browser) => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await browser.guest(room, "alice");
  const mallory = await room.person("mallory", { caps: "draft/authtoken message-tags", join: "#lobby" });
  const loaded: string[] = [];
  alice.page.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith("/files/") && search !== "?info") loaded.push(pathname.replace(/^.*\//, ""));
  });
  const vast = vastPicture("night.png", 10_000);
  assert(vast.bytes.length < 25_000, `${vast.bytes.length}`);
  for (const [caption, tags] of [["honest", saidSize(10_000)], ["lying", saidSize(9)], ["silent", ""]]) {
    await mallory.send(`${tags}PRIVMSG #lobby :${await sendsFile(room, mallory, vast)} ${caption}`);
    const card = alice.line(caption).getByRole("link", { name: /night\.png/ });
    await card.getByText(/KiB · very large picture, 10000 × 10000$/).waitFor();
  }
  // Of this kind the room does not know how large it is.
  const avif = { name: "odd.avif", type: "image/avif", bytes: heic("avif") };
  await mallory.send(`${saidSize(9)}PRIVMSG #lobby :${await sendsFile(room, mallory, avif)} unknown`);
  await alice.line("unknown").getByRole("link", { name: /odd\.avif/ }).waitFor();
  assertEquals([await alice.log.locator("tea-file img").count(), loaded], [0, []]);

  // Others are drawn in the shape that the room knows, and alone are gone through where pictures are large.
  const cup = await sendsFile(room, mallory, await picture(alice, "cup.png", "image/png", 60, 40));
  await mallory.send(`${saidSize(90_000)}PRIVMSG #lobby :${cup} the cup`);
  const shown = alice.line("the cup").getByRole("img", { name: "Show cup.png" });
  await shown.waitFor();
  assertEquals([await shown.getAttribute("width"), await shown.getAttribute("height")], ["60", "40"]);
  await shown.click();
  await alice.page.getByRole("dialog", { name: "cup.png", exact: true }).waitFor();
  await alice.page.keyboard.press("Escape");
  await alice.button("Files of this talk").click();
  const panel = alice.page.getByRole("region", { name: "Files", exact: true });
  await panel.getByText("odd.avif").waitFor();
  assertEquals([await panel.locator("img").count(), [...new Set(loaded)].length], [0, 1]);
});

test("a picture of which the room does not answer is a card until it does", async (browser) => {
  await using room = await openRoom();
  const alice = await browser.guest(room, "alice");
  const dave = await room.person("dave", { caps: "draft/authtoken message-tags", join: "#lobby" });
  const cup = await sendsFile(room, dave, await picture(alice, "cup.png", "image/png", 60, 40));
  await alice.page.clock.install();
  await alice.page.route(/\?info$/, (route) => route.abort());
  await dave.send(
    `@+teahouse.chat/file=name=cup.png&size=3&type=image/png&width=60&height=40 PRIVMSG #lobby :${cup} the cup`,
  );
  await alice.line("the cup").getByRole("link", { name: /cup\.png/ }).waitFor();
  assertEquals(await alice.log.locator("tea-file img").count(), 0);
  await alice.page.unroute(/\?info$/);
  await alice.page.clock.fastForward(20_000);
  await alice.line("the cup").getByRole("img", { name: "Show cup.png" }).waitFor();
  isRefused(alice, "net::");
});
