/**
 * What a person does about calls: joins one and leaves it, says what they do there, and what an operator may do to others. Who is
 * in which call stands in `State.calls`; what is heard and seen is the view's.
 *
 * @module
 */

import type { Message } from "../protocol.ts";
import { BOUNDS } from "./bounds.ts";
import type { Clock } from "./clock.ts";
import type { Actions } from "./commands/actions.ts";
import type { Outgoing } from "./connection/outgoing.ts";
import { foldName } from "./names.ts";
import { isRefused } from "./connection/refusals.ts";
import { type CallWord, writeWords } from "./state/call_words.ts";
import { type CallEvent, CALLS, MOST_IN_CALL, SIGNAL_TAG } from "./state/calls.ts";
import { keepAsLine } from "./state/receive.ts";
import { oneLine } from "./text_lines.ts";

/** What `CallActions` needs of `ClientActions`. */
interface Parts extends Pick<Actions, "state" | "can" | "ask" | "askQuietly" | "tell"> {
  readonly connection: { readonly outgoing: Pick<Outgoing, "sendIfIdle"> };
}

/**
 * What came of joining: "silenced" where this person may not talk there, and so may only listen; "lost" where the connection was
 * lost before there was an answer.
 */
export type Joining = "joined" | "silenced" | "refused" | "lost";

/** The refusal of somebody who is to be heard or seen where they may not talk. */
const SILENCED = "FAIL CALL MUTED";

function isSilenced(replies: readonly Message[]): boolean {
  return replies.some(({ command, params: [about, code] }) => `${command} ${about} ${code}` === SILENCED);
}

/** What a server has answered by a subcommand of CALL: two parameters of each line. */
function told(replies: readonly Message[], subcommand: string): string[][] {
  return replies.filter(({ command, params }) => command === "CALL" && params[0] === subcommand)
    .map(({ params }) => params.slice(2, 4));
}

/** The calls of one client's person. */
export class CallActions {
  readonly #client: Parts;
  readonly #clock: Clock;
  /** The calls that were left while there was no connection, by folded names: the server keeps the place there for a while. */
  readonly #unsaid = new Set<string>();
  /** See `ClientOptions.openCall`. */
  readonly open: Actions["calls"]["open"];

  constructor(client: Parts, clock: Clock, open?: Actions["calls"]["open"]) {
    this.#client = client;
    this.#clock = clock;
    this.open = open;
  }

  /** How many people a call can have here; 0 where there are no calls. */
  get most(): number {
    const { state } = this.#client;
    return this.#client.can(CALLS) ? Number(state.isupport.get(MOST_IN_CALL) ?? 0) || 0 : 0;
  }

  /** Asks who is in the call of a talk; where there is none, nothing is told. */
  async list(target: string): Promise<void> {
    if (this.most === 0) return;
    const replies = await this.#client.askQuietly(["FAIL"], "CALL", "LIST", target);
    if (replies === undefined || isRefused(replies)) return;
    const members = told(replies, "MEMBER").slice(0, BOUNDS.callMembers);
    this.#client.tell(this.#client.state.calls.list(target, members, this.#clock.now()));
  }

  /** The page's address over https, at that talk; undefined where there is none, or the server does not say it. */
  async page(target: string): Promise<string | undefined> {
    const replies = await this.#client.askQuietly(["FAIL"], "CALL", "PAGE", target);
    const [, , page = ""] = replies?.find(({ params }) => params[0] === "PAGE")?.params ?? [];
    return /^https:\/\/[\x21-\x7e]{1,400}$/.test(page) ? page : undefined;
  }

