/// <reference lib="dom" />
/**
 * People in calls, for the tests of the page: Chromium with devices that it makes up, whose microphone beeps, and what its pages
 * hear of each other.
 *
 * @module
 */

import type { Locator } from "npm:playwright-core@1.65.1";
import { isInstalled, type Room, skipped } from "../room.ts";
import { type Browser, type GuestOptions, MISSING, openBrowser, pathOf, WHOLE } from "./browser.ts";
import type { Guest } from "./guest.ts";

const MISSING_WHOLE = await isInstalled(WHOLE) ? [] : [WHOLE];

/** Chromium gives such a page a microphone, a camera and a screen without asking anybody. */
export const DEVICES = [
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
];

/**
 * Keeps the connections of a page, and gives `statsOf`, by which they are asked for what they have received. Firefox never answers
 * for a connection that is closed meanwhile, so no answer within a second counts as nothing. A script that runs before the page's
 * own.
 */
export const KEPT = `
  const NOTHING = new Map();
  globalThis.statsOf = (connection) => {
    const late = new Promise((answer) => setTimeout(answer, 1000, NOTHING));
    return Promise.race([connection.getStats(), late]);
  };
  const connections = globalThis.connections = [];
  const Own = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Own {
    constructor(...options) {
      super(...options);
      connections.push(this);
    }
  };
`;

/** How much has been heard of each of the others, by the open connections of a page. A script that gives numbers. */
export const HEARD = `(async () => {
  const open = connections.filter(({ connectionState }) => connectionState === "connected");
  return await Promise.all(open.map(async (connection) => {
    let energy = 0;
    for (const entry of (await statsOf(connection)).values()) {
      if (entry.type === "inbound-rtp" && entry.kind === "audio") energy += entry.totalAudioEnergy ?? 0;
    }
    return energy;
  }));
})()`;

/** Milliseconds between two such questions: six pages of one machine that ask all the time have no time to hear. */
const BETWEEN = 100;

/** What a script of this page finds. */
declare const connections: RTCPeerConnection[];

/**
 * A test of calls; skipped where there is no Chromium, or what else is missing.
 *
 * @param flags Without those of `DEVICES` a person is asked, which the whole Chromium does alone.
 */
export function callTest(
  name: string,
  body: (browser: Browser) => Promise<void>,
  flags: string[] = DEVICES,
  more: string[] = [],
): void {
  const asks = flags !== DEVICES;
  const missing = [...(asks ? MISSING_WHOLE : MISSING), ...more];
  Deno.test({
    name: `calls: ${name}${skipped(missing)}`,
    ignore: missing.length > 0,
    async fn() {
      await using browser = await openBrowser({ args: flags, ...(asks && { executablePath: await pathOf(WHOLE) }) });
      await body(browser).catch((error) => browser.holds(error));
      browser.holds();
    },
  });
}

/** Somebody at a page who may call. */
export class Caller {
  readonly guest: Guest;
  /** The nick that they have now. */
  nick: string;

  constructor(guest: Guest) {
    this.guest = guest;
    this.nick = guest.nick;
  }

  /** Opens the page for somebody. */
  static async opens(browser: Browser, room: Room, nick: string, options: GuestOptions = {}): Promise<Caller> {
    return new Caller(await browser.guest(room, nick, { script: KEPT, ...options }));
  }

  /** The bar of the call. */
  get bar(): Locator {
    return this.guest.page.getByRole("region", { name: "Call", exact: true }).filter({
      has: this.button("Leave the call"),
    });
  }

  /** The line that says that a call runs. */
  get banner(): Locator {
    return this.guest.page.getByRole("region", { name: "Call", exact: true }).filter({ has: this.button("Join") });
  }

  button(name: string | RegExp): Locator {
    return this.guest.page.getByRole("button", { name, exact: true });
  }

  /** Begins a call in the talk that is shown. */
  async calls(): Promise<void> {
    await this.button("Start a call").click();
    await this.bar.getByRole("timer").waitFor();
  }

  /** Joins the call that the line above the talk tells of. */
  async joins(): Promise<void> {
    await this.banner.getByRole("button", { name: "Join" }).click();
    await this.bar.getByRole("timer").waitFor();
  }

  async leaves(): Promise<void> {
    await this.bar.getByRole("button", { name: "Leave the call" }).click();
    await this.bar.waitFor({ state: "detached" });
  }

  /** Speaks, if the page has joined muted. */
  async speaks(): Promise<void> {
    const mute = this.bar.getByRole("button", { name: "Mute", exact: true });
    // Not by the mouse: where six pages share one machine, a window may wait long for the frame that a press needs.
    if (await mute.getAttribute("aria-pressed") === "true") await mute.dispatchEvent("click");
  }

  /** Waits until these are in the call, this person first. */
  async isWith(...nicks: string[]): Promise<void> {
    await this.guest.until("people in the call", nicks, () => this.people());
  }

  /** Who is in the call, by the bar. */
  async people(): Promise<string[]> {
    const people = this.bar.getByRole("list", { name: "People in the call" }).getByRole("listitem");
    return await people.evaluateAll((all) => all.map((person) => person.querySelector("bdi")?.textContent ?? ""));
  }

  /** How much has been heard of each of the others, by the open connections of this page. @param after In so many milliseconds. */
  async heard(after = 0): Promise<number[]> {
    return await this.guest.page.evaluate(
      `new Promise((go) => setTimeout(go, ${after})).then(() => ${HEARD})`,
    ) as number[];
  }

  /** Waits until this page hears so many others, from now on. */
  async hears(count: number): Promise<void> {
    let before: number[] | undefined;
    await this.guest.until("voices", count, async () => {
      const now = await this.heard(BETWEEN);
      // Another connection may have taken the place of one.
      if (before?.length !== now.length) before = now;
      const first = before;
      return now.filter((energy, i) => energy > first[i] + 1e-4).length;
    });
  }

  /** Waits until the tiles are the cameras of these, and each of them moves. */
  async sees(...nicks: string[]): Promise<void> {
    let before: number[] = [];
    await this.guest.until("moving pictures", nicks.map((nick) => `Camera of ${nick}`).sort(), async () => {
      const now = await this.guest.page.locator("figure video").evaluateAll((all) =>
        (all as HTMLVideoElement[]).map((video) =>
          [video.ariaLabel ?? "", video.getVideoPlaybackQuality().totalVideoFrames] as const
        )
      );
      // Another element may have taken the place of one.
      const isSame = before.length === now.length && now.every(([, frames], i) => frames >= before[i]);
      if (!isSame) before = now.map(([, frames]) => frames);
      return now.filter(([, frames], i) => frames > before[i]).map(([label]) => label).sort();
    });
  }

  /** Waits until there is no tile. */
  async seesNobody(): Promise<void> {
    await this.guest.until("tiles", 0, () => this.guest.page.locator("figure").count());
  }

  /** How many connections of this page are not closed. */
  async connections(): Promise<number> {
    return await this.guest.page.evaluate(() =>
      connections.filter(({ connectionState }) => connectionState !== "closed").length
    );
  }
}

/** Waits until all of them hear each other, and know of each other. */
export async function allHear(...callers: Caller[]): Promise<void> {
  await Promise.all(callers.map(async (caller) => {
    const others = callers.filter((other) => other !== caller).map(({ nick }) => nick);
    await caller.guest.until("people in the call", others.sort(), async () => (await caller.people()).slice(1).sort());
    await caller.hears(others.length);
    await caller.guest.until("connections", others.length, () => caller.connections());
  }));
}
