/**
 * What a file is called where there is no room for it: a voice message has a name that tells nobody anything.
 *
 * @module
 */

import type { FileInfo } from "../shared/file_message.ts";
import { lengthText } from "../shared/voice_message.ts";
import { settings } from "./settings.ts";

/** The name of a file, in the person's language. Not safe to show yet. */
export function nameOfFile({ name, voice }: FileInfo): string {
  if (voice === undefined) return name;
  return settings.words.voiceMessageOf(voice.seconds === undefined ? "" : lengthText(voice.seconds));
}
