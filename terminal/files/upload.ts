/**
 * Sends a file to where the server takes files: by tus 1.0 (tus.io/protocols/resumable-upload) where that is spoken there, so
 * that a lost connection costs nothing that has come; else by one POST (IRCv3 filehost).
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { disposition } from "../../shared/disposition.ts";
import { sizeTexts } from "../../shared/size_text.ts";
import { words } from "../language.ts";
import { failureOf, refusalOf, TransferError } from "./transfer_error.ts";
import { typeOf } from "./types.ts";
import { Attempts } from "./waiting.ts";
import { LostConnection, textOf, type Web, type WebAnswer } from "./web.ts";

const TUS = { "Tus-Resumable": "1.0.0" } as const;

/** Answers after which it is worth trying again: somebody is still at the file, or the server has no time. */
const BUSY: readonly number[] = [409, 423, 429, 503];

/** By what a file is sent: where to, and the value of Authorization, where one is needed. */
export interface Permit {
  url: string;
  authorization: string | undefined;
}

/** A file that is to be sent. */
export interface UploadTask {
  web: Web;
  /** Gives what it is sent by; asked once more where what it gave is lost. @throws {TransferError} */
  permit: () => Promise<Permit>;
  file: Deno.FsFile;
  /** What it is called, and how many bytes it has. */
  name: string;
  size: number;
  /** Told how many bytes are there, and whether a lost connection is waited for. */
  onProgress: (bytes: number, isWaiting: boolean) => void;
  /** Ends it. What has come is removed then. */
  signal: AbortSignal;
  /** Milliseconds for which a lost connection is waited for. */
  patience?: number;
}

/** A file that was sent. */
export interface Uploaded {
  /** Its address. */
  url: string;
  /** Removes it again, where that can be done. */
  remove: () => Promise<void>;
}

/** Sends a file. @throws {TransferError} Where it can't be. Rejects with the signal's reason where that ends it. */
export async function upload(task: UploadTask): Promise<Uploaded> {
  const { web, name, size, signal } = task;
  const permit = await task.permit();
  const { host } = new URL(permit.url);
  try {
    const options = await web.ask(permit.url, { method: "OPTIONS" }, signal);
    await textOf(options);
    const { headers } = options;
    const isTus = (headers["tus-version"] ?? "").split(",").includes(TUS["Tus-Resumable"]) &&
      (headers["tus-extension"] ?? "").split(",").includes("creation");
    const most = Number(headers["tus-max-size"] ?? NaN);
    if (size > most) throw new TransferError(words().transfers.tooLarge(name, ...sizeTexts(size, most)));
    return await (isTus ? resumable(task, permit) : whole(task, permit));
  } catch (error) {
    signal.throwIfAborted();
    throw failureOf(error, name, host);
  }
}

function authorized({ authorization }: Permit): Record<string, string> {
  return authorization === undefined ? {} : { "Authorization": authorization };
}

/** The address that an answer tells. @throws {TransferError} Where it is of another server: what was permitted is not for that. */
function addressIn({ headers: { location } }: WebAnswer, { url }: Permit, name: string): string {
  const found = location === undefined || !URL.canParse(location, url) ? undefined : new URL(location, url);
  if (found === undefined || !/^https?:$/.test(found.protocol)) {
    throw new TransferError(words().transfers.noAddress(name));
  }
  return found.href;
}

/** Sends it by one request, which begins anew where it fails: so it is not tried again. */
async function whole({ web, file, name, size, onProgress, signal }: UploadTask, permit: Permit): Promise<Uploaded> {
  const answer = await web.ask(permit.url, {
    method: "POST",
    headers: {
      ...authorized(permit),
      "Content-Type": typeOf(name),
      "Content-Disposition": disposition(name, false),
    },
    part: { file, first: 0, end: size, onMoved: (bytes) => onProgress(bytes, false) },
  }, signal);
  if (answer.status !== 201 && answer.status !== 200) throw await refusalOf(name, answer);
  await textOf(answer);
  const url = addressIn(answer, permit, name);
  const isOfHost = new URL(url).origin === new URL(permit.url).origin;
  const remove = async () => {
    if (isOfHost) await quietly(web, url, { method: "DELETE", headers: authorized(permit) });
  };
  return { url, remove };
}

