/**
 * What tests need of a room over TLS: where its ports are, who vouches, people who come over TLS, and what a connection gives.
 *
 * @module
 */

import { deadline } from "@std/async/deadline";
import { Person } from "../server/testing.ts";
import { dial } from "../server/tls/testing.ts";
import { freePort, openFolder, openRoom, PATIENCE, type Room } from "./room.ts";

/** A room that keeps its authority in a folder, with ports that the test knows. */
export class SecureRoom implements AsyncDisposable {
  readonly #folder: Awaited<ReturnType<typeof openFolder>>;
  readonly room: Room;
  readonly chatPort: number;
  readonly pagePort: number;

  private constructor(folder: Awaited<ReturnType<typeof openFolder>>, room: Room, ports: number[]) {
    this.#folder = folder;
    this.room = room;
    [this.chatPort, this.pagePort] = ports;
  }

  /** Opens it. @param flags Given the folder. */
  static async open(
    flags: (folder: string) => string[] = () => [],
    options: Parameters<typeof openRoom>[1] = {},
    folder?: Awaited<ReturnType<typeof openFolder>>,
  ): Promise<SecureRoom> {
    folder ??= await openFolder();
    const ports = [freePort(), freePort()];
    const all = ["--db", `${folder.path}/tea.db`, "--tls-port", `${ports[0]}`, "--web-tls-port", `${ports[1]}`];
    return new SecureRoom(folder, await openRoom([...all, ...flags(folder.path)], options), ports);
  }

  get folder(): string {
    return this.#folder.path;
  }

  /** The certificate of its own authority, as PEM. */
  authority(): Promise<string> {
    return Deno.readTextFile(`${this.folder}/tea.db-tls/ca.pem`);
  }

  /** Somebody who has connected over TLS and said nothing. @param ca Whom they trust; the room's own authority if left out. */
  async stranger(nick: string, ca?: string, hostname = "localhost"): Promise<Person> {
    const conn = await dial(this.chatPort, ca ?? await this.authority(), hostname);
    return new Person(nick, Object.assign(conn, { setNoDelay() {} }));
  }

  /** Somebody who has come in over TLS. */
  async person(nick: string, ca?: string): Promise<Person> {
    const person = await this.stranger(nick, ca);
    await person.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
    await person.sees(/ (422|376) /);
    await person.everything();
    return person;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.room[Symbol.asyncDispose]();
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** Reads to the end of a connection, or until something has come. */
export async function readUntil(conn: Deno.Conn, isThere: (text: string) => boolean = () => false): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(65_536);
  while (!isThere(text)) {
    const count = await deadline(conn.read(buffer), PATIENCE).catch(() => null);
    if (count === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return text;
}
