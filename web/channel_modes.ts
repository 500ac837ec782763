/**
 * The modes of a channel that its operators change at the page.
 *
 * @module
 */

import { RPL_CHANNELMODEIS, RPL_CREATIONTIME } from "../protocol.ts";
import type { ModeChange } from "../client/state/isupport.ts";
import type { Talk } from "../client/state/talk.ts";
import type { Stay } from "./stay.ts";

/** The modes of a channel that is private: only who is invited comes in (`i`), and no list has it (`s`). */
const PRIVATE_MODES = "is";

/** Whether a channel of these modes is private. */
export function isPrivate(modes: readonly ModeChange[]): boolean {
  return [...PRIVATE_MODES].every((letter) => modes.some(({ mode }) => mode === letter));
}

/** Sets the modes of a private channel, or takes them away. What the server answers stands in the talk. */
export async function setPrivate(stay: Stay, talk: Talk, isPrivate: boolean): Promise<void> {
  await stay.client.actions.request("MODE", talk.name, `${isPrivate ? "+" : "-"}${PRIVATE_MODES}`);
}

/** The modes that a channel has, and their parameters. */
export async function modesOf({ client: { actions, state } }: Stay, { name }: Talk): Promise<ModeChange[]> {
  const replies = await actions.askQuietly([RPL_CHANNELMODEIS, RPL_CREATIONTIME], "MODE", name);
  const [, , modes = "", ...params] = replies?.find(({ command }) => command === RPL_CHANNELMODEIS)?.params ?? [];
  return state.isupport.modeChanges(modes, params);
}
