import { assertEquals, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { connect } from "node:net";
import { Person, Room } from "../testing.ts";
import { idle, inNextTurn } from "../turns/loop.ts";
import { accept } from "./accept.ts";

const PATIENCE = 20_000;

/** A connection as far as `accept` knows one. */
class Connection {
  isClosed = false;

  close(): void {
    if (this.isClosed) throw new Deno.errors.BadResource();
    this.isClosed = true;
  }
}

/** A listener that gives these one after the other, errors by throwing them, and then waits until it is closed. */
function listening(outcomes: Iterable<Connection | Error>): Pick<Deno.TcpListener, "accept" | "close"> {
  const rest = outcomes[Symbol.iterator]();
  const closed = Promise.withResolvers<never>();
  closed.promise.catch(() => {});
  return {
    accept() {
      const { value } = rest.next();
      if (value === undefined) return closed.promise;
      return value instanceof Error ? Promise.reject(value) : Promise.resolve(value as unknown as Deno.TcpConn);
    },
    close: () => closed.reject(new Deno.errors.BadResource()),
  };
}

function failed(code: string): Error {
  return Object.assign(new Error(`the accept failed with ${code}`), { code });
}

/** Accepts all of them; gives what was taken, what was reported, how often it paused, and how often others had a turn. */
async function acceptAll(outcomes: (Connection | Error)[], take: (conn: Connection) => void = () => {}) {
  const stop = new AbortController();
  const log: string[] = [];
  const taken: Connection[] = [];
  let [pauses, turns] = [0, 0];
  const last = new Connection();
  const setTimeout = globalThis.setTimeout;
  // A pause takes no time here.
  globalThis.setTimeout = ((wake: () => void, milliseconds = 0) => {
    if (milliseconds > 0) pauses++;
    return setTimeout(wake, 0);
  }) as typeof setTimeout;
  let isOver = false;
  const countTurns = () =>
    inNextTurn(() => {
      if (isOver) return;
      turns++;
      countTurns();
    });
  countTurns();
  try {
    await accept(listening([...outcomes, last]), (conn) => {
      const connection = conn as unknown as Connection;
      if (connection === last) return stop.abort();
      taken.push(connection);
      take(connection);
    }, { signal: stop.signal, onError: (text) => log.push(text) });
  } finally {
    globalThis.setTimeout = setTimeout;
    isOver = true;
    await idle();
  }
  return { log, taken, pauses, turns };
}

Deno.test("peers who have gone before they are accepted hold up nobody", async () => {
  const gone = ["ENOTCONN", "ECONNRESET", "ECONNABORTED", "EPROTO", "EINVAL"].map(failed);
  const next = new Connection();
  const { log, taken, pauses } = await acceptAll([...Array(18).fill(gone).flat(), next]);
  assertEquals([log, taken, pauses], [[], [next], 0]);
});

Deno.test("however many have gone before they are accepted, there is no pause in which the queue of the others fills, but turns", async () => {
  for (const code of ["ENOTCONN", "ECONNRESET", "ECONNABORTED"]) {
    const next = new Connection();
    const { log, taken, pauses, turns } = await acceptAll([...Array(1_000).fill(failed(code)), next]);
    assertEquals([log, taken, pauses, turns], [[], [next], 0, 20]);
  }
});

Deno.test("a listener that fails and fails gets a pause now and then, and does not take all the time", async () => {
  const { pauses } = await acceptAll(Array(1_000).fill(failed("EINVAL")));
  assertEquals(pauses, 10);
});

Deno.test("while descriptors or memory are exhausted there is a pause before each try, and that is reported once", async () => {
  for (const code of ["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS"]) {
    const { log, taken, pauses } = await acceptAll([failed(code), failed(code), failed(code), new Connection()]);
    assertEquals([log, taken.length, pauses], [
      [`cannot accept connections for now: the accept failed with ${code}`],
      1,
      3,
    ]);
  }
});

Deno.test("a connection that cannot be taken is closed and reported, and the next one is taken", async () => {
  const [first, second] = [new Connection(), new Connection()];
  const { log, taken, pauses } = await acceptAll([first, second], (conn) => {
    if (conn === first) throw new Error("its address cannot be told");
  });
  assertEquals([taken, first.isClosed, second.isClosed, pauses], [[first, second], true, false, 0]);
  assertEquals(log.length, 1);
  assertStringIncludes(log[0], "its address cannot be told");
});

/** Connects and resets, so that the listener's system has a connection whose peer is gone. */
function reset(port: number): Promise<void> {
  return deadline(
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.resetAndDestroy());
      socket.on("error", reject).on("close", () => resolve());
    }),
    PATIENCE,
  );
}

Deno.test("after 300 who have reset their connections the next one is in at once", async () => {
  await using room = new Room();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  for (let i = 0; i < 300; i++) await reset(listener.addr.port);
  const stop = new AbortController();
  const log: string[] = [];
  const served = accept(listener, (conn) => room.connections.take(conn), {
    signal: stop.signal,
    onError: (text) => log.push(text),
  });
  await using alice = new Person("alice", await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port }));
  assertEquals(await alice.everything(), []);
  assertEquals(log, []);
  stop.abort();
  await served;
});
