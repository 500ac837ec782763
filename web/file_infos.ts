/// <reference lib="dom" />
/**
 * Asks the room what it knows of files: the room of this page alone, whatever host an address names.
 *
 * @module
 */

import { type FileInfo, fileTag, readFileTag } from "../shared/file_message.ts";

/** What is known of a file; "gone" where the room has none of that id. */
export type Known = FileInfo | "gone";

/** Questions at a time, files that are remembered, and bytes of an answer. */
const MOST = { asked: 4, known: 2_000, answer: 4_000 } as const;

const known = new Map<string, Known>();
/** Those that wait for their turn, and those that are asked for, each with whoever wants to know. */
const waiting = new Map<string, Set<() => void>>();
const asked = new Set<string>();
/** When those were asked for that got no answer, by a clock that is never set. */
const failed = new Map<string, number>();

/** For so many milliseconds after that they are not asked for again. */
export const PAUSE = 15_000;

/** The address of a file at this page's own origin. */
export function ownAddress(id: string): string {
  return new URL(`./files/${id}`, document.baseURI).href;
}

/** What is known; undefined as long as nobody has asked, or there was no answer. */
export function knownOf(id: string): Known | undefined {
  return known.get(id);
}

/** Whether a file was asked for in vain. */
export function hasFailed(id: string): boolean {
  return failed.has(id);
}

/** Asks what a file is. @param done Called when it is known, or when there was no answer; not where it was asked for just now in vain. */
export function askFor(id: string, done: () => void): void {
  if (performance.now() - (failed.get(id) ?? -Infinity) < PAUSE) return;
  const whoever = waiting.get(id) ?? new Set();
  waiting.set(id, whoever.add(done));
  pump();
}

function pump(): void {
  for (const [id] of waiting) {
    if (asked.size >= MOST.asked) return;
    if (!asked.has(id)) void ask(id);
  }
}

async function ask(id: string): Promise<void> {
  asked.add(id);
  const answer = await fetch(`${ownAddress(id)}?info`, { credentials: "omit" }).then(read).catch(() => undefined);
  asked.delete(id);
  if (answer === undefined) failed.set(id, performance.now());
  else {
    failed.delete(id);
    known.set(id, answer);
  }
  // A map keeps its order: the first is the oldest.
  for (const map of [known, failed]) while (map.size > MOST.known) map.delete(map.keys().next().value!);
  const whoever = waiting.get(id) ?? [];
  waiting.delete(id);
  for (const done of whoever) done();
  pump();
}

/** Reads an answer, by the same bounds as what a sender says. */
async function read(response: Response): Promise<Known | undefined> {
  if (response.status === 404) return "gone";
  if (!response.ok) return undefined;
  const text = await response.text();
  if (text.length > MOST.answer) return undefined;
  const { name, type, size, width, height } = JSON.parse(text);
  const picture = typeof width === "number" && typeof height === "number" ? { width, height } : {};
  return readFileTag(fileTag({ name: `${name}`, type: `${type}`, size: Number(size), ...picture }));
}
