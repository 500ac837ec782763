/**
 * Janus as a program that the room starts: with a configuration of its own in a folder that only the room's user can read, where
 * the socket is, too, by which the room talks to it. Of all that Janus can do the videoroom plugin and that socket are there.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { programOf } from "../programs.ts";
import { EngineError } from "./engine.ts";
import { type JanusAddress, JanusLink } from "./janus_link.ts";

/** UDP ports for sound and pictures: two for each person in a call. */
export const MEDIA_PORTS = "20000-20999";

/** How long it may take to start, and how often it is looked whether it has, in milliseconds. */
const START = 10_000;
const LOOK = 50;

/** How long it may take to end, in milliseconds; it is killed then. */
const END = 4_000;

/** Characters of what it prints that are kept: the end of it says why it did not start. */
const KEPT = 2_000;

/** What a Janus may have beside what is used here. */
const UNUSED = {
  plugins: ["audiobridge", "duktape", "echotest", "lua", "nosip", "recordplay", "sip", "streaming", "textroom"]
    .concat("videocall", "voicemail"),
  transports: ["http", "mqtt", "nanomsg", "pfunix", "rabbitmq"],
  loggers: ["jsonlog"],
};

/**
 * Runs Janus until its own end, or until the room's: its input is a pipe that the room holds, so that a room that was killed
 * leaves nothing behind, its folder included. A Janus that does not end when it is asked is killed.
 */
const SHELL = `
exec 3<&0
"$0" --configs-folder="$1" --disable-colors < /dev/null &
janus=$!
{ cat <&3; kill "$janus"; sleep ${(END - 1_000) / 1000}; kill -9 "$janus"; } > /dev/null 2>&1 &
watch=$!
wait "$janus"
code=$?
kill "$watch" 2> /dev/null
rm -rf "$1"
exit "$code"
`;

/** How it is started. */
export interface JanusOptions {
  /** The program. Default "janus". */
  program?: string;
  /** The machine's addresses as others see them, where the machine itself does not have them. */
  addresses?: readonly string[] | undefined;
}

/** The files of its configuration, by name. */
export function janusFiles(folder: string, secret: string, addresses: readonly string[]): Record<string, string> {
  const disabled = (kind: keyof typeof UNUSED) =>
    `${kind}: { disable = "${UNUSED[kind].map((name) => `libjanus_${name}.so`).join(",")}" }`;
  const mapped = addresses.length === 0 ? "" : `nat_1_1_mapping = "${addresses.join(",")}", keep_private_host = true, `;
  return {
    "janus.jcfg": `
general: { configs_folder = "${folder}", api_secret = "${secret}", admin_secret = "${secret}", debug_level = 3 }
media: { rtp_port_range = "${MEDIA_PORTS}" }
nat: { ${mapped}full_trickle = false, ignore_mdns = true }
${disabled("plugins")}
${disabled("transports")}
${disabled("loggers")}
events: { broadcast = false }
`,
    "janus.transport.websockets.jcfg": `
general: { json = "compact", ws = true, ws_unix = "${folder}/socket", wss = false }
admin: { admin_ws = false, admin_wss = false }
`,
    "janus.plugin.videoroom.jcfg": `general: { admin_key = "${secret}", lock_rtp_forward = true, events = false }\n`,
  };
}

/** A Janus that runs. */
export class JanusProgram {
  /** Where it is reached. */
  readonly address: JanusAddress;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  readonly #printed: Promise<string>;

  private constructor(child: Deno.ChildProcess, folder: string, secret: string) {
    this.#child = child;
    this.#folder = folder;
    this.#printed = endOf(child.stdout);
    this.address = { url: `ws+unix:${folder}/socket:/`, secret };
  }

  /**
   * Starts it.
   *
   * @returns The program, and the connection to it.
   * @throws {EngineError} If it is not installed, ends, or is not ready in time.
   */
  static async start({ program = "janus", addresses = [] }: JanusOptions): Promise<[JanusProgram, JanusLink]> {
    await requireProgram(program);
    const folder = await Deno.makeTempDir({ prefix: "teahouse-calls-" });
    const secret = [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, "0"))
      .join("");
    for (const [name, text] of Object.entries(janusFiles(folder, secret, addresses))) {
      await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o600 });
    }
    const child = programOf("sh", {
      args: ["-c", SHELL, program, folder],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      // Ctrl-C in a terminal is for the room alone, which ends it when all have left.
      detached: true,
    }).spawn();
    const janus = new JanusProgram(child, folder, secret);
    try {
      return [janus, await janus.#ready(program)];
    } catch (error) {
      await janus.close();
      throw error;
    }
  }

  async #ready(program: string): Promise<JanusLink> {
    let isOver = false;
    void this.#child.status.then(() => isOver = true);
    for (const end = performance.now() + START; performance.now() < end; await delay(LOOK)) {
      if (isOver) {
        const last = (await this.#printed).trim().split("\n").at(-1);
        throw new EngineError(`${program} has ended${last === undefined || last === "" ? "" : `: ${last}`}`);
      }
      const link = await JanusLink.open(this.address).catch(() => undefined);
      if (link !== undefined) return link;
    }
    throw new EngineError(`${program} is not ready after ${START / 1000} s`);
  }

  /** Ends it, in some seconds at the most. */
  async close(): Promise<void> {
    // It is asked to end, and then made to.
    await this.#child.stdin.close().catch(() => {});
    await this.#child.status;
    await this.#printed;
    await Deno.remove(this.#folder, { recursive: true }).catch(() => {});
  }
}

/** @throws {EngineError} If a program is not there. */
async function requireProgram(program: string): Promise<void> {
  const { success } = await programOf("sh", {
    args: ["-c", 'command -v "$0"', program],
    stdout: "null",
    stderr: "null",
  }).output();
  if (!success) throw new EngineError(`${program} is not installed (Debian: apt install janus)`);
}

/** Reads all, and gives the last of it. */
async function endOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let end = "";
  for await (const bytes of stream) end = (end + decoder.decode(bytes, { stream: true })).slice(-KEPT);
  return end;
}
