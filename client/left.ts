/**
 * What a server says of somebody who is away from the room, for whom a message can be left, for a sentence in the person's
 * language.
 *
 * @module
 */

/** The words of our server (server/room/absentees.ts), as it says them instead of why somebody is away. */
const WORDS = {
  "Away from the room, and will get this on return": "left",
  "Away from the room, and will get what you write on return": "mayBeLeft",
} as const;

/** The same for a refusal, since too much waits for them. */
const FULL = /\(as much waits for \S+, who is away, as may\)$/;

/** Whether a message was left for somebody, or may be; nothing where the text is why somebody is away who is here. */
export function leftFor(text: string): "left" | "mayBeLeft" | undefined {
  return Object.hasOwn(WORDS, text) ? WORDS[text as keyof typeof WORDS] : undefined;
}

/** Whether a message was refused since too much waits for somebody who is away. */
export function isTooMuchLeft(text: string): boolean {
  return text.length < 500 && FULL.test(text);
}
