// Why a stint ended, in the reader's words. The daemon sends the catalogue's labels; one it learns later is shown as
// it comes.

import { say, type Key } from "../words";

const KNOWN = [
  "caller", "agent", "transfer", "blind transfer", "attended transfer", "reconnect", "abandon", "timeout", "key press", "empty",
  "withdrawn", "incompatible channel", "agent dump", "refused", "restart", "no closure", "next stint", "outcall", "manual", "ongoing", "left",
] as const;
export const CAUSES: readonly string[] = KNOWN;

export function causeText(cause: string): string {
  const known = KNOWN.find((c) => c === cause.toLowerCase());
  const key: Key | null = known ? `cause.${known}` : null;
  return key ? say(key) : cause;
}
