// `node tests/mock/run.mjs [port]`: the built app on the stand-in, until stopped.

import { start } from "./server.mjs";

const { url } = await start(Number(process.argv[2] ?? 8099), { moving: true });
console.log(url);
