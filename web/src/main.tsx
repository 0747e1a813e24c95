// The portal starts here: style, words, clock, keys, router, then the app.

import { render } from "preact";
import { App } from "./app";
import { startClock } from "./lib/clock";
import { startKeys } from "./lib/keys";
import { startRouter } from "./lib/route";
import { begin } from "./lib/session";
import "./styles/portal.css";
import { useBooks } from "./words";

useBooks({
  en: async () => [(await import("./words/en")).default],
  fr: async () => [(await import("./words/fr")).default],
});
startClock();
startRouter();
startKeys();
const root = document.getElementById("app");
if (root) render(<App />, root);
void begin();
