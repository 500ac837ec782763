/**
 * How much has been told to many readers so far, over all feeds and outboxes. A sender is charged for the difference that
 * its command makes (see `Budget.run`).
 *
 * @module
 */

/**
 * `bytes` counts each line once for each of its readers: those of `Feed.append`, and of `Outbox.tell` (there in UTF-16
 * units). `lines` counts what was appended to feeds, once for each feed.
 */
export const totals = { bytes: 0, lines: 0 };
