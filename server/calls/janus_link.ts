/**
 * The connection to a Janus WebRTC server: its API over a WebSocket, in one session. A handle is a way of one client to the
 * videoroom plugin.
 *
 * Each question is answered within seconds, or the answer is an error. When the connection is lost, everything that waits ends.
 *
 * @module
 */

// @ts-types="@types/ws"
import { WebSocket } from "ws";
import type { EngineDescription } from "../../shared/engine_signal.ts";
import { EngineError } from "./engine.ts";

/** How long an answer may take, in milliseconds. */
const ANSWER = 8_000;

/** How often the session is kept alive: Janus ends one after a minute of silence. Milliseconds. */
const KEEPALIVE = 20_000;

/** Bytes of a message of Janus. */
const LONGEST = 1024 * 1024;

/** A message of Janus, as far as it is read; all of it is checked where it is used. */
interface Incoming {
  janus?: string;
  transaction?: string;
  sender?: number;
  data?: { id?: number };
  error?: { reason?: string };
  plugindata?: { data?: Record<string, unknown> };
  jsep?: { type?: unknown; sdp?: unknown };
}

/** What the videoroom plugin answers. */
export interface Answer {
  data: Record<string, unknown>;
  jsep: EngineDescription | undefined;
}

/** What happens to a handle: its media flow, or it is over. */
export type HandleEvent = "up" | "over";

/** Where a Janus is reached, and with which secret. */
export interface JanusAddress {
  /** `ws://host:port`, or `ws+unix:/path/of/socket:/`. */
  readonly url: string;
  readonly secret: string | undefined;
}

/** A handle of the videoroom plugin. */
export class Handle {
  readonly id: number;
  readonly #link: JanusLink;
  onEvent: (event: HandleEvent) => void = () => {};

  constructor(link: JanusLink, id: number) {
    this.#link = link;
    this.id = id;
  }

  /** Asks the plugin. @throws {EngineError} If it refuses, or does not answer. */
  async ask(body: Record<string, unknown>, jsep?: EngineDescription): Promise<Answer> {
    // All candidates of Janus stand in its descriptions, and those of clients are left out.
    const described = jsep === undefined ? {} : { jsep: { ...jsep, trickle: false } };
    const { plugindata, jsep: told } = await this.#link.ask({
      janus: "message",
      handle_id: this.id,
      body,
      ...described,
    });
    const data = plugindata?.data ?? {};
    if (data.error_code !== undefined) throw new EngineError(`Janus refuses ${body.request}: ${data.error}`);
    return { data, jsep: readDescription(told) };
  }

  /** Ends it, and the connection of the client. Whether Janus answers is of no matter. */
  detach(): void {
    this.onEvent = () => {};
    this.#link.detach(this);
  }
}

function readDescription({ type, sdp }: { type?: unknown; sdp?: unknown } = {}): EngineDescription | undefined {
  return (type === "offer" || type === "answer") && typeof sdp === "string" ? { type, sdp } : undefined;
}

/** A question that waits for its answer. */
interface Asked {
  /** Whether "ack" is the answer, and not only says that one will come. */
  isAcked: boolean;
  resolve: (told: Incoming) => void;
  reject: (error: EngineError) => void;
}

/** A session of Janus. */
export class JanusLink {
  /** Called once when the connection is lost, and not if it is closed here. */
  onLost: () => void = () => {};
  readonly #socket: WebSocket;
  readonly #secret: string | undefined;
  readonly #asked = new Map<string, Asked>();
  readonly #handles = new Map<number, Handle>();
  #session: number | undefined;
  #count = 0;
  #isOver = false;
  #keeping: ReturnType<typeof setInterval> | undefined;

  private constructor(socket: WebSocket, secret: string | undefined) {
    this.#socket = socket;
    this.#secret = secret;
    socket.on("message", (data) => this.#take(`${data}`));
    socket.on("close", () => this.#end(true));
    // "close" follows.
    socket.on("error", () => {});
  }

  /** Connects, and begins a session. @throws {EngineError} If Janus is not there, or refuses. */
  static async open({ url, secret }: JanusAddress): Promise<JanusLink> {
    const options = { maxPayload: LONGEST, perMessageDeflate: false, handshakeTimeout: ANSWER };
    const socket = new WebSocket(url, "janus-protocol", options);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", (error) => reject(new EngineError(`cannot reach Janus: ${error.message}`)));
    });
    const link = new JanusLink(socket, secret);
    try {
      link.#session = (await link.ask({ janus: "create" })).data?.id;
    } catch (error) {
      link.close();
      throw error;
    }
    link.#keeping = setInterval(() => void link.ask({ janus: "keepalive" }).catch(() => link.#end(true)), KEEPALIVE);
    return link;
  }

  /** Asks Janus. @throws {EngineError} */
  ask(message: Record<string, unknown>): Promise<Incoming> {
    if (this.#isOver) return Promise.reject(new EngineError("the connection to Janus is lost"));
    const transaction = `${++this.#count}`;
    const { promise, resolve, reject } = Promise.withResolvers<Incoming>();
    const timer = setTimeout(() => reject(new EngineError(`Janus does not answer: ${message.janus}`)), ANSWER);
    this.#asked.set(transaction, { isAcked: message.janus === "keepalive", resolve, reject });
    const session = this.#session === undefined ? {} : { session_id: this.#session };
    const secret = this.#secret === undefined ? {} : { apisecret: this.#secret };
    this.#socket.send(JSON.stringify({ ...message, ...session, ...secret, transaction }));
    return promise.finally(() => {
      clearTimeout(timer);
      this.#asked.delete(transaction);
    });
  }

  /** Makes a handle. @throws {EngineError} */
  async attach(): Promise<Handle> {
    const { data } = await this.ask({ janus: "attach", plugin: "janus.plugin.videoroom" });
    if (typeof data?.id !== "number") throw new EngineError("Janus gives no handle");
    const handle = new Handle(this, data.id);
    this.#handles.set(handle.id, handle);
    return handle;
  }

  detach(handle: Handle): void {
    if (this.#handles.delete(handle.id)) this.ask({ janus: "detach", handle_id: handle.id }).catch(() => {});
  }

  /** Ends the session and the connection. */
  close(): void {
    this.#end(false);
  }

  #end(isLost: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#keeping);
    this.#socket.terminate();
    for (const { reject } of [...this.#asked.values()]) reject(new EngineError("the connection to Janus is lost"));
    this.#handles.clear();
    if (isLost) this.onLost();
  }

  #take(text: string): void {
    const told = readMessage(text);
    // That is no Janus, or one that has lost its way.
    if (told === undefined) return this.#end(true);
    const { janus, transaction, sender } = told;
    const asked = transaction === undefined ? undefined : this.#asked.get(transaction);
    if (janus === "timeout") this.#end(true);
    else if (asked !== undefined) {
      // What is asked of a plugin is answered by an event.
      if (janus === "ack" && !asked.isAcked) return;
      if (janus === "error") asked.reject(new EngineError(`Janus refuses: ${told.error?.reason}`));
      else asked.resolve(told);
      return;
    }
    const event = janus === "webrtcup" ? "up" : janus === "hangup" || janus === "detached" ? "over" : undefined;
    if (event !== undefined && sender !== undefined) this.#handles.get(sender)?.onEvent(event);
  }
}

function readMessage(text: string): Incoming | undefined {
  try {
    const told = JSON.parse(text);
    return typeof told === "object" && told !== null ? told : undefined;
  } catch {
    return undefined;
  }
}
