/**
 * The room: `deno run -A server.ts` opens it. Run me.
 *
 * A reader starts at `main`: the program reads its flags, opens the database, makes the room (`Chat`), binds its ports, and
 * gives each connection that it accepts to `Connections`, until a signal ends it. What the room does is in server/.
 *
 * @module
 */

import config from "./deno.json" with { type: "json" };
import { UsageError } from "./shared/flags.ts";
import { onNpxGone } from "./shared/parent.ts";
import { addressToScan, announcement, fromElsewhere } from "./server/announcement.ts";
import { Accounts } from "./server/auth/accounts.ts";
import { Owners } from "./server/auth/owners.ts";
import { openEngine } from "./server/calls/opening.ts";
import { type Configuration, FileError, readConfiguration } from "./server/configuration.ts";
import { openFiles } from "./server/files/opening.ts";
import { help, type ServerFlags } from "./server/flags.ts";
import type { WebOptions } from "./server/gateway/web.ts";
import { isHangupIgnored, onHangup } from "./server/hangup.ts";
import { Journal } from "./server/journal.ts";
import { keepThread } from "./server/kept_thread.ts";
import { returnMemory } from "./server/memory.ts";
import { bindChat, bindPage, bindTls, PortError } from "./server/ports.ts";
import { callOptions } from "./server/room/call_options.ts";
import { Chat } from "./server/room/chat.ts";
import type { Doors } from "./server/room/doors.ts";
import { takeOn } from "./server/room/resetting.ts";
import { Reloading } from "./server/reloading.ts";
import { warnOfCommandLine } from "./server/secrets.ts";
import { Connections, type ServeLimits } from "./server/serve.ts";
import { KeptChannels } from "./server/store/channels.ts";
import { StoreError } from "./server/store/errors.ts";
import { History } from "./server/store/history.ts";
import { outwaitLock } from "./server/store/lock_wait.ts";
import { Markers } from "./server/store/markers.ts";
import { Metadata } from "./server/store/metadata.ts";
import { Store } from "./server/store/store.ts";
import { Visits } from "./server/store/visits.ts";
import { faultText, reasonOf } from "./server/turns/faults.ts";
import { openTls, type Reports } from "./server/tls/opening.ts";
import type { Tls } from "./server/tls/tls.ts";
import { accept } from "./server/wire/accept.ts";
import { multicastName, reachedAt } from "./server/wire/interfaces.ts";
import { addressSet } from "./server/wire/networks.ts";

/** How many messages `--db :memory:` keeps, and of how many bytes with the search index. */
const MOST_IN_MEMORY = { messages: 50_000, bytes: 48 * 1_048_576 };

/** How often the log says how many lines were left out of it, in milliseconds. */
const LOG_SWEEP = 10_000;

/**
 * How long closing may take, in milliseconds, beside `LONGEST_LOCK`. What a part still waits for may never come; and together
 * they are less than whoever closes the room waits for: systemd ends it by force after 90 s.
 */
const LONGEST_CLOSE = 9_000;

/** What `--log-level` is at least where a line is logged. */
const LEVEL = { error: 0, info: 1, debug: 2 } as const;

