import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { errorCode, messageOf } from "#agent/link/durable.ts";
import { linuxSystem } from "#agent/linux-system.ts";
import { askLocal } from "#agent/page/ask-local.ts";
import { pageServer } from "#agent/page/serve-page.ts";
import { readSessions } from "#agent/page/sessions.ts";
import { LOCAL_SOCKET } from "#core/local/verbs.ts";

/**
 * fiducial-page: the scanner's own page (LOC-1). Unprivileged, started by a connection and gone when nobody looks; it holds no key and no
 * state, and everything it may ask for is a word on the activator's second socket.
 */
const USAGE = `Usage: fiducial-page [--settings FILE] [--socket FILE] [--listen ADDRESS:PORT]

Shows this scanner's own page. As a service it gets its socket from systemd as descriptor 3, and ends when nobody looks.

  --settings FILE  names under which the page may be asked for (default /etc/fiducial/page.json)
  --socket FILE    where the activator answers (default ${LOCAL_SOCKET})
  --listen A:P     by hand, without systemd
  --help           this text
`;

const settingsSchema = z.strictObject({ hosts: z.array(z.string().max(255)).min(1).max(16) });
const FIRST_DESCRIPTOR = 3;
const IDLE_MS = 60_000;
const SECRET_BYTES = 32;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      settings: { type: "string", default: "/etc/fiducial/page.json" },
      socket: { type: "string", default: LOCAL_SOCKET },
      listen: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
    strict: true,
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const hosts = values.listen === undefined ? await hostsIn(values.settings) : [values.listen];
  const system = linuxSystem();
  const site = { ask: askLocal(values.socket), sessions: () => readSessions(system) };
  const server = pageServer(site, { secret: await secretOf(), hosts });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("close", resolve);
    if (values.listen !== undefined) listenAt(server, values.listen);
    else server.listen({ fd: FIRST_DESCRIPTOR }, () => endWhenIdle(server));
  });
  return 0;
}

function listenAt(server: ReturnType<typeof pageServer>, at: string): void {
  const { hostname, port } = new URL(`http://${at}`);
  server.listen(Number(port), hostname.replace(/^\[|\]$/g, ""));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => server.close());
}

/** Nobody looks: the memory is the scanner's again. systemd keeps the socket. */
function endWhenIdle(server: ReturnType<typeof pageServer>): void {
  let idle = setTimeout(() => server.close(), IDLE_MS);
  server.on("request", () => {
    clearTimeout(idle);
    idle = setTimeout(() => {
      server.close();
      server.closeIdleConnections();
    }, IDLE_MS);
  });
}

async function hostsIn(path: string): Promise<string[]> {
  const settings = settingsSchema.parse(JSON.parse(await readFile(path, "utf8")));
  return settings.hosts.map((host) => host.toLowerCase());
}

/** Kept over the program's own end, so that a form that was open meanwhile can still be sent; gone with the boot. */
async function secretOf(): Promise<Buffer> {
  // biome-ignore lint/style/noProcessEnv: systemd says here where the unit may write
  const folder = process.env.RUNTIME_DIRECTORY;
  if (folder === undefined) return randomBytes(SECRET_BYTES);
  const path = join(folder, "secret");
  try {
    await writeFile(path, randomBytes(SECRET_BYTES), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
  return await readFile(path);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`fiducial-page: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
