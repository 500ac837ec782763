/**
 * The files of the terminal: what `/send`, `/files` and `/get` do. Files wait for each other, so that one bar shows what goes on,
 * and Ctrl-C stops that one.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { deadline } from "@std/async/deadline";
import type { Client } from "../../client/client.ts";
import type { Talk } from "../../client/state/talk.ts";
import type { Credentials } from "../../client/connection/sasl.ts";
import { messageOf } from "../../client/errors.ts";
import { fileHost, isAddress } from "../../client/file_address.ts";
import type { FileView } from "../../client/commands/file_view.ts";
import { sizeText } from "../../shared/size_text.ts";
import { readCommand } from "../../client/written.ts";
import type { FileInfo } from "../../shared/file_message.ts";
import { words } from "../language.ts";
import { download } from "./download.ts";
import { nameInAddress, ownAddress } from "./own_address.ts";
import { filesIn, openFile, placeOf } from "./local_files.ts";
import { completePath, type PathCompletions } from "./paths.ts";
import { Progress } from "./progress.ts";
import { lookAtSound, readerOf } from "./sound.ts";
import { factsOf, filesOf, type ListedFile } from "./shown_file.ts";
import { TransferError } from "./transfer_error.ts";
import { typeOf } from "./types.ts";
import { type Permit, upload } from "./upload.ts";
import { textOf, Web } from "./web.ts";
import { columns } from "../screen.ts";
import { widthOfText } from "../wrap.ts";

/** Files that wait, and files that are listed, at most. */
const MOST = { waiting: 100, listed: 100 } as const;

/** Milliseconds between two looks of the bar. */
const PACE = 250;

/** Milliseconds for the server to hear that nothing more comes. */
const FAREWELL = 1_000;

/** Milliseconds for a picture that is shown. */
const LOADING = 30_000;

/** This machine, by its own names. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** What the terminal's files need. */
export interface TerminalFilesOptions {
  client: () => Pick<Client, "actions" | "state" | "isConnected">;
  /** The certificate (DER) of the authority that vouches for the room; undefined: public ones do. */
  authorityFor: () => Uint8Array | undefined;
  /** Whether the chat comes by TLS: then no file goes without it. */
  isSecure: boolean;
  /** Where files are put that are got. */
  folder: string;
  /** The account, for servers that want its password with a file. */
  login?: Credentials | undefined;
  /** Shows a row above the prompt; undefined: none. */
  onStatus?: (row: string | undefined) => void;
  /** Milliseconds for which a lost connection is waited for; some minutes where it is left out. */
  patience?: number;
}

/** One transfer that waits or goes on. */
interface Job {
  /** Gives what is left to be waited for, in which the next one goes on. */
  run: (signal: AbortSignal) => Promise<() => Promise<boolean>>;
  resolve: (isDone: boolean) => void;
}

/** Sends and gets the files of one client. */
export class TerminalFiles implements FileView {
  readonly #options: TerminalFilesOptions;
  readonly #web: Web;
  readonly #jobs: Job[] = [];
  /** What stops the one that goes on. */
  #running: AbortController | undefined;
  /** Ends with the one that went on last; never rejects. */
  #done: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  /** The files that were listed last, by whose places numbers count. */
  #listed: ListedFile[] | undefined;
  #shownAt = -Infinity;

