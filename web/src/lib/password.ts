/** Shortest password the daemon takes; checked here too, so that nobody sends one in vain. */
export const SHORTEST = 10;
