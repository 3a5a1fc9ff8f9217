import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A real CONNECT proxy on loopback that counts tunnels; with `credentials` it wants them, with `refuse` it answers that status. */
export async function startConnectProxy(rules: { credentials?: string; refuse?: number } = {}) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    asked.push(request.url ?? "");
    sockets.add(client);
    client.on("error", () => client.destroy());
    const wanted = rules.credentials && `Basic ${Buffer.from(rules.credentials).toString("base64")}`;
    if (wanted && request.headers["proxy-authorization"] !== wanted) {
      client.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
      return;
    }
    if (rules.refuse) {
      client.end(`HTTP/1.1 ${rules.refuse} No\r\n\r\n`);
      return;
    }
    const [, port = "0"] = (request.url ?? "").split(":");
    const upstream = connect({ host: "127.0.0.1", port: Number(port) }, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