  constructor(options: TerminalFilesOptions) {
    this.#options = options;
    // The authority vouches for what the room itself has named, and for nobody else.
    this.#web = new Web(({ origin }) => {
      const host = this.#host;
      return host !== undefined && new URL(host).origin === origin ? options.authorityFor() : undefined;
    });
  }

  get #client() {
    return this.#options.client();
  }

  get #host(): string | undefined {
    return fileHost(this.#client.state.isupport);
  }

  async send(paths: string, talk: Talk): Promise<void> {
    const found = await filesIn(paths);
    if (found.length === 0) return this.#client.actions.refuse(words().transfers.noPaths);
    if (this.#jobs.length + found.length > MOST.waiting) {
      return this.#client.actions.refuse(words().transfers.tooMany(MOST.waiting));
    }
    for (const path of found) void this.sendFile(path, talk);
  }

  async voice(path: string, talk: Talk): Promise<void> {
    const found = await filesIn(path);
    // One at a time: it is what somebody says.
    if (found.length !== 1) return this.#client.actions.refuse(words().transfers.oneVoice);
    void this.sendFile(found[0], talk, true);
  }

  /** Sends one file, and says it. @returns Whether it was sent and said; why it was not, the person is told. */
  sendFile(path: string, talk: Talk, isVoice = false): Promise<boolean> {
    const isMeant = talk.noteMeant();
    return this.#queue((signal) => this.#send(path, talk, { isMeant, isVoice, signal }));
  }

  list(target: string): void {
    const { actions } = this.#client;
    const files = this.#find(target);
    this.#listed = files;
    if (files.length === 0) return actions.tell({ type: "info", text: words().transfers.noneHere(target) });
    const rows = files.map(({ file, from }, i) => [`${i + 1}`, file.name, factsOf(file), from, file.url]);
    actions.tell({ type: "table", rows: [[words().transfers.list(target)], ...rows] });
  }

  get(which: string | undefined, place: string | undefined, target: string): void {
    const url = this.#wanted(which, target);
    if (url !== undefined) void this.#queue((signal) => this.#get(url, place, signal));
  }

  /**
   * Loads a picture that lies in the room itself.
   *
   * @param most How many bytes it may have.
   * @returns Undefined for one that lies elsewhere, is not there, or has more.
   */
  async picture(url: string, most: number): Promise<Uint8Array | undefined> {
    const host = this.#host;
    if (host === undefined) return undefined;
    const address = ownAddress(url, host) ?? (new URL(url).origin === new URL(host).origin ? url : undefined);
    if (address === undefined) return undefined;
    const { status, headers, body } = await this.#web.ask(address, {}, AbortSignal.timeout(LOADING));
    const parts: Uint8Array[] = [];
    let size = 0;
    // The body is read in any case: that ends the connection.
    for await (const part of body) {
      size += part.length;
      if (status !== 200 || size > most || !(headers["content-type"] ?? "").startsWith("image/")) return undefined;
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  /** Stops the transfer that goes on. @returns Whether there is one. */
  stop(): boolean {
    if (this.#running === undefined || this.#running.signal.aborted) return false;
    this.#running.abort();
    return true;
  }

  /** Stops all. Resolves once the server knows it, or after a moment. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { resolve } of this.#jobs.splice(0)) resolve(false);
    if (!this.stop()) return;
    await deadline(this.#done, FAREWELL).catch(() => {});
  }

  #find(target: string): ListedFile[] {
    return filesOf(this.#client.state.find(target)?.lines ?? [], this.#host, MOST.listed);
  }

  /** The address that a number or a text names; where it names none, tells the person. */
  #wanted(which: string | undefined, target: string): string | undefined {
    const { actions } = this.#client;
    const { transfers } = words();
    if (which !== undefined && isAddress(which)) return which;
    const files = which === undefined ? this.#find(target) : this.#listed ??= this.#find(target);
    if (files.length === 0) return void actions.refuse(transfers.noneHere(target));
    if (which === undefined) return files.at(-1)!.file.url;
    const found = /^\d{1,4}$/.test(which) ? files[Number(which) - 1] : undefined;
    return found === undefined ? void actions.refuse(transfers.noNumber(which)) : found.file.url;
  }

  #queue(run: Job["run"]): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#jobs.push({ run, resolve });
    void this.#next();
    return promise;
  }

  async #next(): Promise<void> {
    if (this.#running !== undefined || this.#isClosed) return;
    const job = this.#jobs.shift();
    if (job === undefined) return;
    const { signal } = this.#running = new AbortController();
    const refuse = (error: unknown) => {
      this.#client.actions.refuse(messageOf(error));
      return false;
    };
    const running = job.run(signal).catch((error) => () => Promise.resolve(refuse(error)));
    this.#done = running;
    const rest = await running;
    this.#running = undefined;
    this.#options.onStatus?.(undefined);
    void this.#next();
    job.resolve(await rest().catch(refuse));
  }

  async #send(
    path: string,
    talk: Talk,
    { isMeant, isVoice, signal }: { isMeant: () => boolean; isVoice: boolean; signal: AbortSignal },
  ): Promise<() => Promise<boolean>> {
    using opened = await openFile(path);
    const { file, name, size } = opened;
    const { actions } = this.#client;
    const sound = isVoice ? await lookAtSound(readerOf(file), size) : undefined;
    if (isVoice && sound === undefined) throw new TransferError(words().transfers.noSound(name));
    const silenced = actions.silenced(talk.name);
    if (silenced !== undefined) throw new TransferError(silenced);
    const { patience } = this.#options;
    const web = this.#web;
    const progress = new Progress(name, size);
    const sent = await upload({
      ...{ web, file, name, size, signal },
      ...(patience === undefined ? {} : { patience }),
      permit: () => this.#permit(name),
      onProgress: (bytes, isWaiting) => this.#show(progress, bytes, isWaiting),
    }).catch((error) => {
      throw signal.aborted ? new TransferError(words().transfers.stopped(name)) : error;
    });
    const told = { ...await this.#told(sent.url, { name, size, type: typeOf(name) }), ...sound };
    // By then somebody else may have the nick. A channel is the same one, also where it was left in between.
    const now = this.#client.state.find(talk.name);
    const isSame = now === talk ? isMeant() : talk.kind === "channel";
    // Where the connection is lost in this moment, it is said once the server is back.
    const said = now === undefined || !isSame
      ? false
      : actions.files.say(now, { address: sent.url, details: told, caption: "" });
    return async () => {
      if (await said) return true;
      await sent.remove();
      throw new TransferError(words().transfers.notSaid(name, talk.name));
    };
  }

  /** By what a file is sent. */
  async #permit(name: string): Promise<Permit> {
    const { transfers } = words();
    const { actions, isConnected } = this.#client;
    if (!isConnected) throw new TransferError(transfers.notConnected(name));
    const host = this.#host;
    if (host === undefined) throw new TransferError(actions.sentences.files.none);
    const permit: Permit = { url: host, authorization: undefined };
    if (actions.can("draft/authtoken")) {
      const grant = await actions.files.token();
      if (grant === undefined || "refused" in grant) {
        throw new TransferError(transfers.noPermit(name, (grant?.refused ?? "").replace(/[.。]$/, "")));
      }
      permit.authorization = `Bearer ${grant.token}`;
    }
    const { protocol, hostname } = new URL(permit.url);
    if (this.#options.isSecure && protocol !== "https:") {
      throw new TransferError(transfers.insecureHost(name, permit.url));
    }
    const { login, isSecure } = this.#options;
    // Without TLS somebody on the way could name a host of their own, which would be told the password.
    const isSafe = isSecure && protocol === "https:" || LOOPBACK.test(hostname);
    if (permit.authorization === undefined && login !== undefined && isSafe) {
      const bytes = new TextEncoder().encode(`${login.account}:${login.password}`);
      permit.authorization = `Basic ${bytes.toBase64()}`;
    }
    return permit;
  }

  /** What the server knows of a file, where it tells that: pictures are measured there, and lose what nobody was to know. */
  async #told(url: string, file: FileInfo): Promise<FileInfo> {
    const host = this.#host;
    if (host === undefined || new URL(host).origin !== new URL(url).origin) return file;
    try {
      const answer = await this.#web.ask(`${url}?info`, {}, AbortSignal.timeout(5_000));
      const isTold = answer.status === 200 && (answer.headers["content-type"] ?? "").startsWith("application/json");
      const told = JSON.parse(await textOf(answer));
      if (!isTold || typeof told !== "object" || told === null) return file;
      const { name, type, size, width, height } = told as Record<string, unknown>;
      return {
        ...file,
        ...(typeof name === "string" && name !== "" ? { name } : {}),
        ...(typeof type === "string" ? { type } : {}),
        ...(typeof size === "number" ? { size } : {}),
        ...(typeof width === "number" && typeof height === "number" ? { width, height } : {}),
      };
    } catch {
      // It is said with what is known here.
      return file;
    }
  }

  async #get(url: string, place: string | undefined, signal: AbortSignal): Promise<() => Promise<boolean>> {
    const { folder, name } = await placeOf(place, this.#options.folder);
    const { patience } = this.#options;
    const web = this.#web;
    let progress: Progress | undefined;
    const title = nameInAddress(url);
    let shown = name ?? title;
    const task = {
      ...{ web, folder, name, title, signal },
      ...(patience === undefined ? {} : { patience }),
      onProgress: (name: string, bytes: number, size: number | undefined, isWaiting: boolean) => {
        shown = name;
        progress ??= new Progress(name, size, bytes);
        this.#show(progress, bytes, isWaiting);
      },
    };
    try {
      const own = ownAddress(url, this.#host);
      const { path, size } =
        await (own === undefined ? undefined : download({ ...task, url: own, isOptional: true })) ??
          await download({ ...task, url });
      this.#client.actions.tell({ type: "info", text: words().transfers.saved(path, sizeText(size)) });
      return () => Promise.resolve(true);
    } catch (error) {
      throw signal.aborted ? new TransferError(words().transfers.stoppedGet(shown)) : error;
    }
  }

  #show(progress: Progress, bytes: number, isWaiting: boolean): void {
    const now = performance.now();
    const isNews = progress.isWaiting !== isWaiting;
    progress.isWaiting = isWaiting;
    progress.note(bytes, now);
    if (!isNews && now - this.#shownAt < PACE) return;
    this.#shownAt = now;
    const more = this.#jobs.length === 0 ? "" : ` ${words().transfers.queued(this.#jobs.length)}`;
    this.#options.onStatus?.(progress.row(columns() - widthOfText(more)) + more);
  }
}

/**
 * Sends files to the channel that a client has joined, one after the other.
 *
 * @param signal Stops it.
 * @returns Whether all were sent.
 */
export async function sendAll(
  paths: readonly string[],
  options: TerminalFilesOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const files = new TerminalFiles(options);
  signal.addEventListener("abort", () => void files.close());
  const { actions, state: { current, noTalk } } = options.client();
  if (current === undefined) {
    actions.refuse(noTalk);
    return false;
  }
  const sent = await Promise.all(paths.map((path) => files.sendFile(path, current)));
  return sent.every((isSent) => isSent);
}

/** What Tab makes of a half-written path behind a command; undefined for another line. */
export function completeFiles(line: string): PathCompletions | undefined {
  const command = readCommand(line);
  const place = command?.name === "send" || command?.name === "voice"
    ? /^\S+\s+/
    : command?.name === "get"
    ? /^\S+\s+\S+\s+/
    : undefined;
  const [before] = place?.exec(line) ?? [];
  return before === undefined ? undefined : completePath(line.slice(before.length));
}
