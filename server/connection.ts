/**
 * One connection of the room, with its two loops. One loop reads lines and handles them one after the other; the other
 * writes what the session's outbox yields. Both run in the one thread, and only reading, writing and waiting let another
 * connection's turn come.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { handleLine } from "./commands/mod.ts";
import type { Chat } from "./room/chat.ts";
import type { Session } from "./room/session.ts";
import { TimeoutWatch } from "./timeouts.ts";
import { contain, faultText, hasCode } from "./turns/faults.ts";
import { type Budget, BYTES_PER_TOKEN } from "./wire/budget.ts";
import type { Transport } from "./wire/transport.ts";

/** Time-outs of a connection that ends, in milliseconds. */
const ENDING = {
  /** For lines that still wait for the flood limit when their peer has gone. */
  gone: 1_000,
  /** For the peer to take what is queued for it and to close its side. */
  flush: 3_000,
} as const;

/**
 * A session that has sent so many lines in one read waits for its readers: in steps of so many milliseconds, no longer than
 * `inVain` while no reader catches up, and at most `most`.
 */
const EASING = { lines: 32, step: 5, inVain: 100, most: 1_000 } as const;

/**
 * What a short read that completes no line costs: the milliseconds that the runtime takes, and a part of a line's token.
 * Then there is a pause for the rest of the line, in milliseconds. Otherwise 240 connections that send one byte at a time
 * would keep the runtime busy with reads.
 */
const FRAGMENT = { time: 0.1, tokens: 1 / 8, pause: 10 } as const;

/** What a connection takes from outside. */
export interface ConnectionOptions {
  /** Called when a gateway has said from which address its user comes (WEBIRC). */
  onStandsFor: (connection: Connection, address: string) => void;
  /** Called with what goes wrong, once each. */
  onError?: ((text: string) => void) | undefined;
}

/** One connection that is served. */
export class Connection {
  readonly session: Session;
  readonly #chat: Chat;
  readonly #transport: Transport;
  readonly #options: ConnectionOptions;
  readonly #timeouts: TimeoutWatch;
  #budget: Budget;
  /** Nothing more that the peer has said is handled. */
  #hasFailed = false;
  /** How many changes the database knew of when the line began that is being handled; nothing while none is. */
  #changesBefore: number | undefined;
  /** How many changes the database must have written before the session is told more. */
  #changes = 0;

  /** @param budget What pays for the connection. */
  constructor(chat: Chat, transport: Transport, budget: Budget, options: ConnectionOptions) {
    this.#chat = chat;
    this.#transport = transport;
    this.#options = options;
    this.#budget = budget;
    this.session = chat.connect(transport.host, {
      isSecure: transport.isSecure,
      reached: transport.reached,
      mayHold: (bytes) => this.#budget.mayHold(bytes),
    });
    this.#timeouts = new TimeoutWatch(this.session, chat);
    this.budget = budget;
  }

  /** What pays for the connection. */
  get budget(): Budget {
    return this.#budget;
  }

  /** Has another budget pay from now on. The caller closes the one before. */
  set budget(budget: Budget) {
    const { session } = this;
    this.#budget = budget;
    budget.reader = session.outbox;
    session.pace = budget;
    if (!budget.isLimited) return;
    session.affords = (bytes) => budget.affords(bytes);
    session.onKept = (bytes) => budget.keep(bytes);
    session.onSignal = (bytes) => budget.paySignal(bytes);
  }

  /** Closes the session if one of its times is over. To be called every few seconds. */
  checkTimeouts(): void {
    this.#timeouts.check(this.#budget.isWaiting);
  }

