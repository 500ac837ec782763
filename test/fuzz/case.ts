/**
 * A case of the fuzzer: the steps of a few clients, made from a seed. It can be kept in a file and played again.
 *
 * @module
 */

import { random } from "../../server/testing.ts";
import { UPGRADE } from "../peer.ts";
import { fileRequests } from "./file_grammar.ts";
import { Grammar } from "./grammar.ts";

/** What a client is: of the chat by TCP or WebSocket, or somebody who asks for the page. */
export type Kind = "tcp" | "web" | "http";

/** One step. `who` is a client's number; bytes are written one a character, lines as they are. */
export type Step =
  | { does: "come"; who: number; kind: Kind; lines: string[] }
  | { does: "say"; who: number; lines: string[] }
  | { does: "send"; who: number; bytes: string }
  | { does: "leave"; who: number; how: "close" | "reset" | "half" }
  /** All who are there wait until they have been answered. */
  | { does: "wait" };

/** What is played, and the server that it is played against. */
export interface Case {
  /** Where it is from, or what it has found. */
  about: string;
  flags: string[];
  steps: Step[];
}

const CAPS =
  "labeled-response batch message-tags server-time echo-message draft/chathistory draft/multiline soju.im/search " +
  "draft/message-redaction draft/metadata-3 draft/read-marker draft/authtoken";

/** How much there is of a case. */
interface Size {
  clients: number;
  steps: number;
  /** Lines of one client at most before it comes anew: as many as the flood limit lets pass at once. */
  linesEach: number;
}

/** What those who say as much as they like and those whom the flood limit slows down do. */
export const SIZES: Record<"free" | "slow", Size> = {
  free: { clients: 8, steps: 400, linesEach: Infinity },
  slow: { clients: 8, steps: 60, linesEach: 12 },
};

/** Makes the case that belongs to a seed. */
export function makeCase(seed: number, flags: string[], { clients, steps: count, linesEach }: Size): Case {
  const grammar = new Grammar(random(seed));
  const steps: Step[] = [];
  const kinds: Kind[] = [];
  const said: number[] = [];
  let labels = 0;

  const come = (who: number): void => {
    kinds[who] = who < 4 ? "tcp" : who < 6 ? "web" : "http";
    said[who] = 0;
    const nick = grammar.expand(grammar.chance(70) ? "<nick>" : "<freshnick>");
    const caps = grammar.chance(70) ? CAPS : grammar.expand("<caps>");
    const isStranger = grammar.chance(10);
    const lines = isStranger ? [] : [
      `CAP REQ :${caps}`,
      `NICK ${nick}`,
      `USER ${nick.slice(0, 5)} 0 * :${nick}`,
      "CAP END",
      grammar.expand("JOIN <channels>"),
    ];
    steps.push({ does: "come", who, kind: kinds[who], lines: kinds[who] === "http" ? [] : lines });
  };
  /** With a label now and then: each must be answered. */
  const labelled = (line: string): string => {
    if (!grammar.chance(40) || line.includes("batch")) return line;
    const label = `label=l${labels++}`;
    return line.startsWith("@") ? `@${label};${line.slice(1)}` : `@${label} ${line}`;
  };

  for (let who = 0; who < clients; who++) come(who);
  for (let n = 0; n < count; n++) {
    const who = grammar.below(clients);
    if (grammar.chance(3) || said[who] > linesEach) {
      steps.push({ does: "leave", who, how: grammar.pick(["close", "reset", "half"]) });
      come(who);
    } else if (kinds[who] === "http") {
      if (grammar.chance(40)) {
        // An answer that refuses ends the connection.
        if (grammar.chance(80)) {
          steps.push({ does: "leave", who, how: "close" });
          come(who);
        }
        steps.push({ does: "send", who, bytes: fileRequests(grammar) });
        // Only who waits is told where the file is.
        if (grammar.chance(40)) steps.push({ does: "wait" });
      } else {steps.push({
          does: "send",
          who,
          bytes: grammar.chance(15) ? UPGRADE + grammar.frames() : grammar.requests(),
        });}
    } else if (grammar.chance(4)) {
      steps.push({ does: "send", who, bytes: kinds[who] === "web" ? grammar.frames() : grammar.noise() });
    } else {
      const lines = grammar.chance(5)
        ? ["TOKEN GENERATE FILEHOST #tea"]
        : grammar.chance(20)
        ? grammar.idiom()
        : grammar.some(8, () => grammar.line());
      said[who] += lines.length;
      steps.push({ does: "say", who, lines: lines.map(labelled) });
    }
    if (n % 50 === 49) steps.push({ does: "wait" });
  }
  steps.push({ does: "wait" });
  return { about: `seed ${seed}`, flags, steps };
}
