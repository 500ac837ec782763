/**
 * Janus as an engine of calls: a room of its videoroom plugin is a conference. The server is the one client of Janus; the people
 * in a call talk to the server, and only their sound and pictures go to Janus.
 *
 * @module
 */

import { type Conference, type Engine, EngineError } from "./engine.ts";
import { JanusConference } from "./janus_conference.ts";
import { type JanusAddress, JanusLink } from "./janus_link.ts";
import { type JanusOptions, JanusProgram } from "./janus_program.ts";
import { contain } from "../turns/faults.ts";

/** How long is waited before a Janus that has stopped is started again: at first, and at the most. Milliseconds. */
const AGAIN = { first: 1_000, most: 60_000 } as const;

/** How long one must have run that its end is no sign that the next would end as well, in milliseconds. */
const STEADY = 300_000;

/** Which Janus there is: one that the room starts, or one that runs. */
export type JanusChoice = { program: JanusOptions } | { address: JanusAddress };

/** A Janus. */
export class Janus implements Engine {
  readonly #choice: JanusChoice;
  readonly #report: (text: string) => void;
  readonly #uptime: () => number;
  readonly #conferences = new Map<JanusConference, () => void>();
  #link: JanusLink | undefined;
  #program: JanusProgram | undefined;
  #opening: Promise<JanusLink> | undefined;
  #openedAt = 0;
  /** How long is waited before it is started again, and from when on it may be. */
  #wait = 0;
  #mayOpenAt = -Infinity;
  #isClosed = false;

  /**
   * @param report Is told what whoever runs the room is to know.
   * @param uptime The time that has passed, in milliseconds.
   */
  constructor(choice: JanusChoice, report: (text: string) => void, uptime: () => number = () => performance.now()) {
    this.#choice = choice;
    this.#report = report;
    this.#uptime = uptime;
  }

  /** Starts it, or connects to it. @throws {EngineError} */
  async start(): Promise<void> {
    await this.#ready();
  }

  async open(onEnd: () => void): Promise<Conference> {
    const link = await this.#ready();
    const adminKey = "program" in this.#choice ? this.#program?.address.secret : undefined;
    const conference = await JanusConference.open(link, adminKey, (closed) => this.#conferences.delete(closed));
    if (link !== this.#link) throw new EngineError("Janus has stopped");
    this.#conferences.set(conference, onEnd);
    return conference;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening?.catch(() => {});
    this.#closeAll();
    this.#link?.close();
    await this.#program?.close();
  }

  #ready(): Promise<JanusLink> {
    if (this.#link !== undefined) return Promise.resolve(this.#link);
    if (this.#isClosed) return Promise.reject(new EngineError("the room closes"));
    return this.#opening ??= this.#open().finally(() => this.#opening = undefined);
  }

  async #open(): Promise<JanusLink> {
    const left = Math.ceil((this.#mayOpenAt - this.#uptime()) / 1000);
    if (left > 0) throw new EngineError(`Janus has stopped, and is not tried again for ${left} s`);
    try {
      const link = await this.#connect();
      link.onLost = () => this.#lost();
      this.#openedAt = this.#uptime();
      return this.#link = link;
    } catch (error) {
      this.#backOff();
      throw error;
    }
  }

  async #connect(): Promise<JanusLink> {
    if ("address" in this.#choice) return await JanusLink.open(this.#choice.address);
    // The one before has to end first.
    await this.#program?.close();
    this.#program = undefined;
    const [program, link] = await JanusProgram.start(this.#choice.program);
    this.#program = program;
    return link;
  }

  #closeAll(): void {
    for (const conference of [...this.#conferences.keys()]) conference.close();
  }

  #backOff(): void {
    this.#wait = Math.min(Math.max(AGAIN.first, 2 * this.#wait), AGAIN.most);
    this.#mayOpenAt = this.#uptime() + this.#wait;
  }

  #lost(): void {
    this.#link = undefined;
    if (this.#uptime() - this.#openedAt >= STEADY) this.#wait = 0;
    this.#backOff();
    const ended = [...this.#conferences.values()];
    this.#closeAll();
    this.#report(`Janus has stopped${ended.length > 0 ? `; calls that it carried: ${ended.length}` : ""}`);
    // A fault in the end of one call leaves no other call as if it went on.
    for (const onEnd of ended) contain(onEnd, this.#report);
  }
}
