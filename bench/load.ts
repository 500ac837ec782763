/**
 * The load: it opens connections to a server, sends messages, and counts what arrives. It is a process of its own, so its CPU
 * time is not counted with the server's, and it speaks any line protocol that a `Dialect` describes.
 *
 * It counts bytes, since all messages have the same length. Only a few connections, the probes, look into what they
 * receive and measure how long it took. The program reads one JSON `Job` from standard input and writes one JSON `Result`.
 *
 * @module
 */

import { delay } from "@std/async/delay";

/** How to speak to a kind of server. `%i` stands for a connection's number, `%c` for a channel's number, `%s` for the text. */
export interface Dialect {
  /** What a connection says first. */
  login: string;
  /** What it receives when it may join; "" if the protocol has no such step. */
  welcome: string;
  /** What it then sends for each channel. */
  join: string;
  /** What it receives when it has joined a channel. */
  ready: string;
  /** What a sender sends to a channel. */
  send: string;
  /** How a ping and its answer begin, up to the part that both share; "" if the server sends none while people join. */
  ping: string;
  pong: string;
}

/** What the load is to do. */
export interface Job {
  port: number;
  /** If given, everyone connects here by a WebSocket (`text.ircv3.net`) instead of to `port`. */
  webPort?: number | undefined;
  /** If given, everyone connects here over TLS, and trusts this authority (PEM). */
  tls?: { port: number; authority: string } | undefined;
  /** The server's process, to read its CPU time and memory. */
  pid: number;
  dialect: Dialect;
  receivers: number;
  messages: number;
  /** Messages a second; 0 for as many as possible. */
  rate: number;
  /** How many channels everyone is in. The messages go to each in turn. */
  channels: number;
}

/** What was measured. */
export interface Result {
  deliveries: number;
  seconds: number;
  /** Server CPU time for one delivery, in nanoseconds, and as a share of one core. */
  cpuPerDelivery: number;
  cpuShare: number;
  /** This process's CPU time as a share of one core. Near 1, the load is the bottleneck. */
  loadShare: number;
  /** From just before a message is written to just after it is read, in milliseconds. */
  p50: number;
  p99: number;
  /** The server's memory in MiB at the end, and in KiB for each connection when all had joined. */
  rss: number;
  rssPerConnection: number;
  /** How long it took until everyone had joined, in seconds. */
  joinSeconds: number;
  /** The server's CPU time for one join, in microseconds. */
  cpuPerJoin: number;
}

/** How many connections join at the same time. */
const COHORT = 200;
/** How many connections measure latency. */
const PROBES = 16;
// A text is a mark, the time in 1/100 ms as 12 digits, and filler up to 64 bytes.
const MARK = "T:";
const DIGITS = 12;
const FILLER = "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz".slice(0, 64 - MARK.length - DIGITS);
/** How long a measurement may take, in milliseconds. */
const PATIENCE = 90_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function text(): string {
  return MARK + Math.round(performance.now() * 100).toString().padStart(DIGITS, "0") + FILLER;
}

function fill(template: string, i: number, channel: number, payload = ""): string {
  return template.replaceAll("%i", `${i}`).replaceAll("%c", `${channel}`).replaceAll("%s", payload);
}

/** CPU time in seconds and memory in bytes of a process, as the operating system accounts for them. */
function usage(pid: number): { cpu: number; rss: number } {
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /, "").split(" ");
  // utime, stime in clock ticks of 10 ms; rss in pages.
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, rss: Number(fields[21]) * 4096 };
}

/** Whole lines as WebSocket messages, one for each line, masked with zeros (RFC 6455 section 5.2). */
function frames(text: string): Uint8Array {
  const parts = text.split("\r\n").slice(0, -1).map((line) => {
    const bytes = encoder.encode(line);
    const length = bytes.length < 126 ? [0x80 | bytes.length] : [0x80 | 126, bytes.length >> 8, bytes.length & 0xff];
    return [0x81, ...length, 0, 0, 0, 0, ...bytes];
  });
  return new Uint8Array(parts.flat());
}

