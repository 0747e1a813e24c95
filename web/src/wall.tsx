// The wallboard starts here. A page of its own, so that a screen on the wall loads neither forms nor dialogs.

import { render } from "preact";
import { onLoggedOut } from "./api/client";
import { startClock } from "./lib/clock";
import { begin, farewell } from "./lib/session";
import { Board } from "./pages/wall";
import "./styles/wallboard.css";

onLoggedOut(farewell);
startClock();
const root = document.getElementById("app");
if (root) render(<Board />, root);
void begin();
