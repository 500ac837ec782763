/**
 * The tag by which those in a call negotiate how they are heard.
 *
 * @module
 */

/** The tag that holds a signal. */
export const SIGNAL_TAG = "+teahouse.chat/rtc";
