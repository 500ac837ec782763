/**
 * What the server says at the end of RPL_YOUREOPER (381, RFC 2812) to an owner of the room, each time they come in: so clients tell
 * it from the answer to OPER.
 *
 * @module
 */

export const OWNS_ROOM = "you own this room";