/** Opens the room, and ends the program when the room is closed. */
async function main(): Promise<never> {
  const isIgnored = isHangupIgnored();
  const opened = await readCommandLine();
  const { flags, secrets, motd } = opened;
  const { name, keep } = flags;
  let logLevel = flags["log-level"];
  const journal = new Journal();
  const log = (level: number, text: string, address?: string) => {
    if (level <= logLevel) journal.say(text, address);
  };
  const onError = (text: string) => log(LEVEL.error, text);
  const onNews = (text: string) => log(LEVEL.info, text);

  const settings = { network: name, icon: flags.icon, motd, version: config.version };
  const { store, history, markers, visits, ...kept } = openStore(flags.db, keep, onError);
  const files = openRoomFiles(flags, store, keep === 0 ? undefined : history, onError);
  const engine = await openRoomEngine(flags, secrets.engine, onError);
  const chat = new Chat({ ...settings, ...secrets }, {
    onPresence: (text, address) => log(LEVEL.info, text, address),
    store,
    ...kept,
    files,
    ...(keep === 0 ? {} : { history, markers, visits }),
    editFor: flags["edit-for"],
    calls: callOptions(flags, secrets, engine),
  });
  // However the program ends, what was said is written first.
  addEventListener("unload", () => {
    files?.closeNow();
    store.closeNow();
    journal.closeNow();
  });
  reportFaults(onError);

  const listener = bindChat(flags.host, flags.port);
  const { hostname, port } = listener.addr;
  const connections = new Connections(chat, {
    ...limitsOf(flags),
    gateways: addressSet(flags["trust-proxy"] ?? []),
    onError,
    onDebug: (text) => log(LEVEL.debug, text),
  });
  const tls = flags["no-tls"] ? undefined : await openRoomTls(flags, { onNews, onError });
  const secureListener = tls && bindTls(tls, "chat", hostname, ["--tls-port", flags["tls-port"]], onError);
  chat.trustedPort = () => tls?.isPublic ? tls.ports.chat : undefined;
  const page = flags["no-web"] ? undefined : await openPage(hostname, flags, connections, tls, onError);

  const stop = new AbortController();
  // A lock of another program has a bound of its own.
  const written = () => outwaitLock(store, { onWait: onError });
  let cutOff: ReturnType<typeof setTimeout> | undefined;
  const boundClosing = () => {
    cutOff = setTimeout(async () => {
      onError("closing takes too long: what is still under way is cut off");
      await written();
      Deno.exit(1);
    }, LONGEST_CLOSE);
  };
  const close = () => {
    // Whoever asks a second time does not want to wait.
    if (stop.signal.aborted) Deno.exit(1);
    log(LEVEL.info, "closing");
    stop.abort();
    boundClosing();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, close);
  using _npx = onNpxGone(close);
  const reloading = new Reloading(opened, {
    read: () => rereadConfiguration(onError),
    take({ flags, secrets, motd }) {
      takeOn(chat, { motd, ...secrets });
      if (secrets.turn !== undefined) chat.calls?.takeSecret(secrets.turn);
      connections.limit(limitsOf(flags));
      logLevel = flags["log-level"];
    },
    checkCertificate: () => tls?.check(),
    onNews,
    onError,
  });
  using _hangup = onHangup({
    isIgnored,
    onReload: () => void reloading.again(),
    // A terminal that goes may say so twice.
    onGone: () => stop.signal.aborted || close(),
  });
  const stopReturning = returnMemory();
  const stopKeeping = keepThread();
  const sweeping = setInterval(() => journal.sweep(), LOG_SWEEP);
  const [here, ...elsewhere] = reachedAt(flags.host, Deno.networkInterfaces());
  const doors = chat.doors = (): Doors => ({
    here,
    elsewhere,
    // A wildcard is no name of a host.
    trusted: tls?.isPublic ? tls.certificate.names.hosts.filter((host) => !host.startsWith("*")) : [],
    chat: port,
    secureChat: tls?.ports.chat,
    page: page?.port,
    securePage: tls?.ports.page,
    base: flags.base,
    url: page && flags.url,
  });
  for (const line of announcement({ name, doors: doors(), fingerprint: tls?.authority?.fingerprint })) onNews(line);
  const link = page && `http://${here}:${page.port}${flags.base}`;
  // A server that is to be quiet says it only if that is asked for.
  if (flags["new-owner"] || (!kept.owners.isOwned && flags["log-level"] >= LEVEL.info)) {
    for (const line of invitation(kept.owners, `${here}:${port}`, link)) journal.say(line);
  }

  if (flags["log-level"] >= LEVEL.info) await showCode(addressToScan(doors()), journal);
  // Whether others find this machine by its name may take a while to find out.
  if (elsewhere.length > 0) {
    void multicastName().then((host) => {
      if (host === undefined) return;
      elsewhere.push(host);
      for (const line of fromElsewhere(doors(), host)) onNews(line);
    });
  }

  // An authority asks this machine's page back.
  void tls?.check();
  const accepting = { signal: stop.signal, onError };
  await Promise.all([
    accept(listener, (conn) => connections.take(conn), accepting),
    secureListener && accept(secureListener, (conn) => void connections.takeSecure(conn), accepting),
  ]);

  stopReturning();
  stopKeeping();
  await tls?.close();
  // The page may still answer who has sent a file, which is being looked at.
  await Promise.all([page?.close(), connections.close(), files?.close()]);
  await engine?.engine.close();
  history.close();
  clearTimeout(cutOff);
  await written();
  boundClosing();
  const isKept = await store.close();
  clearInterval(sweeping);
  await journal.close();
  // Whoever looks after the program finds out that something that was said is lost.
  Deno.exit(isKept ? 0 : 1);
}

/** Shows a QR code of an address where somebody looks at a terminal: a phone needs not be typed on. */
async function showCode(address: string | undefined, journal: Journal): Promise<void> {
  if (address === undefined || !Deno.stdout.isTerminal()) return;
  const { qrLines } = await import("./shared/qr.ts");
  journal.show([`  ${address}`, ...qrLines(address, !Deno.noColor).map((line) => `  ${line}`)]);
}

/** Says what is wrong in one line and ends. @param code 2 for a mistake in the flags, 1 for what the machine refuses. */
function fail(message: string, code: 1 | 2): never {
  console.error(`server.ts: ${message}`);
  Deno.exit(code);
}

/** Reads the flags and what they name. Ends the program where something can't be used, or where help is asked for. */
async function readCommandLine(): Promise<Configuration> {
  const warn = (warning: string) => console.error(`server.ts: ${warning}`);
  try {
    const configuration = await readConfiguration(Deno.args, warn);
    if (configuration === "help" || configuration === "version") {
      console.log(configuration === "help" ? help() : `Teahouse ${config.version}`);
      Deno.exit(0);
    }
    warnOfCommandLine(configuration.flags, warn);
    return configuration;
  } catch (error) {
    if (error instanceof UsageError) fail(error.message, 2);
    if (error instanceof FileError) fail(error.message, 1);
    throw error;
  }
}

