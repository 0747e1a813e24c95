// `npm run dev`: the app with changes shown at once, on the stand-in for the daemon.
// SWITCHROOM_API=http://127.0.0.1:8080 uses a running daemon in its place.

import { createServer } from "vite";
import { start } from "./server.mjs";

const target = process.env.SWITCHROOM_API ?? (await start(0, { moving: true })).url;
const vite = await createServer({
  server: { proxy: { "/api": target } },
  plugins: [
    {
      name: "wallboard",
      configureServer(server) {
        server.middlewares.use((req, _res, next) => {
          if (req.url?.startsWith("/wall/")) req.url = "/wall.html";
          next();
        });
      },
    },
  ],
});
await vite.listen();
vite.printUrls();