  /**
   * Joins the call of a channel, or calls a person; whoever is in it already takes their place again. A refusal is told as any
   * other, but for "silenced". Whoever has joined knows who else is there: `State.calls`.
   */
  async join(target: string, words: Iterable<CallWord>): Promise<Joining> {
    const { calls } = this.#client.state;
    this.#unsaid.delete(foldName(target));
    const before = calls.of(target);
    if (before !== undefined) before.iceServers = [];
    const isNew = before === undefined;
    const replies = await this.#client.askQuietly([SILENCED], "CALL", "JOIN", target, writeWords(words));
    if (replies === undefined) return "lost";
    if (isRefused(replies)) return isSilenced(replies) ? "silenced" : "refused";
    const members = told(replies, "MEMBER");
    const { nick } = this.#client.state;
    // The list may have whoever has just come, or not.
    const all = [...members, [nick, writeWords(words)]];
    this.#told(calls.list(target, all, this.#clock.now(), isNew));
    return "joined";
  }

  /** Tells the others what this person does in the call. @returns Whether they may: whoever may not talk there only listens. */
  async setWords(target: string, words: Iterable<CallWord>): Promise<boolean> {
    return !isSilenced(await this.#quietly("STATE", target, writeWords(words)));
  }

  /** Shows the others an emoji for a moment. @returns As `setWords`. */
  async react(target: string, emoji: string): Promise<boolean> {
    return !isSilenced(await this.#quietly("REACT", target, emoji));
  }

  /** Leaves a call. Where there is no connection, the server is told it later: see `leaveUnsaid`. */
  async leave(target: string): Promise<void> {
    this.isOver(target);
    if (await this.#ask("PART", target) === undefined) this.#unsaid.add(foldName(target));
  }

  /**
   * Leaves what was left while there was no connection. To be called when this client is told who is in the call of a channel, and
   * when it is connected again.
   *
   * @param channel The channel; undefined for the calls of two people.
   */
  async leaveUnsaid(channel?: string): Promise<void> {
    const { isupport } = this.#client.state;
    const isMeant = (target: string) =>
      channel === undefined ? !isupport.isChannel(target) : target === foldName(channel);
    for (const target of [...this.#unsaid].filter(isMeant)) {
      this.#unsaid.delete(target);
      await this.leave(target);
    }
  }

  /** This person is in a call no more; the server tells that to the others only. A call of two is over with it. */
  isOver(target: string): void {
    const { state } = this.#client;
    this.#told(state.calls.leave(target, state.nick, this.#clock.now()));
  }

  /** Leaves at once, without waiting for anything: the page is about to be closed. */
  leaveNow(target: string): void {
    this.#client.connection.outgoing.sendIfIdle({ command: "CALL", params: ["PART", target] }, true);
  }

  /** Does not answer a person who calls. */
  async decline(nick: string): Promise<void> {
    this.isOver(nick);
    await this.#quietly("DECLINE", nick);
  }

  /** Throws somebody out of a channel's call, as an operator. */
  async kick(target: string, nick: string): Promise<void> {
    await this.#client.ask("CALL", "KICK", target, nick);
  }

  /** Has somebody in a channel's call muted, as an operator. */
  async mute(target: string, nick: string): Promise<void> {
    await this.#client.ask("CALL", "MUTE", target, nick);
  }

  /**
   * Sends a signal to somebody in the call, before all that waits: there is no later for it.
   *
   * @returns Whether it was sent; not while there is no connection.
   */
  signal(nick: string, value: string): boolean {
    const message = { tags: { [SIGNAL_TAG]: value }, command: "TAGMSG", params: [nick] };
    return this.#client.connection.outgoing.sendIfIdle(message, true);
  }

  /** Tells what this person has done themselves, as that is told which comes from the server. */
  #told(event: CallEvent): void {
    keepAsLine(this.#client.state, event, this.#clock.now());
    this.#client.tell(event);
  }

  async #quietly(...params: string[]): Promise<Message[]> {
    return await this.#ask(...params) ?? [];
  }

  /** Asks for what the server may refuse without anybody's fault: the call may have ended meanwhile. @returns As `Actions.ask`. */
  #ask(...params: string[]): Promise<Message[] | undefined> {
    return this.#client.askQuietly(["FAIL"], "CALL", ...params.map(oneLine));
  }
}
