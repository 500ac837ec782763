import { assertEquals } from "@std/assert";
import { Person, Room } from "../testing.ts";
import { TcpTransport } from "../wire/tcp_transport.ts";

/** Someone who has connected, or so the room believes, from an address and over TLS or not. */
async function stranger(room: Room, host: string, isSecure: boolean): Promise<Person> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [conn, accepted] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }),
    listener.accept(),
  ]);
  room.connections.add(Object.assign(new TcpTransport(accepted), { host, isSecure }), { mayStandFor: host === "0::1" });
  return new Person("someone", conn);
}

/** What is told of `sts`. */
async function told(person: Person, ...lines: string[]): Promise<string | undefined> {
  await person.send(...lines);
  const answer = (await person.everything()).join("\n");
  return /[ :](sts\S*)/.exec(answer)?.[1];
}

Deno.test("who comes without TLS from elsewhere is told the port, who has TLS for how long, and who is near nothing", async () => {
  await using room = new Room();
  const ask = async (host: string, isSecure: boolean, ...lines: string[]) => {
    await using person = await stranger(room, host, isSecure);
    return await told(person, ...lines, "CAP LS 302");
  };
  // As long as nobody would let them in there.
  assertEquals(await ask("203.0.113.7", false), undefined);
  assertEquals(await ask("203.0.113.7", true), undefined);
  room.chat.trustedPort = () => 6697;
  assertEquals(await ask("203.0.113.7", false), "sts=port=6697");
  assertEquals(await ask("2001:db8::1", false), "sts=port=6697");
  assertEquals(await ask("203.0.113.7", true), "sts=duration=2592000");
  assertEquals(await ask("192.168.1.5", true), "sts=duration=2592000");
  for (const near of ["192.168.1.5", "127.0.0.1", "0::1", "fd00::2", "100.64.0.9"]) {
    assertEquals(await ask(near, false), undefined, near);
  }
  // A gateway has another name, and no such port.
  assertEquals(await ask("0::1", true, "WEBIRC x gateway host 203.0.113.7 :secure"), undefined);
});

Deno.test("who knows no values is told nothing of sts, and nobody can ask for it", async () => {
  await using room = new Room();
  room.chat.trustedPort = () => 6697;
  await using old = await stranger(room, "203.0.113.7", false);
  assertEquals(await told(old, "CAP LS"), undefined);
  await old.send("CAP REQ sts");
  await old.sees(/ CAP \S+ NAK :?sts$/);
  assertEquals(await told(old, "CAP LIST"), undefined);
});

Deno.test("who comes without TLS is told where it is to be had, also nearby; nobody can ask for that", async () => {
  await using room = new Room();
  const offer = async (host: string, isSecure: boolean, ...lines: string[]) => {
    await using person = await stranger(room, host, isSecure);
    await person.send(...lines);
    return (await person.everything()).join(" ").match(/teahouse\.chat\/tls\S*/)?.[0];
  };
  assertEquals(await offer("192.168.1.5", false, "CAP LS 302"), undefined);
  room.chat.doors = () => ({
    here: "localhost",
    elsewhere: [],
    trusted: [],
    chat: 8888,
    secureChat: 6697,
    page: undefined,
    securePage: undefined,
    base: "/",
  });
  for (const host of ["192.168.1.5", "203.0.113.7"]) {
    assertEquals(await offer(host, false, "CAP LS 302"), "teahouse.chat/tls=6697");
  }
  assertEquals(await offer("192.168.1.5", true, "CAP LS 302"), undefined);
  assertEquals(await offer("192.168.1.5", false, "CAP LS"), undefined);
});
