/**
 * Who sends a file: somebody with a token that the chat has told them (commands/tokens.ts), or with the name and the password
 * of an account, or one of its app passwords. A cookie alone opens nothing here, since a browser sends it by itself.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Guesser } from "../auth/attempt_queue.ts";
import { guessKey } from "../commands/login.ts";
import type { Sender } from "../files/ledger.ts";
import { FileRefusal } from "../files/refusal.ts";
import { hashOfToken } from "../files/tokens.ts";
import type { Connections } from "../serve.ts";
import type { FileRecord } from "../store/kept_files.ts";
import { addressRange, displayHost } from "../wire/address.ts";
import { socketOf } from "./response.ts";
import type { TcpSocket } from "./tcpsocket.ts";
import { visitOf, type Visitors } from "./visitors.ts";

/** The longest value of Authorization that is read. */
const LONGEST = 2_048;

/** Somebody who may send a file, and the hash of the token by which they do, if by one. */
export interface Authorized {
  sender: Sender;
  token: string | null;
}

/** What an Authorization header says (RFC 6750, RFC 7617). */
type Credentials = { token: string } | { name: string; password: string } | undefined;

function credentialsIn(header = ""): Credentials {
  if (header.length > LONGEST) return undefined;
  const [, token] = /^bearer +([\w.~+/-]+=*)$/i.exec(header) ?? [];
  if (token !== undefined) return { token };
  const [, basic] = /^basic +([A-Za-z\d+/]+=*)$/i.exec(header) ?? [];
  const [, name, password] = /^([^:]+):(.+)$/s.exec(Buffer.from(basic ?? "", "base64").toString()) ?? [];
  return password === undefined ? undefined : { name, password };
}

/** Finds out who sends files. */
export class Senders {
  readonly #connections: Connections;
  readonly #visitors: Visitors;
  /** Who guesses passwords by a connection. */
  readonly #guessers = new WeakMap<TcpSocket, Guesser>();

  constructor(connections: Connections, visitors: Visitors) {
    this.#connections = connections;
    this.#visitors = visitors;
  }

  /** Who begins to send a file. Their token is used up. Rejects with a `FileRefusal` where it is nobody who may. */
  async begin(request: IncomingMessage): Promise<Authorized> {
    const authorized = await this.#authorize(request);
    this.refuseBanned(request, authorized.sender.identity);
    return authorized;
  }

  async #authorize(request: IncomingMessage): Promise<Authorized> {
    const credentials = credentialsIn(request.headers.authorization);
    if (credentials === undefined) {
      throw new FileRefusal(401, "say who you are: by a token of the chat (TOKEN GENERATE FILEHOST), or by an account");
    }
    if ("name" in credentials) return { sender: await this.#byPassword(request, credentials), token: null };
    const grant = this.#connections.sending.files?.tokens.take(credentials.token);
    if (grant === undefined) throw this.#wrongToken(request);
    return { sender: grant.sender, token: hashOfToken(credentials.token) };
  }

  /** Refuses everybody but whoever sends, or has sent, this file. */
  async require(request: IncomingMessage, record: FileRecord): Promise<void> {
    const credentials = credentialsIn(request.headers.authorization);
    // As hashes: what their comparison tells by its time opens nothing.
    if (credentials !== undefined && "token" in credentials && hashOfToken(credentials.token) === record.token) {
      // The token opens this file for longer than its session lasts, but not for longer than its sender may come in.
      return this.refuseBanned(request, record.owner);
    }
    const { sender } = await this.begin(request);
    if (sender.identity !== record.owner) throw new FileRefusal(403, "this file is somebody else's");
  }

  /** Refuses somebody whom the room bans: by the address of the request, or by the account that has the identity. */
  refuseBanned(request: IncomingMessage, identity: string): void {
    const { accounts, bans } = this.#connections.sending;
    const host = displayHost(this.#visitors.address(visitOf(request)));
    const account = accounts?.accountOf(identity);
    if (bans.find({ user: "*", host, address: host, account }) !== undefined) {
      throw new FileRefusal(403, "you are banned from this room");
    }
  }

  /** Counts a wrong token as a guess at a secret. */
  #wrongToken(request: IncomingMessage): FileRefusal {
    const address = this.#visitors.address(visitOf(request));
    return this.#connections.guesses.tryNow(address)
      ? new FileRefusal(
        401,
        "this token has been used, is too old, or is none of this room's; ask the chat for another",
      )
      : new FileRefusal(429, "there are too many unknown tokens from your address; try again in a moment");
  }

  async #byPassword(
    request: IncomingMessage,
    { name, password }: { name: string; password: string },
  ): Promise<Sender> {
    const { guesses, sending: { accounts } } = this.#connections;
    const visit = visitOf(request);
    if (!this.#visitors.isPrivate(visit)) {
      throw new FileRefusal(403, "a password is taken over https alone: others on the way could read it");
    }
    if (accounts === undefined) throw new FileRefusal(401, "this room has no accounts");
    const guesser = this.#guesser(request);
    const account = guessKey(name);
    const range = addressRange(guesser.address);
    const asker = { range, isKnown: guesses.isKnown(account, guesser), isOver: () => guesser.isOver };
    const proof = await guesses.attempt(guesser, { account, look: () => accounts.verify(name, password, asker) });
    if (proof === undefined || !proof.isStill()) throw new FileRefusal(401, "there is no such account and password");
    return { identity: accounts.identity(proof.account), nick: proof.account, range, isAccount: true };
  }

  /** Who guesses passwords by the connection of a request. A proxy's connection is that of many people. */
  #guesser(request: IncomingMessage): Guesser {
    const socket = socketOf(request);
    const visit = visitOf(request);
    const isShared = this.#visitors.isProxy(visit.address);
    const found = isShared ? undefined : this.#guessers.get(socket);
    if (found !== undefined) return found;
    const guesser: Guesser = {
      address: this.#visitors.address(visit),
      get isOver() {
        return socket.destroyed;
      },
      wrongGuesses: 0,
      close: () => isShared || socket.destroySoon(),
    };
    socket.once("close", () => this.#connections.guesses.forget(guesser));
    if (!isShared) this.#guessers.set(socket, guesser);
    return guesser;
  }
}
