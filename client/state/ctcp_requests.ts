/**
 * What others ask this client by CTCP, as sentences for its person: no request vanishes unseen, and nobody can fill a screen
 * with requests.
 *
 * @module
 */

import { foldName } from "../names.ts";
import type { Sentences } from "../sentences.ts";
import { beginningOf } from "../graphemes.ts";

/** How many code points of a request are shown. */
const SHOWN = 60;

/** How many requests are told in so many milliseconds; the same one of one person only once. */
const TOLD = { count: 5, ms: 60_000 } as const;

/** A CTCP message that is no ACTION. */
export interface CtcpRequest {
  from: string;
  /** Whether it is from this client's own person. */
  own: boolean;
  /** The channel or person that it was sent to. */
  target: string;
  private: boolean;
  /** Whether it is a NOTICE, by which clients answer. */
  isAnswer: boolean;
  command: string;
  text: string;
}

/** Says what somebody asks by CTCP, and sees to it that asking again and again fills no screen. */
export class CtcpRequests {
  /** When requests were told, by who asked what. */
  readonly #told = new Map<string, number>();

  /** A sentence about a request; undefined where it is one too many. @param time Milliseconds since 1970. */
  tell(request: CtcpRequest, time: number, { ctcp }: Sentences): string | undefined {
    for (const [key, told] of this.#told) if (Math.abs(time - told) >= TOLD.ms) this.#told.delete(key);
    const [from, target] = [request.from, request.target].map((name) => beginningOf(name, SHOWN));
    const key = `${foldName(from)} ${request.isAnswer} ${request.command.slice(0, SHOWN)}`;
    if (this.#told.has(key) || this.#told.size >= TOLD.count) return undefined;
    this.#told.set(key, time);
    const text = sentenceOf({ ...request, from, target }, ctcp);
    return this.#told.size < TOLD.count ? text : `${text} ${ctcp.enough}`;
  }
}

function sentenceOf(
  { from, own, target, private: isPrivate, isAnswer, command, text }: CtcpRequest,
  ctcp: Sentences["ctcp"],
) {
  const shown = beginningOf(`CTCP ${command} ${text}`.trimEnd(), SHOWN);
  if (own) return ctcp.own(target, shown);
  if (isAnswer) return ctcp.answered(from, beginningOf(command, SHOWN), beginningOf(text, SHOWN));
  const [, subcommand = "", quoted, word = ""] = /^(\S*)\s*(?:"([^"]*)"|(\S*))/.exec(text) ?? [];
  if (command === "DCC") {
    const name = beginningOf(`CTCP DCC ${subcommand.toUpperCase()}`.trimEnd(), SHOWN);
    if (/^S?CHAT$/i.test(subcommand)) return ctcp.chatOffered(from, name);
    if (/^(?:[ST]?SEND|XMIT)$/i.test(subcommand)) {
      return ctcp.fileOffered(from, beginningOf(quoted ?? word, SHOWN), name);
    }
    return ctcp.connectionOffered(from, name);
  }
  const where = isPrivate ? "" : target;
  if (command === "") return ctcp.empty(from, where, beginningOf(text, SHOWN));
  const { what } = ctcp;
  return Object.hasOwn(what, command)
    ? ctcp.asked(from, where, what[command as keyof typeof what], `CTCP ${command}`)
    : ctcp.unknown(from, where, shown);
}
