/**
 * What a large history costs: `deno task bench:history`. It makes a database of a million messages, starts a server on it, and
 * measures over the wire how long questions take.
 *
 *     deno task bench:history              a million messages
 *     deno task bench:history 100000       100,000 messages
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { fromFileUrl } from "@std/path/from-file-url";
import { History } from "../server/store/history.ts";
import { channelKey, firstId, privateKey } from "../server/store/records.ts";
import { Store } from "../server/store/store.ts";
import { Person, random } from "../server/testing.ts";

const PORT = 17_200;

const WORDS = ("the a of to and in that it is was for on are with as his they at be this from have or by one had not " +
  "tea house lantern paper water kettle morning evening garden letter market river mountain window table story").split(
    " ",
  );
const CHINESE = [
  ..."的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经",
];

/** Fills a database: 50 channels, one of which has two thirds of the messages; private talks; one message in ten in Chinese. */
async function fill(file: string, count: number): Promise<void> {
  const store = new Store(file, { onError: (text) => console.error(text) });
  const history = new History(store);
  const next = random(1);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)];
  const begin = Date.now() - count * 1_000;
  for (let i = 0; i < count; i++) {
    const isChinese = next() < 0.1;
    let text = "";
    for (const length = 20 + next() * 60; text.length < length;) text += isChinese ? pick(CHINESE) : `${pick(WORDS)} `;
    if (i % 50_000 === 7) text += "茶 100% zq";
    const nick = `u${Math.floor(next() * 200)}`;
    const isPrivate = next() < 0.05;
    const target = isPrivate ? "u1" : next() < 0.66 ? "#lobby" : `#c${Math.floor(next() * 50)}`;
    const [sender, recipient] = [`account:${nick}`, "account:u1"];
    history.add({
      id: firstId(begin + i * 1_000),
      conversation: isPrivate ? privateKey(sender, recipient) : channelKey(target),
      command: "PRIVMSG",
      source: `${nick}!${nick}@127.0.0.1`,
      sender,
      target,
      text,
      ...(isPrivate ? { recipient } : {}),
    });
    if (i % 500 === 499) {
      store.flush();
      // Lets the thread that copies the log have its turn.
      if (i % 10_000 === 9_999) await delay(0);
    }
  }
  store.flush();
  history.close();
  await store.close();
}

/** Asks twenty times, and prints the median and the longest time in milliseconds. */
async function measure(name: string, ask: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < 20; i++) {
    const begun = performance.now();
    await ask();
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  console.log(`${name.padEnd(44)} ${times[10].toFixed(1).padStart(7)} ${times[19].toFixed(1).padStart(7)}`);
}

const count = Number(Deno.args[0] ?? 1_000_000);
const folder = await Deno.makeTempDir({ prefix: "teahouse-bench-" });
const file = `${folder}/teahouse.db`;
const begun = performance.now();
await fill(file, count);
const size = (Deno.statSync(file).size / 2 ** 20).toFixed();
const took = ((performance.now() - begun) * 1000 / count).toFixed(1);
console.log(`${count} messages, ${size} MiB, ${took} us each to write and index`);

const server = new Deno.Command(Deno.execPath(), {
  args: [
    ...["run", "-A", fromFileUrl(new URL("../server.ts", import.meta.url))],
    ...`--host 127.0.0.1 --port ${PORT} --no-web --flood-limit 0 --log-level error --db ${file}`.split(" "),
  ],
}).spawn();
const memory = () => Number(Deno.readTextFileSync(`/proc/${server.pid}/statm`).split(" ")[1]) * 4096 / 2 ** 20;

/** Connects a person to the server, as soon as that listens. */
async function person(nick: string, caps: string): Promise<Person> {
  for (let tries = 0;; tries++) {
    try {
      const person = new Person(nick, await Deno.connect({ port: PORT }));
      await person.send(`CAP REQ :${caps}`, `NICK ${nick}`, `USER ${nick} 0 * :${nick}`, "CAP END");
      await person.sees(/ (422|376) /);
      return person;
    } catch (error) {
      if (tries === 50) throw error;
      await delay(100);
    }
  }
}

{
  await using plain = await person("plain", "multi-prefix");
  await using u1 = await person(
    "u1",
    "batch message-tags server-time draft/chathistory soju.im/search draft/account-registration",
  );
  // A private talk belongs to an account.
  await u1.send("REGISTER * * correct-horse", "JOIN #lobby,#c3");
  await u1.everything();
  console.log(`server: ${memory().toFixed()} MiB at first`);
  console.log(`${"".padEnd(44)}  median longest (ms)`);
  await measure("JOIN, 50 messages told", async () => {
    await plain.send("JOIN #lobby");
    await plain.everything();
    await plain.send("PART #lobby");
  });
  const ask = (line: string) => async () => {
    await u1.send(line);
    return await u1.everything();
  };
  await measure("CHATHISTORY LATEST #lobby * 100", ask("CHATHISTORY LATEST #lobby * 100"));
  await measure("CHATHISTORY LATEST u7 * 100", ask("CHATHISTORY LATEST u7 * 100"));
  const middle = new Date(Date.now() - count * 500).toISOString();
  await measure("CHATHISTORY AROUND #lobby, in the middle", ask(`CHATHISTORY AROUND #lobby timestamp=${middle} 100`));
  const year = ["2001", "2100"].map((year) => `timestamp=${year}-01-01T00:00:00.000Z`).join(" ");
  await measure("CHATHISTORY TARGETS", ask(`CHATHISTORY TARGETS ${year} 100`));
  const searches = ["茶", "lantern", "lantern garden river", "100%", "zq", "的", "e", "nothingatall", "anter"];
  for (const words of searches) {
    const text = words.replaceAll(" ", "\\s");
    await measure(`SEARCH in #lobby: ${words}`, ask(`SEARCH in=#lobby;text=${text};limit=50`));
    await measure(`SEARCH everywhere: ${words}`, ask(`SEARCH text=${text};limit=50`));
  }
  console.log(`server: ${memory().toFixed()} MiB at last`);
}
server.kill("SIGTERM");
await server.status;
await Deno.remove(folder, { recursive: true });
