// A scripted Asterisk: logs anybody in, gives empty lists, does what it is asked to and remembers it, says what a case wants
// said, and falls silent when asked.
import { once } from "node:events";
import { createServer } from "node:net";

const LINE = "\r\n";

/** `refused`: actions its user may not send; `lists`: events by the action that asks for them. */
export async function startPeer({ refused = [], lists = {} } = {}) {
  const sockets = new Set();
  const asked = [];
  let silent = false;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => sockets.delete(socket));
    socket.write(`Asterisk Call Manager/11.0.0${LINE}`);
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes;
      for (let end = text.indexOf(LINE + LINE); end >= 0; end = text.indexOf(LINE + LINE)) {
        const action = Object.fromEntries(text.slice(0, end).split(LINE).map((line) => [line.split(": ", 1)[0], line.slice(line.indexOf(": ") + 2)]));
        text = text.slice(end + 4);
        asked.push(action);
        const no = `Response: Error${LINE}ActionID: ${action.ActionID}${LINE}Message: Permission denied${LINE}${LINE}`;
        if (!silent) socket.write(refused.includes(action.Action) ? no : answer(action, lists[action.Action] ?? []));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: server.address().port,
    /** All actions so far, as fields. */
    asked,
    /** An event, as fields. */
    say(name, fields) {
      const block = [`Event: ${name}`, ...Object.entries(fields).map(([key, value]) => `${key}: ${value}`), "", ""].join(LINE);
      for (const socket of sockets) socket.write(block);
    },
    /** From now on it answers nothing, as a machine that hangs. */
    hush: () => (silent = true),
    speak: () => (silent = false),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Actions that do something. */
const DONE = new Set(["QueueAdd", "QueueRemove", "QueuePause", "QueuePenalty", "QueueLog", "QueueChangePriorityCaller", "Originate", "Hangup", "Redirect", "BlindTransfer", "Atxfer", "CancelAtxfer", "Park", "MixMonitor", "StopMixMonitor", "MixMonitorMute", "MessageSend"]);

/** What Asterisk says of it a moment later. */
function after(asked) {
  if (asked.Action !== "Originate") return "";
  return `Event: OriginateResponse${LINE}ActionID: ${asked.ActionID}${LINE}Response: Success${LINE}Channel: ${asked.Channel}-0${LINE}Reason: 4${LINE}Uniqueid: 99.${asked.ActionID}${LINE}${LINE}`;
}

function answer(asked, items) {
  const head = `Response: Success${LINE}ActionID: ${asked.ActionID}${LINE}`;
  if (asked.Action === "Challenge") return `${head}Challenge: 135${LINE}${LINE}`;
  if (asked.Action === "Login") return `${head}${LINE}Event: FullyBooted${LINE}${LINE}`;
  if (asked.Action === "CoreSettings") return `${head}AsteriskVersion: 22.10.1${LINE}${LINE}`;
  if (["CoreStatus", "Filter", "Ping", "Events", "Getvar"].includes(asked.Action)) return `${head}${LINE}`;
  if (DONE.has(asked.Action)) return `${head}Message: Done${LINE}${LINE}${after(asked)}`;
  const said = items.map(([name, fields]) => [`Event: ${name}`, `ActionID: ${asked.ActionID}`, ...Object.entries(fields).map(([key, value]) => `${key}: ${value}`), "", ""].join(LINE));
  return `${head}EventList: start${LINE}${LINE}${said.join("")}Event: ListComplete${LINE}ActionID: ${asked.ActionID}${LINE}EventList: Complete${LINE}${LINE}`;
}