/** Reads all of that again. A program that runs was not asked for help. @throws {UsageError | FileError} */
async function rereadConfiguration(onWarning: (text: string) => void): Promise<Configuration> {
  return await readConfiguration(Deno.args, onWarning, true) as Configuration;
}

/** What connections may do, as the flags say. */
function limitsOf(flags: ServerFlags): ServeLimits {
  return { floodLimit: flags["flood-limit"], maxPerIp: flags["max-per-ip"] };
}

/**
 * What whoever runs the server is told of how to own the room. The secret is in this alone. In the page's address it stands
 * behind `#`, which no browser sends.
 *
 * @param address Of the chat.
 * @param page The address of the page, if there is one.
 */
function invitation(owners: Owners, address: string, page: string | undefined): string[] {
  try {
    const secret = owners.invite();
    const whoever = owners.isOwned
      ? "whoever uses this owns the room, too"
      : "nobody owns this room yet; whoever uses this does";
    const command = `deno run -A client.ts --server ${address} --owner ${secret}`;
    return [
      `${whoever}, once: ${page === undefined ? command : `${page}#owner=${secret}`}`,
      ...(page === undefined ? [] : [`or this: ${command}`]),
    ];
  } catch (error) {
    if (error instanceof StoreError) return [`nobody can own this room now: ${error.message}`];
    throw error;
  }
}

/** Finds or makes the room's certificate. Ends the program where one was given that can't be used. */
async function openRoomTls(flags: ServerFlags, reports: Reports): Promise<Tls> {
  const { db, host, "tls-cert": cert, "tls-key": key, acme, "acme-directory": acmeDirectory } = flags;
  const names = [...flags["allow-host"] ?? [], ...host === undefined ? [] : [host]];
  try {
    return await openTls({ db, names, cert, key, acme, acmeDirectory }, reports);
  } catch (error) {
    fail(`cannot use TLS: ${reasonOf(error)}; --no-tls opens the room without it`, 1);
  }
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
      owners: new Owners(store),
      markers: new Markers(store),
      visits: new Visits(store, history.last),
      metadata: new Metadata(store),
    };
  } catch (error) {
    const text = reasonOf(error);
    const why = error instanceof StoreError ? text : `cannot use ${file} as the database: ${text}`;
    fail(`${why}; choose another with --db`, 1);
  }
}

/** Opens the folder of files. Ends the program where it can't be used. */
function openRoomFiles(
  flags: ServerFlags,
  store: Store,
  history: History | undefined,
  onError: (text: string) => void,
) {
  try {
    return openFiles(flags, store, history?.clock, onError);
  } catch (error) {
    fail(`cannot keep files beside ${flags.db}: ${reasonOf(error)}; --no-files opens the room without them`, 1);
  }
}

/** Starts what carries larger calls, or connects to it. Ends the program where that can't be. */
async function openRoomEngine(flags: ServerFlags, secret: string | undefined, onError: (text: string) => void) {
  try {
    return await openEngine(flags, secret, onError);
  } catch (error) {
    fail(`cannot use --call-engine ${flags["call-engine"]}: ${reasonOf(error)}`, 1);
  }
}

/** Opens the page's port and serves it. Its modules are loaded here, so that a room without a page needs no memory for them. */
async function openPage(
  hostname: string,
  flags: ServerFlags,
  connections: Connections,
  tls: Tls | undefined,
  onError: (text: string) => void,
) {
  const listener = bindPage(hostname, flags["web-port"]);
  const { Web } = await import("./server/gateway/web.ts");
  const options: WebOptions = {
    trustProxy: flags["trust-proxy"] ?? [],
    allowHost: [
      ...flags["allow-host"] ?? [],
      ...flags.acme ?? [],
      ...flags.url === undefined ? [] : [new URL(flags.url).hostname],
    ],
    base: flags.base,
    name: flags.name,
    tls,
    onError,
  };
  const web = new Web(listener, connections, options);
  if (tls !== undefined) {
    web.acceptSecure(bindTls(tls, "page", hostname, ["--web-tls-port", flags["web-tls-port"]], onError));
  }
  return web;
}

/** How many kinds of faults are reported, each once: a fault may come as often as somebody likes. */
const MOST_FAULTS = 100;

/**
 * The last catch of all. Every way in has a catch of its own, which ends one connection; a fault that passes all of them is
 * reported here, and ends nobody's talk.
 */
function reportFaults(onError: (text: string) => void): void {
  const told = new Set<string>();
  const report = (event: Event, fault: unknown) => {
    event.preventDefault();
    const text = faultText(fault);
    if (told.has(text) || told.size >= MOST_FAULTS) return;
    told.add(text);
    onError(`a fault that nobody has caught: ${text}`);
  };
  addEventListener("error", (event) => report(event, event.error));
  addEventListener("unhandledrejection", (event) => report(event, event.reason));
}

if (import.meta.main) {
  // While the room is opened and closed a fault ends the program: it would be left without doors.
  await main().catch((fault) =>
    fail(fault instanceof PortError ? fault.message : `a fault ends the room: ${faultText(fault)}`, 1)
  );
}
