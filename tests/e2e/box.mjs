// The program under test: the release binary on the demonstration office, in a folder and on a port of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const START_LIMIT_MS = 30_000;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts the daemon and waits until it answers; `said` holds what it printed, the claim code among it. With `settings`,
 *  which makes them for its folder, it is a box of one's own instead of the demonstration. */
export async function startBox(binary, speed, settings = null) {
  const folder = await mkdtemp(join(tmpdir(), "switchroom-e2e-"));
  const origin = `http://127.0.0.1:${await freePort()}`;
  const how = settings ? ["--config", join(folder, "switchroom.toml")] : ["--demo", "--speed", String(speed)];
  if (settings) await writeFile(join(folder, "switchroom.toml"), await settings(folder));
  const child = spawn(binary, ["run", ...how, "--data", folder, "--listen", new URL(origin).host], { stdio: ["ignore", "pipe", "pipe"] });
  const box = { origin, folder, said: "", ended: null };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (box.said += bytes));
  child.on("exit", (code, signal) => (box.ended = signal ?? code));

  const until = Date.now() + START_LIMIT_MS;
  for (;;) {
    if (box.ended !== null) throw new Error(`the daemon ended at once (${box.ended}):\n${box.said}`);
    const well = await fetch(`${origin}/healthz`).then((answer) => answer.ok, () => false);
    if (well) break;
    if (Date.now() > until) throw new Error(`no answer within ${START_LIMIT_MS} ms:\n${box.said}`);
    await new Promise((done) => setTimeout(done, 50));
  }

  /** Asks it to stop, as systemd does; gives the exit code. */
  box.stop = async () => {
    if (box.ended === null) {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await once(child, "exit");
      clearTimeout(late);
    }
    await rm(folder, { recursive: true, force: true });
    return box.ended;
  };
  /** The one-time code of the first page, as printed on the console. */
  box.claimCode = () => /\b([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})\b/.exec(box.said)?.[1] ?? null;
  return box;
}
