import { createServer } from "node:net";
import type { ActivateAnswer, ActivateRequest } from "#core/change/verbs.ts";

/** The activator's end of its socket, for tests of who asks it: one JSON line in, one out, and every question is kept. */
export type StubActivator = { asked: ActivateRequest[]; close: () => Promise<void> };

export async function startStubActivator(
  path: string,
  answer: (request: ActivateRequest) => ActivateAnswer | string,
): Promise<StubActivator> {
  const asked: ActivateRequest[] = [];
  const server = createServer((socket) => {
    let text = "";
    socket.on("error", () => undefined);
    socket.on("data", (piece: Buffer) => {
      text += piece.toString("utf8");
      if (!text.endsWith("\n")) return;
      const request = JSON.parse(text) as ActivateRequest;
      asked.push(request);
      const said = answer(request);
      socket.end(typeof said === "string" ? said : `${JSON.stringify(said)}\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { asked, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
