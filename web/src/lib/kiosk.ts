// A screen with the address of a kiosk: the secret behind `#` is shown to the box once, then a cookie that goes to
// the kiosk's own addresses only. Nobody is logged in.

import { get, send, type Fault } from "../api/client";
import { report, screen, type Report, type Screen } from "../api/wire";
import { Cell } from "./cell";
import { setClock } from "./clock";
import { follow, followBy } from "./live";
import { speak } from "./session";

export type Kiosk = { at: "opening" } | { at: "open"; screen: Screen } | { at: "closed" } | { at: "failed" };

export const kiosk = new Cell<Kiosk>({ at: "opening" });

export async function openKiosk(token: string): Promise<void> {
  const answer = await send("POST", "/kiosk", screen, { token });
  if (answer.at !== "ok") {
    await speak(navigator.language.startsWith("fr") ? "fr" : "en");
    kiosk.set(answer.at === "failed" && gone(answer.fault) ? { at: "closed" } : { at: "failed" });
    return;
  }
  setClock(answer.data.now);
  await speak(answer.data.language, answer.data.zone);
  followBy({ stream: "/kiosk/events", who: () => void look(token) });
  kiosk.set({ at: "open", screen: answer.data });
  follow([]);
}

/** Taken away, or only not reached? The cookie may also have run out. */
async function look(token: string): Promise<void> {
  const answer = await send("POST", "/kiosk", screen, { token });
  if (answer.at === "failed" && gone(answer.fault)) kiosk.set({ at: "closed" });
}

const gone = (fault: Fault): boolean => fault.kind === "login" || fault.kind === "denied";

export async function kioskHours(): Promise<Report | null> {
  const answer = await get("/kiosk/hours", report);
  return answer.at === "ok" ? answer.data : null;
}