/** One connection of the load. Over a WebSocket it counts the bytes of the frames, which are the same for each message. */
class Member {
  readonly #conn: Pick<Deno.Conn, "read" | "write" | "close">;
  #isWebSocket = false;
  readonly #buffer = new Uint8Array(16_384);
  /** How many bytes were received since counting began. */
  received = 0;
  /** How long each message took to arrive, in milliseconds. Only probes measure it. */
  latencies: number[] | undefined;
  #tail = "";

  constructor(conn: Pick<Deno.Conn, "read" | "write" | "close">) {
    this.#conn = conn;
  }

  static async join(job: Job, i: number): Promise<Member> {
    const { dialect, port, webPort, tls, channels } = job;
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: tls?.port ?? webPort ?? port });
    conn.setNoDelay(true);
    const secure = tls && await Deno.startTls(conn, { hostname: "localhost", caCerts: [tls.authority] });
    const member = new Member(secure ?? conn);
    if (webPort !== undefined) await member.#upgrade(webPort, dialect);
    await member.send(fill(dialect.login, i, 0));
    if (dialect.welcome !== "") await member.#sees(dialect.welcome, 1, dialect);
    let join = "";
    for (let c = 0; c < channels; c++) join += fill(dialect.join, i, c);
    await member.send(join);
    await member.#sees(dialect.ready, channels, dialect);
    return member;
  }

  /** Opens a WebSocket by hand: the load must cost less than what it measures. */
  async #upgrade(port: number, dialect: Dialect): Promise<void> {
    await this.send(
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
        "Sec-WebSocket-Protocol: text.ircv3.net\r\n\r\n",
    );
    await this.#sees("\r\n\r\n", 1, { ...dialect, ping: "" });
    this.#isWebSocket = true;
  }

  async send(text: string): Promise<void> {
    await this.write(this.#isWebSocket ? frames(text) : encoder.encode(text));
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#conn.write(bytes.subarray(sent));
  }

  /** Reads until a text was received so many times, and answers a ping meanwhile. */
  async #sees(expected: string, times: number, dialect: Dialect): Promise<void> {
    let seen = "";
    for (let pinged = false; seen.split(expected).length <= times;) {
      const n = await this.#conn.read(this.#buffer);
      if (n === null) throw new Error(`the server closed a connection: ${seen.slice(-200)}`);
      seen += decoder.decode(this.#buffer.subarray(0, n));
      const ping = dialect.ping === "" || pinged ? undefined : seen.split(dialect.ping)[1]?.split("\r\n");
      if (ping !== undefined && ping.length > 1) {
        pinged = true;
        await this.send(dialect.pong + ping[0] + "\r\n");
      }
    }
  }

  /** Reads to the end of the connection. */
  async read(): Promise<void> {
    try {
      for (let n = await this.#conn.read(this.#buffer); n !== null; n = await this.#conn.read(this.#buffer)) {
        this.received += n;
        if (this.latencies !== undefined) this.#measure(this.#buffer.subarray(0, n), this.latencies);
      }
    } catch {
      // The connection was closed at the end of the measurement.
    }
  }

  #measure(bytes: Uint8Array, latencies: number[]): void {
    const now = performance.now();
    const seen = this.#tail + decoder.decode(bytes);
    let end = 0;
    for (let at = seen.indexOf(MARK); at >= 0; at = seen.indexOf(MARK, end)) {
      const digits = seen.slice(at + MARK.length, at + MARK.length + DIGITS);
      if (digits.length < DIGITS) break;
      end = at + MARK.length + DIGITS;
      latencies.push(now - Number(digits) / 100);
    }
    this.#tail = seen.slice(Math.max(end, seen.length - MARK.length - DIGITS));
  }

  close(): void {
    this.#conn.close();
  }
}

/** Resolves when the condition holds. @throws {Error} If that takes longer than `PATIENCE`. */
async function until(condition: () => boolean, what: () => string): Promise<void> {
  for (const end = performance.now() + PATIENCE; !condition();) {
    if (performance.now() > end) throw new Error(`timed out: ${what()}`);
    await delay(1);
  }
}

