/**
 * A conference of a Janus: a room of its videoroom plugin, which nobody else can find.
 *
 * @module
 */

import { type Conference, EngineError, MOST_ON_ENGINE, type Seat, type Sends } from "./engine.ts";
import type { Handle, JanusLink } from "./janus_link.ts";
import { JanusSeat, type SeatConference } from "./janus_seat.ts";
import type { JanusSession, Source } from "./janus_session.ts";

/** Bits in a second that somebody may send. */
const BITRATE = 3_000_000;

/** A number that nobody guesses. JSON holds 53 bits of one. */
function randomNumber(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high & 0x1fffff) * 2 ** 32 + low;
}

/** One conference. */
export class JanusConference implements Conference, SeatConference {
  readonly link: JanusLink;
  readonly pass: { readonly room: number; readonly pin: string };
  readonly #control: Handle;
  readonly #secret: string;
  readonly #seats = new Set<JanusSeat>();
  readonly #onClose: (conference: JanusConference) => void;
  #feeds = 0;

  private constructor(
    link: JanusLink,
    control: Handle,
    { room, pin, secret }: { room: number; pin: string; secret: string },
    onClose: (conference: JanusConference) => void,
  ) {
    this.link = link;
    this.#control = control;
    this.pass = { room, pin };
    this.#secret = secret;
    this.#onClose = onClose;
  }

  /** Makes one. @param adminKey What Janus asks of whoever makes rooms, if anything. @throws {EngineError} */
  static async open(
    link: JanusLink,
    adminKey: string | undefined,
    onClose: (conference: JanusConference) => void,
  ): Promise<JanusConference> {
    const control = await link.attach();
    const pass = { room: randomNumber(), pin: `${randomNumber()}`, secret: `${randomNumber()}` };
    const { data } = await control.ask({
      request: "create",
      ...pass,
      ...(adminKey === undefined ? {} : { admin_key: adminKey }),
      is_private: true,
      permanent: false,
      // A session that begins anew is there beside the one before for a moment.
      publishers: 2 * MOST_ON_ENGINE,
      bitrate: BITRATE,
      bitrate_cap: true,
      audiocodec: "opus",
      videocodec: "vp8,h264",
      lock_record: true,
    });
    if (data.videoroom !== "created") throw new EngineError("Janus makes no room");
    return new JanusConference(link, control, pass, onClose);
  }

  get size(): number {
    return this.#seats.size;
  }

  enter(sends: Sends): Seat {
    const seat = new JanusSeat(this, sends);
    this.#seats.add(seat);
    return seat;
  }

  remove(seat: Seat): void {
    this.#seats.delete(seat as JanusSeat);
  }

  nextFeed(): number {
    return ++this.#feeds;
  }

  sourcesFor(own: JanusSession): Source[] {
    return this.#sessions().filter((session) => session !== own && session.isUp).flatMap(({ feed, sections, seat }) =>
      seat.places.map((place) => ({ feed, mid: sections[place] }))
    );
  }

  sessionOf(feed: number): JanusSession | undefined {
    return this.#sessions().find((session) => session.feed === feed);
  }

  #sessions(): JanusSession[] {
    return [...this.#seats].flatMap(({ session }) => session ?? []);
  }

  changed(): void {
    for (const session of this.#sessions()) session.follow();
  }

  async moderate(feed: number, mid: string, mute: boolean): Promise<void> {
    const { room } = this.pass;
    await this.#control.ask({ request: "moderate", room, secret: this.#secret, id: feed, mid, mute });
  }

  close(): void {
    for (const seat of [...this.#seats]) seat.leave();
    const { room } = this.pass;
    this.#control.ask({ request: "destroy", room, secret: this.#secret }).catch(() => {})
      .finally(() => this.#control.detach());
    this.#onClose(this);
  }
}
