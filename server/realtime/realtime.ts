import type { Server as HttpServer, IncomingMessage } from "node:http";
import { type DefaultEventsMap, Server, type Socket } from "socket.io";
import type { ScannerId, SiteId } from "#core/identity/identity.ts";
import type { BrowserToServer, ServerToBrowser } from "#core/protocol/events.ts";
import type { ListName, Nudge } from "#server/act.ts";
import type { Log } from "#server/log.ts";
import { hears, type Standing } from "./standing.ts";

/** At most four messages a second to one browser, however many scanners change (V-16). */
const COALESCE_MS = 250;
/** A role taken away or a session ended reaches open sockets within this time (B-08 allows 5 s). */
const RECHECK_MS = 3_000;
/** A browser never says anything here, so a packet larger than a ping is somebody's experiment (Z-05). */
const MAX_PACKET_BYTES = 1_024;
const MAX_SOCKETS = 2_000;
/** Packets waiting for a browser that does not read (V-14). */
const MAX_WAITING = 64;

type Data = { sessionId: string; standing: Standing };
type BrowserSocket = Socket<BrowserToServer, ServerToBrowser, DefaultEventsMap, Data>;

export type RealtimePorts = {
  /** The live session behind a handshake's cookie; null: refuse it. */
  sessionOf: (cookie: string) => Promise<string | null>;
  /** What each of these sessions may hear; one that ended is missing. */
  standings: (sessionIds: readonly string[]) => Promise<ReadonlyMap<string, Standing>>;
  origins: readonly string[];
  build: string;
  log: Log;
};

export type Realtime = { nudge: Nudge; attach: (server: HttpServer) => void; close: () => Promise<void> };

/** Sockets that tell browsers *these ids changed*; what changed is asked through tRPC, where access is checked (architecture.md §4). */
export function createRealtime(ports: RealtimePorts): Realtime {
  const io = new Server<BrowserToServer, ServerToBrowser, DefaultEventsMap, Data>({
    path: "/ws",
    serveClient: false,
    maxHttpBufferSize: MAX_PACKET_BYTES,
    perMessageDeflate: false,
    httpCompression: false,
    connectTimeout: 10_000,
    destroyUpgrade: false,
    allowRequest: (request, answer) =>
      answer(null, mayConnect(request, ports.origins, io.engine.clientsCount)),
  });
  io.use((socket, next) => {
    greet(ports, socket).then(
      (known) => next(known ? undefined : new Error("not-signed-in")),
      (error: unknown) => {
        ports.log.warn("realtime.refused", { error });
        next(new Error("database-away"));
      },
    );
  });
  io.on("connection", (socket) => welcome(ports, socket));
  const pending = createPending(io);
  const timers = [
    setInterval(() => pending.flush(), COALESCE_MS),
    setInterval(() => void recheck(ports, io), RECHECK_MS),
  ];
  return {
    nudge: {
      scanners: pending.scanners,
      list: (list, siteId) => {
        pending.list(list, siteId);
        // People and sites decide who may hear what, so both are looked at again at once.
        if (list === "people" || list === "site") void recheck(ports, io);
      },
    },
    attach: (server) => {
      io.attach(server);
    },
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      io.disconnectSockets(true);
      io.engine.close();
    },
  };
}

/** A browser sends Origin with every handshake; one from another site is that site's script with our visitor's cookie (W-01). */
function mayConnect(request: IncomingMessage, origins: readonly string[], clients: number): boolean {
  const { origin } = request.headers;
  const foreign =
    origin === undefined ? request.headers["sec-fetch-site"] === "cross-site" : !origins.includes(origin);
  return !foreign && clients < MAX_SOCKETS;
}

async function greet(ports: RealtimePorts, socket: BrowserSocket): Promise<boolean> {
  const sessionId = await ports.sessionOf(socket.request.headers.cookie ?? "");
  if (sessionId === null) return false;
  const standing = (await ports.standings([sessionId])).get(sessionId);
  if (standing === undefined) return false;
  socket.data = { sessionId, standing };
  return true;
}

function welcome(ports: RealtimePorts, socket: BrowserSocket): void {
  socket.on("error", (error) => ports.log.debug("realtime.socket-error", { error }));
  socket.onAny(() => socket.disconnect(true));
  socket.emit("hello", ports.build);
}

function createPending(io: Server<BrowserToServer, ServerToBrowser, DefaultEventsMap, Data>) {
  const scanners = new Map<SiteId, Set<ScannerId>>();
  const lists = new Map<string, { list: ListName; siteId: SiteId | null }>();
  return {
    scanners: (ids: readonly ScannerId[], siteId: SiteId) => {
      const changed = scanners.get(siteId) ?? new Set();
      for (const id of ids) changed.add(id);
      scanners.set(siteId, changed);
    },
    list: (list: ListName, siteId: SiteId | null) => lists.set(`${list} ${siteId}`, { list, siteId }),
    flush: () => {
      if (scanners.size + lists.size === 0) return;
      for (const socket of io.sockets.sockets.values()) tell(socket, scanners, [...lists.values()]);
      scanners.clear();
      lists.clear();
    },
  };
}

function tell(
  socket: BrowserSocket,
  scanners: ReadonlyMap<SiteId, ReadonlySet<ScannerId>>,
  lists: readonly { list: ListName; siteId: SiteId | null }[],
): void {
  if (isStuck(socket)) return void socket.disconnect(true);
  const { standing } = socket.data;
  const ids = [...scanners].flatMap(([siteId, changed]) =>
    standing.scanners.has(siteId) ? [...changed] : [],
  );
  if (ids.length > 0) socket.emit("scanners-changed", ids);
  const heard = new Set(
    lists.filter(({ list, siteId }) => hears(standing, list, siteId)).map(({ list }) => list),
  );
  for (const list of heard) socket.emit("list-changed", list);
}

/** Engine.io keeps what it could not write yet; a browser that reads nothing would grow it without end. */
function isStuck(socket: BrowserSocket): boolean {
  const { writeBuffer } = socket.conn as unknown as { writeBuffer: readonly unknown[] };
  return writeBuffer.length > MAX_WAITING;
}

/** Sessions that ended lose their socket; roles that changed change what it hears (B-08, B-11). */
async function recheck(
  ports: RealtimePorts,
  io: Server<BrowserToServer, ServerToBrowser, DefaultEventsMap, Data>,
): Promise<void> {
  const sockets = [...io.sockets.sockets.values()];
  if (sockets.length === 0) return;
  try {
    const standings = await ports.standings([...new Set(sockets.map(({ data }) => data.sessionId))]);
    for (const socket of sockets) {
      const standing = standings.get(socket.data.sessionId);
      if (standing === undefined) socket.disconnect(true);
      else socket.data.standing = standing;
    }
  } catch (error) {
    // The database is away: nothing changes in it either, and the pages say so themselves.
    ports.log.warn("realtime.recheck-failed", { error });
  }
}