/** Has everyone join, a cohort at a time. */
async function joinAll(job: Job, count: number): Promise<Member[]> {
  const members: Member[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(COHORT, count) }, async () => {
    while (next < count) {
      const member = await Member.join(job, next++);
      members.push(member);
    }
  }));
  return members;
}

/** Sends the messages at their rate, or as fast as the server takes them. */
async function sendAll({ dialect, messages, rate, channels }: Job, sender: Member): Promise<void> {
  const started = performance.now();
  for (let sent = 0; sent < messages;) {
    const due = rate === 0 ? messages : Math.min(messages, Math.ceil((performance.now() - started) * rate / 1000));
    let lines = "";
    for (; sent < due && lines.length < 65_536; sent++) lines += fill(dialect.send, 0, sent % channels, text());
    if (lines !== "") await sender.send(lines);
    if (rate > 0) await delay(1);
  }
}

function percentile(sorted: number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
}

/** Does a job. */
export async function run(job: Job): Promise<Result> {
  const before = usage(job.pid);
  const joining = performance.now();
  const [sender, ...receivers] = await joinAll(job, job.receivers + 1);
  const joinSeconds = (performance.now() - joining) / 1000;
  const joined = usage(job.pid);
  const everyone = [sender, ...receivers];
  const reading = everyone.map((member) => member.read());
  try {
    // Counting begins when nothing more arrives of what the last joins have set off.
    for (let last = -1, sum = 0; sum !== last; sum = everyone.reduce((n, { received }) => n + received, 0)) {
      last = sum;
      await delay(500);
    }
    // A first message shows how many bytes each message brings.
    const probe = receivers[0];
    probe.received = 0;
    await sender.send(fill(job.dialect.send, 0, 0, text()));
    await until(() => probe.received > 0, () => "the first message did not arrive");
    await delay(300);
    const size = probe.received;
    // The names of several channels differ in length by a digit. Each channel has the same share of messages.
    const extra = Array.from({ length: job.messages }, (_, i) => `${i % job.channels}`.length - 1).reduce(
      (a, b) => a + b,
      0,
    );
    const expected = job.messages * size + extra;
    for (const member of everyone) member.received = 0;
    const step = Math.max(1, Math.floor(receivers.length / PROBES));
    for (let i = 0; i < receivers.length; i += step) receivers[i].latencies = [];

    const start = usage(job.pid);
    const startOwn = usage(Deno.pid);
    const startTime = performance.now();
    await sendAll(job, sender);
    const arrived = () => receivers.every(({ received }) => received >= expected);
    await until(arrived, () => `${receivers.filter(({ received }) => received < expected).length} lack messages`);
    const seconds = (performance.now() - startTime) / 1000;
    const end = usage(job.pid);
    const ownCpu = usage(Deno.pid).cpu - startOwn.cpu;
    const latencies = receivers.flatMap(({ latencies = [] }) => latencies).sort((a, b) => a - b);
    const deliveries = job.messages * receivers.length;
    return {
      deliveries,
      seconds,
      cpuPerDelivery: (end.cpu - start.cpu) * 1e9 / deliveries,
      cpuShare: (end.cpu - start.cpu) / seconds,
      loadShare: ownCpu / seconds,
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      rss: end.rss / 2 ** 20,
      rssPerConnection: (joined.rss - before.rss) / 1024 / everyone.length,
      joinSeconds,
      cpuPerJoin: (joined.cpu - before.cpu) * 1e6 / everyone.length,
    };
  } finally {
    for (const member of everyone) member.close();
    await Promise.all(reading);
  }
}

if (import.meta.main) {
  const job: Job = await new Response(Deno.stdin.readable).json();
  try {
    console.log(JSON.stringify(await run(job)));
  } catch (error) {
    console.log(JSON.stringify({ error: error instanceof Error ? error.message : `${error}` }));
  }
  Deno.exit(0);
}
