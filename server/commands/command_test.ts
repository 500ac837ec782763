/** The checks that a command's record names, for every command there is. */

import { assert, assertEquals } from "@std/assert";
import { Accounts } from "../auth/accounts.ts";
import { CAPABILITIES } from "../room/capabilities.ts";
import { Files } from "../files/files.ts";
import { FileFolder } from "../files/folder.ts";
import { History } from "../store/history.ts";
import { Markers } from "../store/markers.ts";
import { Store } from "../store/store.ts";
import { type Person, Room } from "../testing.ts";
import { COMMANDS } from "./table.ts";

/** The first line of an answer, without its source. */
async function answer(person: Person, line: string): Promise<string | undefined> {
  await person.send(line);
  return (await person.everything())[0]?.replace(/^:\S+ /, "");
}

const registered = [...COMMANDS.values()].filter(({ beforeRegistration }) => beforeRegistration !== true);

Deno.test("A command that is not for those who have yet to register is refused to them", async () => {
  await using room = new Room();
  const stranger = await room.stranger();
  for (const { name } of registered) {
    assertEquals(await answer(stranger, `${name} a b c d`), "451 * :You have not registered", name);
  }
});

Deno.test("A command with too few parameters is refused by its name", async () => {
  await using room = new Room();
  const alice = await room.person("alice");
  for (const { name, minParams = 0 } of COMMANDS.values()) {
    if (minParams === 0) continue;
    const line = [name, ...Array(minParams - 1).fill("a")].join(" ");
    assertEquals(await answer(alice, line), `461 alice ${name} :Not enough parameters`, name);
  }
});

Deno.test("A command that lacks its first parameter is answered as its record says", async () => {
  await using room = new Room();
  const alice = await room.person("alice");
  for (const { name, withoutFirst } of COMMANDS.values()) {
    if (withoutFirst === undefined) continue;
    const [numeric, text] = withoutFirst;
    for (const line of [name, `${name} :`]) assertEquals(await answer(alice, line), `${numeric} alice :${text}`, line);
  }
});

Deno.test("A command for the server's operators is refused to others", async () => {
  await using room = new Room();
  const alice = await room.person("alice");
  const names = [...COMMANDS.values()].filter(({ isForOperators }) => isForOperators).map(({ name }) => name);
  assert(names.length > 0);
  for (const name of names) {
    assertEquals(await answer(alice, `${name} a b`), "481 alice :Permission Denied- You're not an IRC operator", name);
  }
});

Deno.test("A command that takes a capability is refused to sessions without it, and to no others", async () => {
  const store = new Store(":memory:");
  const options = { history: new History(store), accounts: new Accounts(store), markers: new Markers(store) };
  {
    const files = new Files(store, FileFolder.temporary(), { each: 1, ofSender: 1, ofAll: 1, keep: 1 });
    await using room = new Room({}, {}, { store, files, calls: {}, ...options });
    const alice = await room.person("alice");
    const caps = [...COMMANDS.values()].map(({ capability }) => capability).filter((name) => name !== undefined);
    const bob = await room.person("bob", { caps: [...new Set(caps)].join(" ") });
    assert(caps.length > 0 && caps.some((name) => name in CAPABILITIES));
    for (const { name, capability, withoutCapability } of COMMANDS.values()) {
      if (capability === undefined) continue;
      const refusal = (nick: string) => {
        if (withoutCapability === undefined) {
          return `FAIL ${name} NEED_CAPABILITY ${capability} :Ask for the capability ${capability} first`;
        }
        if (withoutCapability === "unknown command") return `421 ${nick} ${name} :Unknown command`;
        return `${withoutCapability[0]} ${nick} :${withoutCapability[1]}`;
      };
      const line = `${name} a b c`;
      assertEquals(await answer(alice, line), refusal("alice"), name);
      assert(await answer(bob, line) !== refusal("bob"), name);
    }
    await files.close();
  }
  options.history.close();
  await store.close();
});

Deno.test("Every command says how it is written, and what it does in lines that fit", () => {
  for (const [key, { name, usage, help }] of COMMANDS) {
    assertEquals([key, name], [name.toUpperCase(), key]);
    for (const form of [usage].flat()) assert(form === name || form.startsWith(`${name} `), form);
    for (const line of [help].flat()) assert(line.length > 0 && line.length <= 120, line);
  }
});
