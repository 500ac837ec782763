/** Reading the parameters of commands. */

import { casefold } from "../../protocol.ts";

/** The items of a comma-separated list, each once without regard to letter case, and `most` of them at most. */
export function listItems(list: string, most = Infinity): string[] {
  if (!list.includes(",")) return list === "" ? [] : [list];
  const items = new Map<string, string>();
  for (const item of list.split(",")) if (item !== "" && !items.has(casefold(item))) items.set(casefold(item), item);
  return [...items.values()].slice(0, most);
}

/** The words of a text, which spaces separate. */
export function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}
