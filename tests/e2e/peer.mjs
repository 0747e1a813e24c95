// A scripted Asterisk: logs anybody in, gives empty lists, says what a case wants said, and falls silent when asked.
import { once } from "node:events";
import { createServer } from "node:net";

const LINE = "\r\n";

export async function startPeer() {
  const sockets = new Set();
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
        const asked = Object.fromEntries(text.slice(0, end).split(LINE).map((line) => line.split(": ")));
        text = text.slice(end + 4);
        if (!silent) socket.write(answer(asked));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: server.address().port,
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

function answer(asked) {
  const head = `Response: Success${LINE}ActionID: ${asked.ActionID}${LINE}`;
  if (asked.Action === "Challenge") return `${head}Challenge: 135${LINE}${LINE}`;
  if (asked.Action === "Login") return `${head}${LINE}Event: FullyBooted${LINE}${LINE}`;
  if (asked.Action === "CoreSettings") return `${head}AsteriskVersion: 22.10.1${LINE}${LINE}`;
  if (["CoreStatus", "Filter", "Ping", "Events", "Getvar"].includes(asked.Action)) return `${head}${LINE}`;
  return `${head}EventList: start${LINE}${LINE}Event: ListComplete${LINE}ActionID: ${asked.ActionID}${LINE}EventList: Complete${LINE}${LINE}`;
}
