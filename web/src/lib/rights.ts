// Rights that go together.

/** To act on others' queues and calls. */
export const SUPERVISE: readonly string[] = ["members.manage", "members.pause", "calls.listen"];

/** To hear recordings: everybody's within one's queues, or those of one's own calls. */
export const LISTEN: readonly string[] = ["recordings.play", "recordings.own"];