/** Sends it in as many requests as it takes. */
async function resumable(task: UploadTask, permit: Permit): Promise<Uploaded> {
  const { web, name, size, signal } = task;
  const created = await web.ask(permit.url, {
    method: "POST",
    headers: {
      ...TUS,
      ...authorized(permit),
      "Upload-Length": `${size}`,
      "Upload-Metadata": `filename ${base64(name)},filetype ${base64(typeOf(name))}`,
    },
  }, signal);
  if (created.status !== 201) throw await refusalOf(name, created);
  await textOf(created);
  const url = addressIn(created, permit, name);
  if (new URL(url).origin !== new URL(permit.url).origin) throw new TransferError(words().transfers.noAddress(name));
  const headers = { ...TUS, ...authorized(permit) };
  const remove = () => quietly(web, url, { method: "DELETE", headers });
  try {
    return { url: await sendParts(task, url, headers), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Sends what is left of it, and asks after each loss how much has come. @returns The address of the file. */
async function sendParts(task: UploadTask, url: string, headers: Record<string, string>): Promise<string> {
  const { web, file, name, size, onProgress, signal, patience } = task;
  const attempts = new Attempts(patience);
  let offset = 0;
  /** What was given to the connection: as much may have come. */
  let moved = 0;
  const move = (bytes: number) => onProgress(moved = bytes, false);
  for (let isKnown = true;;) {
    try {
      if (!isKnown) {
        const told = await web.ask(url, { method: "HEAD", headers }, signal);
        if (told.status >= 500 || BUSY.includes(told.status)) throw await busy(name, told);
        if (told.status !== 200) throw await refusalOf(name, told);
        await textOf(told);
        const end = endOf(told, url);
        if (end !== undefined) return end;
        const there = offsetIn(told, size, name);
        if (there > offset) attempts.moved();
        offset = there;
      }
      isKnown = false;
      move(offset);
      const answer = await web.ask(url, {
        method: "PATCH",
        headers: { ...headers, "Upload-Offset": `${offset}`, "Content-Type": "application/offset+octet-stream" },
        part: { file, first: offset, end: size, onMoved: move },
      }, signal);
      if (BUSY.includes(answer.status)) throw await busy(name, answer);
      if (answer.status !== 204 && answer.status !== 200) throw await refusalOf(name, answer);
      await textOf(answer);
      attempts.moved();
      offset = offsetIn(answer, size, name);
      isKnown = true;
      if (offset === size) return endOf(answer, url) ?? url;
    } catch (error) {
      if (!(error instanceof LostConnection)) throw error;
      onProgress(moved, true);
      if (!await attempts.next(signal)) throw error.cause instanceof TransferError ? error.cause : error;
    }
  }
}

/** That it is to be tried again, with what is told where that helps nothing. */
async function busy(name: string, answer: WebAnswer): Promise<LostConnection> {
  return new LostConnection(`${answer.status}`, { cause: await refusalOf(name, answer) });
}

/** The address of a file of which all has come; undefined where an answer tells none. */
function endOf({ headers }: WebAnswer, url: string): string | undefined {
  const end = headers["content-location"];
  return end !== undefined && URL.canParse(end, url) ? new URL(end, url).href : undefined;
}

function offsetIn({ headers }: WebAnswer, size: number, name: string): number {
  const offset = Number(headers["upload-offset"] ?? NaN);
  if (Number.isInteger(offset) && offset >= 0 && offset <= size) return offset;
  throw new TransferError(words().transfers.noAddress(name));
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Milliseconds for what nobody waits for. */
const BRIEF = 5_000;

/** Asks for what need not be answered. */
async function quietly(web: Web, url: string, request: Parameters<Web["ask"]>[1]): Promise<void> {
  try {
    await textOf(await web.ask(url, request, AbortSignal.timeout(BRIEF)));
  } catch {
    // The server removes by itself what nobody has said.
  }
}
