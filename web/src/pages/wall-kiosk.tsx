// The wallboard of a kiosk: the secret of its address opens it, nobody is logged in.

import { useEffect } from "preact/hooks";
import { useCell } from "../lib/cell";
import { kiosk, kioskHours } from "../lib/kiosk";
import { paintTheme } from "../lib/session";
import { useView } from "../lib/view";
import { sayCore as say, useWords } from "../words";
import { Message, RESTART, Shown, useRestart } from "./wall";

const theme = new URLSearchParams(location.search).get("theme") === "light" ? "light" : "dark";

export function KioskBoard() {
  useWords();
  const state = useCell(kiosk);
  const view = useView();
  useRestart(state.at === "failed");
  useEffect(() => paintTheme(theme, "normal"), []);
  if (state.at === "opening") return null;
  if (state.at === "failed") return <Message text={say("wall.failed", { n: RESTART })} />;
  if (state.at === "closed") return <Message text={say("wall.closed")} />;
  if (!view) return <Message text={say("link.opening")} />;
  return <Shown view={view} name={state.screen.name} hours={kioskHours} />;
}
