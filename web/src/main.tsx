// The portal starts here: style, words, clock, keys, router, then the app.

import { render } from "preact";
import { App } from "./app";
import { startClock } from "./lib/clock";
import { startKeys } from "./lib/keys";
import { startRouter } from "./lib/route";
import { begin } from "./lib/session";
import "./styles/portal.css";
import { addBook } from "./words";

void addBook({ en: () => import("./words/en"), fr: () => import("./words/fr") });
startClock();
startRouter();
startKeys();
const root = document.getElementById("app");
if (root) render(<App />, root);
void begin();
