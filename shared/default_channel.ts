/** The channel that people come into who have chosen none: the terminal and the page offer it, and the server knows that it is the room's. */

/** Its name, without the `#`. */
export const DEFAULT_CHANNEL = "lobby";
