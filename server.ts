/**
 * The room: `deno run -A server.ts` opens it. Flags, listeners and signals stand here; what the room does stands in server/.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import config from "./deno.json" with { type: "json" };
import { onNpxGone } from "./parent.ts";
import { Accounts } from "./server/auth/accounts.ts";
import { ServerBans } from "./server/room/bans.ts";
import { Chat } from "./server/room/chat.ts";
import { History } from "./server/store/history.ts";
import { Journal } from "./server/journal.ts";
import { Markers } from "./server/store/markers.ts";
import { returnMemory } from "./server/memory.ts";
import { Metadata } from "./server/store/metadata.ts";
import { KeptChannels } from "./server/store/channels.ts";
import { Connections, serve } from "./server/serve.ts";
import { StoreError } from "./server/store/errors.ts";
import { Store } from "./server/store/store.ts";
import { reachedAt } from "./server/wire/interfaces.ts";
import { addressSet } from "./server/wire/networks.ts";
import { Visits } from "./server/store/visits.ts";
import type { WebOptions } from "./server/gateway/web.ts";

const HELP = `Teahouse ${config.version}: opens a chat room that people join from a browser, a terminal or
any IRC client.

Usage: deno run -A server.ts [flags]

  --host ADDRESS    where to listen (default: all interfaces)
  --port N          the port of the chat; 0 picks a free one (default: 8888)
  --web-port N      the port of the page, and of its WebSocket; 0 picks a free one (default: 8080, or
                    the next one that is free)
  --no-web          no page (default: there is one)
  --trust-proxy A   addresses, with commas, of proxies before the page, which then tell who asks in
                    X-Forwarded-For, and of gateways before the chat, which tell it by WEBIRC;
                    10.0.0.0/8 is a whole network (default: none)
  --base PATH       the path of the page, for a proxy that passes it on as it is: /chat/ (default: /)
  --allow-host H    host names, with commas, that the page has for those on this network, beside
                    addresses and local names (default: this machine's name)
  --name NAME       what the room is called (default: Teahouse)
  --icon URL        the address of a picture that stands for the room, for clients that show one
                    (default: none)
  --motd FILE       a text that people see when they come in (default: none)
  --password-file FILE
                    what people must say to come in, on the first line of a file (default: none)
  --oper-file FILE  who may moderate everywhere, by OPER NAME PASSWORD: NAME:PASSWORD on each line, #
                    before a comment (default: none)
  --password WORD, --oper NAME:PASSWORD
                    the same, but whoever else is on this machine sees what is on a command line
                    (default: none); --oper may be given several times
  --db FILE         where history and channels are kept; :memory: keeps them while the room is open
                    (default: teahouse.db)
  --keep TIME       how long what is said is kept: 12h, 90d, 0 for not at all (default: forever)
  --flood-limit N   lines a second and connection that are handled, after a burst of 5 s worth;
                    more than that waits; 0 for no limit (default: 4)
  --max-per-ip N    connections from one address; 0 for no limit (default: 256)
  --log-level L     error, info (who comes and goes) or debug (default: info)
  --help, --version

Environment: TEAHOUSE_PASSWORD is as --password, and TEAHOUSE_OPER as --oper, several with commas or
line ends between them.
`;

/** Milliseconds. */
const PERIODS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How many messages `--db :memory:` keeps, and of how many bytes with the search index. */
const MOST_IN_MEMORY = { messages: 50_000, bytes: 48 * 1_048_576 };

/** Everyone may come back at once after a restart, so many may stand in the queue. */
const BACKLOG = 4096;

/** How often it is said how many lines of the log are left out, in milliseconds. */
const LOG_SWEEP = 10_000;

const LOG_LEVELS = ["error", "info", "debug"];

/** Says what is wrong in one line and ends. @param code 2 for a mistake in the flags, 1 for what the machine refuses. */
function fail(message: string, code: 1 | 2): never {
  console.error(`server.ts: ${message}`);
  Deno.exit(code);
}

