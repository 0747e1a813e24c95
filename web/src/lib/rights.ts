// Rights that go together.

/** To act on others' queues and calls. */
export const SUPERVISE: readonly string[] = ["members.manage", "members.pause", "calls.listen"];
