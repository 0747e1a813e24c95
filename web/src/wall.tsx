// The wallboard starts here. A page of its own, so that a screen on the wall loads neither forms nor dialogs.

import { render } from "preact";
import { onLoggedOut } from "./api/client";
import { startClock } from "./lib/clock";
import { begin, farewell } from "./lib/session";
import { Board } from "./pages/wall";
import "./styles/wallboard.css";

/** The secret of a kiosk in the address, if there is one. */
const secret = /^#k=([0-9a-f]{64})$/.exec(location.hash)?.[1];
const root = document.getElementById("app");
startClock();
if (secret) {
  void Promise.all([import("./pages/wall-kiosk"), import("./lib/kiosk")]).then(([{ KioskBoard }, { openKiosk }]) => {
    if (root) render(<KioskBoard />, root);
    void openKiosk(secret);
  });
} else {
  onLoggedOut(farewell);
  if (root) render(<Board />, root);
  void begin();
}