/** The flags, checked. Ends the program where one is not understood. */
function readFlags(args: string[]) {
  const flags = parseArgs(args, {
    string: [
      ...["host", "port", "web-port", "trust-proxy", "allow-host", "base"] as const,
      ...["name", "icon", "motd", "password", "password-file", "oper", "oper-file", "db", "keep"] as const,
      ...["flood-limit", "max-per-ip", "log-level"] as const,
    ],
    collect: ["oper"],
    boolean: ["help", "version", "no-web"],
    default: {
      port: "8888",
      base: "/",
      name: "Teahouse",
      db: "teahouse.db",
      keep: "forever",
      "flood-limit": "4",
      "max-per-ip": "256",
      "log-level": "info",
    },
    unknown: (arg: string) =>
      fail(`unknown ${arg.startsWith("-") ? "flag" : "argument"} ${arg}; --help lists the flags`, 2),
  });
  if (flags.help) {
    console.log(HELP.trimEnd());
    Deno.exit(0);
  }
  if (flags.version) {
    console.log(`Teahouse ${config.version}`);
    Deno.exit(0);
  }
  const number = (name: "port" | "web-port" | "flood-limit" | "max-per-ip", most: number): number => {
    const text = flags[name] ?? "";
    if (!/^\d+$/.test(text) || Number(text) > most) {
      fail(`--${name} must be a number from 0 to ${most}, not "${text}"`, 2);
    }
    return Number(text);
  };
  const [, amount, unit] = /^(\d{1,6})([mhd])$/.exec(flags.keep) ?? [];
  if (unit === undefined && flags.keep !== "0" && flags.keep !== "forever") {
    fail(`--keep must be a time as 12h or 90d, 0 or forever, not "${flags.keep}"`, 2);
  }
  const keep = flags.keep === "forever" ? Infinity : flags.keep === "0" ? 0 : Number(amount) * PERIODS[unit];
  for (
    const name of ["host", "motd", "password", "password-file", "oper-file", "db", "trust-proxy", "allow-host"] as const
  ) {
    if (flags[name] === "") fail(`--${name} needs a value`, 2);
  }
  if (flags["no-web"] && flags["web-port"] !== undefined) fail("--web-port and --no-web exclude each other", 2);
  const trustProxy = flags["trust-proxy"]?.split(",") ?? [];
  try {
    addressSet(trustProxy);
  } catch {
    fail(`--trust-proxy must be addresses with commas between them, not "${flags["trust-proxy"]}"`, 2);
  }
  const base = flags.base.replace(/\/*$/, "/");
  if (!/^\/(?:[\w.~%-]+\/)*$/.test(base)) fail(`--base must be a path as /chat/, not "${flags.base}"`, 2);
  // deno-lint-ignore no-control-regex -- a name is printed on terminals
  if (!/^[^\x00-\x1f\x7f]{1,60}$/u.test(flags.name)) {
    fail("--name must be 1 to 60 characters, none of them a control", 2);
  }
  if (flags.icon !== undefined && !/^https?:\/\/[^\s\p{Cc}]{1,300}$/u.test(flags.icon)) {
    fail(`--icon must be an address as https://example.org/tea.png, not "${flags.icon}"`, 2);
  }
  if (!LOG_LEVELS.includes(flags["log-level"])) fail(`--log-level must be one of ${LOG_LEVELS.join(", ")}`, 2);
  return {
    host: flags.host?.replace(/^\[(.*)\]$/, "$1"),
    port: number("port", 65535),
    webPort: flags["web-port"] === undefined ? undefined : number("web-port", 65535),
    noWeb: flags["no-web"],
    trustProxy,
    base,
    allowHost: flags["allow-host"]?.split(",") ?? [],
    name: flags.name,
    icon: flags.icon,
    motd: flags.motd,
    db: flags.db,
    keep,
    ...readSecrets(flags),
    floodLimit: number("flood-limit", 1e6),
    maxPerIp: number("max-per-ip", 1e6),
    logLevel: LOG_LEVELS.indexOf(flags["log-level"]),
  };
}

/** Secrets as the flags, files and the environment give them. Ends the program where one can't be used. */
function readSecrets(flags: {
  password?: string | undefined;
  "password-file"?: string | undefined;
  oper?: string[] | undefined;
  "oper-file"?: string | undefined;
}) {
  const passwords = new Map<string, string>();
  const put = (from: string, password: string | undefined) => {
    if (password === undefined) return;
    if (!isPassword(password)) fail(`${from} must be a word of 1 to 300 characters, none of them a control`, 2);
    passwords.set(from, password);
  };
  put("--password", flags.password);
  put("TEAHOUSE_PASSWORD", Deno.env.get("TEAHOUSE_PASSWORD") || undefined);
  const { "password-file": passwordFile, "oper-file": operFile } = flags;
  if (passwordFile !== undefined) {
    put(`--password-file ${passwordFile}`, readSecretFile("--password-file", passwordFile).split(/\r?\n/, 1)[0]);
  }
  const [password, ...others] = new Set(passwords.values());
  if (others.length > 0) fail(`${[...passwords.keys()].join(" and ")} say different passwords`, 2);

  const operators = new Map<string, string>();
  const add = (from: string, text: string) => {
    const oper = parseOperator(text);
    if (oper === undefined) fail(`${from} must be NAME:PASSWORD, without a space`, 2);
    operators.set(...oper);
  };
  const lines = operFile === undefined ? [] : readSecretFile("--oper-file", operFile).split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    const text = line.trim();
    if (text !== "" && !text.startsWith("#")) add(`--oper-file ${operFile}: line ${i + 1}`, text);
  }
  const given = (Deno.env.get("TEAHOUSE_OPER") ?? "").split(/[,\n]/).map((text) => text.trim());
  for (const text of given) if (text !== "") add("TEAHOUSE_OPER", text);
  for (const text of flags.oper ?? []) add("--oper", text);
  return { password, operators };
}

/** Whether a text can be said by PASS. */
function isPassword(text: string): boolean {
  return text.length > 0 && text.length <= 300 && !/\p{Cc}/u.test(text);
}

/** An operator's name and password out of `NAME:PASSWORD`: both are words of an IRC line. */
function parseOperator(text: string): [name: string, password: string] | undefined {
  const at = text.indexOf(":");
  const [name, password] = [text.slice(0, at), text.slice(at + 1)];
  const isWord = (word: string) => word !== "" && !word.startsWith(":") && isPassword(word) && !/\s/.test(word);
  return at > 0 && isWord(name) && isWord(password) ? [name, password] : undefined;
}

/** The most bytes of a file that a flag names. */
const MOST_FILE_BYTES = 1_000_000;

/** Reads a file that a flag names, which may be a pipe. Throws where it can't be read, or has no end in sight. */
function readFile(path: string): Uint8Array {
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(MOST_FILE_BYTES + 1);
  let length = 0;
  for (let read; length < bytes.length && (read = file.readSync(bytes.subarray(length))) !== null;) length += read;
  if (length > MOST_FILE_BYTES) throw new RangeError(`it is larger than ${MOST_FILE_BYTES} bytes`);
  return bytes.subarray(0, length);
}

/** The text of a file with secrets. Ends the program where it can't be read; warns where others can read it, too. */
function readSecretFile(flag: string, file: string): string {
  try {
    const { mode, isDirectory, isFile } = Deno.statSync(file);
    if (isDirectory) fail(`${flag} ${file} is a folder`, 2);
    if (isFile && mode !== null && (mode & 0o077) !== 0) {
      console.error(`server.ts: ${flag} ${file} can be read by others on this machine; chmod 600 ends that`);
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(readFile(file));
  } catch (error) {
    fail(`cannot read ${flag} ${file}: ${error instanceof Error ? error.message : error}`, 2);
  }
}

function readMotd(file: string | undefined): string[] {
  if (file === undefined) return [];
  try {
    return new TextDecoder().decode(readFile(file)).trimEnd().split(/\r?\n/).map((line) =>
      line.replaceAll(/[\0\r]/g, "")
    );
  } catch (error) {
    fail(`cannot read --motd ${file}: ${error instanceof Error ? error.message : error}`, 1);
  }
}

/** Says why a port can't be listened on, and ends. @param flag The one that chooses the port. */
function refuse(error: unknown, host: string | undefined, port: number, flag: string): never {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") fail(`port ${port} is in use; choose another with ${flag}`, 1);
  if (code === "EACCES") fail(`port ${port} is not allowed; choose another with ${flag}`, 1);
  const why = error instanceof Error ? error.message : error;
  fail(`cannot listen on ${host ?? "all interfaces"} (--host), port ${port}: ${why}`, 1);
}

/** Opens the database and what is kept in it. Ends the program where it can't be used, or is damaged. */
function openStore(file: string, keep: number, onError: (text: string) => void) {
  try {
    const store = new Store(file, { onError });
    const most = file === ":memory:" ? MOST_IN_MEMORY : undefined;
    const history = new History(store, { keep, most, onError });
    return {
      store,
      history,
      keptChannels: new KeptChannels(store),
      accounts: new Accounts(store),
      markers: new Markers(store),
      visits: new Visits(store, history.last),
      metadata: new Metadata(store),
      bans: new ServerBans(store),
    };
  } catch (error) {
    const text = error instanceof Error ? error.message : `${error}`;
    const why = error instanceof StoreError ? text : `cannot use ${file} as the database: ${text}`;
    fail(`${why}; choose another with --db`, 1);
  }
}

/** Binds the chat's port; without `host` on all interfaces, IPv6 and IPv4 where the machine has both. */
function listen(host: string | undefined, port: number): Deno.TcpListener {
  const options = { port, tcpBacklog: BACKLOG };
  try {
    if (host !== undefined) return Deno.listen({ ...options, hostname: host });
    try {
      return Deno.listen({ ...options, hostname: "::" });
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) throw error;
      return Deno.listen({ ...options, hostname: "0.0.0.0" });
    }
  } catch (error) {
    refuse(error, host, port, "--port");
  }
}

/**
 * Binds the page's port, where the chat listens. A port that was not asked for need not be the one: where something else
 * has it, and on a machine where people try things something often has 8080, one of the next serves as well.
 */
function listenWeb(hostname: string, port: number | undefined): Deno.TcpListener {
  const ports = port === undefined ? [8080, 8081, 8082, 8083, 8084, 0] : [port];
  for (;;) {
    const candidate = ports.shift()!;
    try {
      return Deno.listen({ hostname, port: candidate, tcpBacklog: BACKLOG });
    } catch (error) {
      if (ports.length === 0) refuse(error, hostname, candidate, "--web-port");
    }
  }
}

/** Opens the page. Who wants none need not wait for what it is served with, so that is loaded here. */
async function openWeb(listener: Deno.TcpListener, connections: Connections, options: WebOptions) {
  const { Web } = await import("./server/gateway/web.ts");
  return new Web(listener, connections, options);
}

/** The most kinds of faults that are reported, each once: they may come as often as somebody likes. */
const MOST_FAULTS = 100;

/**
 * The last catch of all. Every way in has one of its own, which costs one connection; a fault that has passed them by is
 * reported, and ends nobody's talk.
 */
function outlive(onError: (text: string) => void): void {
  const told = new Set<string>();
  const report = (event: Event, fault: unknown) => {
    event.preventDefault();
    const text = fault instanceof Error ? fault.stack ?? fault.message : `${fault}`;
    if (told.has(text) || told.size >= MOST_FAULTS) return;
    told.add(text);
    onError(`a fault that nobody has caught: ${text}`);
  };
  addEventListener("error", (event) => report(event, event.error));
  addEventListener("unhandledrejection", (event) => report(event, event.reason));
}

if (import.meta.main) {
  const flags = readFlags(Deno.args);
  const { host, port, name, icon, motd, password, operators, db, keep, floodLimit, maxPerIp, logLevel } = flags;
  const journal = new Journal();
  const log = (level: number, text: string, address?: string) => {
    if (level <= logLevel) journal.say(text, address);
  };
  const settings = { network: name, icon, motd: readMotd(motd), password, operators, version: config.version };
  const onError = (text: string) => log(0, text);
  const { store, history, keptChannels, accounts, markers, visits, metadata, bans } = openStore(db, keep, onError);
  const chat = new Chat(settings, {
    onPresence: (text, address) => log(1, text, address),
    store,
    history: keep === 0 ? undefined : history,
    keptChannels,
    markers: keep === 0 ? undefined : markers,
    visits: keep === 0 ? undefined : visits,
    accounts,
    metadata,
    bans,
  });
  // Whatever ends the program, what was said is written first.
  addEventListener("unload", () => {
    store.closeNow();
    journal.closeNow();
  });
  outlive(onError);
  const listener = listen(host, port);
  const { hostname, port: bound } = listener.addr;
  const { trustProxy, allowHost, base } = flags;
  const gateways = addressSet(trustProxy);
  const connections = new Connections(chat, {
    floodLimit,
    maxPerIp,
    gateways,
    onError,
    onDebug: (text) => log(2, text),
  });
  const page = flags.noWeb ? undefined : await openWeb(listenWeb(hostname, flags.webPort), connections, {
    trustProxy,
    allowHost,
    base,
    maxPerIp,
    name,
    onError,
  });
  const stop = new AbortController();
  const close = () => {
    // A second time means now.
    if (stop.signal.aborted) Deno.exit(1);
    log(1, "closing");
    stop.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, close);
  using _npx = onNpxGone(close);
  const stopReturning = returnMemory();
  const sweeping = setInterval(() => journal.sweep(), LOG_SWEEP);
  log(1, `${name} is open on port ${bound}`);
  const [shown, ...others] = reachedAt(host, Deno.networkInterfaces());
  if (page !== undefined) {
    log(1, `the page is at http://${shown}:${page.port}${base}`);
    for (const other of others) log(1, `from other machines it is at http://${other}:${page.port}${base}`);
  }
  log(1, `join it with: deno run -A client.ts --server ${shown}:${bound}, or any IRC client`);
  for (const other of others) log(1, `from other machines with: --server ${other}:${bound}`);

  await serve(listener, connections, { signal: stop.signal, onError });
  stopReturning();
  const closed = page?.close();
  await connections.close();
  await closed;
  history.close();
  await store.close();
  clearInterval(sweeping);
  await journal.close();
  Deno.exit(0);
}
