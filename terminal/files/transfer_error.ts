/**
 * Why a file was not sent or not got, in a sentence for the person.
 *
 * @module
 */

import { reasonOf } from "../os_error.ts";
import { words } from "../language.ts";
import { textOf, UnreadableFile, UntrustedHost, type WebAnswer } from "./web.ts";

/** A failure that a person can do something about. Its message is in their language. */
export class TransferError extends Error {
  override name = "TransferError";
}

/** What an answer refuses, in a sentence. @param name The file's. */
export async function refusalOf(name: string, answer: WebAnswer): Promise<TransferError> {
  // The page that a proxy shows is no reason.
  const isPlain = (answer.headers["content-type"] ?? "").startsWith("text/plain");
  const text = await textOf(answer);
  const reason = isPlain ? text.split("\n")[0].slice(0, 300) : "";
  return new TransferError(words().transfers.refused(name, words().transfers.status(answer.status, reason)));
}

/** An error of a request, in a sentence. @param name The file's. @param host Where it was to come to, or from. */
export function failureOf(error: unknown, name: string, host: string): Error {
  if (error instanceof TransferError) return error;
  const { transfers } = words();
  if (error instanceof UntrustedHost) return new TransferError(transfers.untrusted(name, host));
  if (error instanceof UnreadableFile) return new TransferError(transfers.changed(name));
  return new TransferError(transfers.unreachable(name, host, connectionReason(error)));
}

/** The sentences for the codes of node's errors, by the names that the runtime's own errors have. */
const KINDS: Record<string, string> = {
  ECONNREFUSED: "ConnectionRefused",
  ECONNRESET: "ConnectionReset",
  EPIPE: "ConnectionReset",
  ETIMEDOUT: "TimedOut",
  ENOTFOUND: "ENOTFOUND",
};

const TEXTS: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection lost",
  EPIPE: "connection lost",
  ETIMEDOUT: "no answer",
  ENOTFOUND: "no such host",
};

function connectionReason(error: unknown): string {
  const code = error instanceof Error ? error.message : String(error);
  return Object.hasOwn(KINDS, code) ? words().reason(KINDS[code], TEXTS[code]) : reasonOf(error);
}