  /** Runs both loops until both are done. Never rejects. */
  async run(): Promise<void> {
    const { session } = this;
    const transport = this.#transport;
    let deadline: ReturnType<typeof setTimeout> | undefined;
    let goneTimer: ReturnType<typeof setTimeout> | undefined;
    transport.onGone = (error) => {
      if (error !== undefined) return void this.#fail(error);
      // What the peer said last is not lost; but its nick is soon free, for a page that is loaded anew.
      if (!session.isOver) goneTimer = setTimeout(() => void this.#end("Connection closed"), ENDING.gone);
    };
    transport.onEnd = () => {
      // Nobody closes one side and then waits half a minute for a password to be looked at.
      if (this.#chat.guesses.isWaiting(session)) transport.onGone!();
    };
    // Whatever a line may still wait for, the connection ends with its session: the room could not close otherwise.
    const cutOff = Promise.withResolvers<void>();
    session.onClose = () => {
      clearTimeout(goneTimer);
      // What still comes is read and dropped: closing on unread bytes would reset the connection and take the last lines
      // to the peer with it. A peer that does not take these, or does not close its side, is cut off.
      transport.discard();
      this.#budget.close();
      deadline = setTimeout(() => {
        transport.close();
        cutOff.resolve();
      }, ENDING.flush);
    };
    await Promise.race([Promise.all([this.#read(), this.#write()]), cutOff.promise]);
    clearTimeout(deadline);
    clearTimeout(goneTimer);
    this.#budget.close();
    transport.close();
  }

  /** Handles what the transport reads, to its end, and ends the session. Never rejects. */
  async #read(): Promise<void> {
    const { session } = this;
    const transport = this.#transport;
    try {
      for (let count = await transport.read(); count !== null; count = await transport.read()) {
        session.heardAt = this.#chat.now();
        this.#timeouts.noteHeard();
        if (!session.isOver) await this.#handle(count);
      }
      await this.#end("Connection closed");
    } catch (error) {
      await this.#fail(error);
    }
  }

  /** Handles lines one after the other, at the pace that the flood limit, the other connections and the readers allow. */
  async #handle(count: number): Promise<void> {
    const { session } = this;
    const transport = this.#transport;
    const lines = transport.lines(count);
    if (typeof lines === "string") return session.close(lines);
    let handled = 0;
    for (const line of lines) {
      // More of it may be set off meanwhile.
      while (session.settling !== undefined) await session.settling;
      const budget = this.#budget;
      const wait = budget.ready();
      if (wait !== undefined) {
        transport.readAhead();
        await wait;
      }
      if (session.isOver || this.#hasFailed) return;
      this.#changesBefore = this.#chat.store?.changes;
      const answer = budget.run(1, () => handleLine(this.#chat, session, line, budget));
      if (answer !== undefined) {
        transport.readAhead();
        await answer;
      }
      this.#changes = this.#changesToAwait();
      this.#changesBefore = undefined;
      handled++;
      if (session.standsFor !== undefined && session.mayStandFor) this.#options.onStandsFor(this, session.standsFor);
      session.mayStandFor = false;
    }
    const budget = this.#budget;
    // Bytes that make no lines are charged as bytes.
    if (count > handled * BYTES_PER_TOKEN) budget.charge(count / BYTES_PER_TOKEN - handled);
    if (handled === 0 && count < BYTES_PER_TOKEN) await this.#awaitRestOfLine();
    if (handled >= EASING.lines) await this.#ease();
    session.forgetListeners();
    // Nothing more is read while something is owed.
    const wait = budget.paid();
    if (wait !== undefined) {
      transport.readAhead();
      await wait;
    }
  }

  /** Charges a read that completed no line, and gives the rest of the line time to come. */
  async #awaitRestOfLine(): Promise<void> {
    const budget = this.#budget;
    budget.spend(FRAGMENT.time);
    budget.charge(FRAGMENT.tokens);
    this.#transport.readAhead();
    await delay(FRAGMENT.pause);
    const wait = budget.turn();
    if (wait === undefined) return;
    await wait;
    budget.pass();
  }

  /**
   * Lets the readers of a session at full speed catch up, as TCP would if the session talked to each of them itself. It waits
   * only while they do catch up: a reader that takes nothing holds up nobody, and is closed by its SendQ.
   */
  async #ease(): Promise<void> {
    const { session } = this;
    let least = Infinity;
    for (let waited = 0, inVain = 0; waited < EASING.most && inVain < EASING.inVain; waited += EASING.step) {
      const excess = session.listenersExcess;
      if (excess === 0 || session.isOver) return;
      inVain = excess < least ? 0 : inVain + EASING.step;
      least = Math.min(least, excess);
      await delay(EASING.step);
    }
  }

  /** How many changes the database must have written before the session is told more: those of its own lines. */
  #changesToAwait(): number {
    const before = this.#changesBefore;
    const { store } = this.#chat;
    return before !== undefined && store!.changes > before ? store!.changes : this.#changes;
  }

  /**
   * Writes what the outbox yields, to its end. What the session's lines have changed is in the database before the session
   * is told anything more, so whatever was acknowledged is still there if the process is killed. Never rejects.
   */
  async #write(): Promise<void> {
    const transport = this.#transport;
    const { store } = this.#chat;
    try {
      for await (const batch of this.session.outbox) {
        const written = store?.settled(this.#changesToAwait());
        if (written !== undefined) await written;
        for (let sent = 0; sent < batch.length; this.#timeouts.noteTaken()) {
          sent += await transport.write(sent === 0 ? batch : batch.subarray(sent));
        }
      }
      await transport.closeWrite();
    } catch (error) {
      await this.#fail(error);
    }
  }

  /** Ends the session of a peer that has gone, in a turn: many may go at once, and each end is told to many. Never rejects. */
  async #end(reason: string, abandon = false): Promise<void> {
    const budget = this.#budget;
    const wait = budget.lastTurn();
    if (wait !== undefined) await wait;
    budget.run(0, () => contain(() => this.session.lose(reason, abandon), this.#options.onError));
  }

  /** Ends the connection for an error of its own. Never rejects. */
  async #fail(error: unknown): Promise<void> {
    this.#hasFailed = true;
    this.#transport.close();
    if (isDisconnect(error)) return await this.#end("Connection reset", true);
    this.#options.onError?.(`${this.#transport.host} (${this.session.person.nick}): ${faultText(error)}`);
    this.session.close("Internal error", true);
  }
}

/** Codes of errors that have no class of their own. */
const UNREACHABLE = ["EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EHOSTDOWN"];

/** Whether an error only says that the peer has gone. */
function isDisconnect(error: unknown): boolean {
  return hasCode(error, UNREACHABLE) || [
    Deno.errors.ConnectionReset,
    Deno.errors.ConnectionAborted,
    Deno.errors.BrokenPipe,
    Deno.errors.NotConnected,
    Deno.errors.TimedOut,
    Deno.errors.BadResource,
    Deno.errors.Interrupted,
    Deno.errors.UnexpectedEof,
  ].some((type) => error instanceof type);
}
