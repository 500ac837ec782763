/**
 * Has the client's sentences speak of the room where they speak of its server: at the page both are the same thing, and have one
 * word. What other people wrote is left as it is. Pure.
 *
 * @module
 */

/** How a server is named in each language, where that is the room's: no other one, and not the machine. */
const SERVER = /\b(this|the) server\b|(?<!IRC |没有)服务器/gi;

/** Whether a text, or one within an object, names a server. */
function namesServer(value: unknown): boolean {
  if (typeof value === "string") return value.search(SERVER) >= 0;
  return typeof value === "object" && value !== null && Object.values(value).some(namesServer);
}

const ofRoom = (text: string): string =>
  text.replace(SERVER, (_, article?: string) => article === undefined ? "聊天室" : `${article} room`);

/**
 * Gives the same table of sentences with the word for the room. A sentence into which comes what names a server by itself, as
 * somebody's reason may, is left as it is.
 */
export function inRoomWords<Table>(table: Table): Table {
  if (typeof table === "string") return ofRoom(table) as Table;
  if (typeof table === "function") {
    const write = (...args: unknown[]) => {
      const text = table(...args);
      return typeof text === "string" && !args.some(namesServer) ? ofRoom(text) : text;
    };
    return write as Table;
  }
  if (typeof table !== "object" || table === null || Array.isArray(table)) return table;
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, inRoomWords(value)])) as Table;
}
