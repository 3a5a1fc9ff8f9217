import type { Duplex } from "node:stream";
import type { System } from "#agent/system.ts";
import { SAFETY_SILENT_MS } from "#core/protocol/timing.ts";
import { SAFETY_LINE_BYTES, safetyLineSchema } from "#core/safety/socket.ts";

/** `busy`: nothing may be started now (SEE-17), `why` is a word for people. */
export type Quiet = { busy: false } | { busy: true; why: string };

/**
 * Whether the scanner permits work. A pause file that is there and says anything but `idle` stops it, so does a safety daemon whose
 * scan state is not `idle` or cannot be understood. Where nobody listens there is no daemon that could permit a scan.
 */
export async function mayWork(
  system: System,
  watch: { pauseFile: string | null; safetySocket: string },
): Promise<Quiet> {
  if (watch.pauseFile !== null) {
    const said = await system.readText(watch.pauseFile, 4096);
    if (said.ok && said.value.trim() !== "idle") return { busy: true, why: "pause-file" };
    if (!said.ok && said.problem !== "missing") return { busy: true, why: "pause-file-unread" };
  }
  const info = await system.info(watch.safetySocket);
  if (!info.ok) return { busy: false };
  const connected = await system.connect(watch.safetySocket);
  if (!connected.ok)
    return connected.problem === "timeout" ? { busy: true, why: "safety-silent" } : { busy: false };
  const scan = await scanState(connected.value);
  return scan === "idle" ? { busy: false } : { busy: true, why: scan };
}

/** First scan state the daemon says, or what was wrong instead. */
function scanState(stream: Duplex): Promise<string> {
  return new Promise((resolve) => {
    const end = (word: string) => {
      clearTimeout(timer);
      stream.removeAllListeners();
      // Closing may still fail; that fact has no reader any more.
      stream.on("error", () => stream.removeAllListeners());
      stream.destroy();
      resolve(word);
    };
    const timer = setTimeout(() => end("safety-silent"), SAFETY_SILENT_MS);
    let text = "";
    stream.setEncoding("utf8");
    stream.on("error", () => end("safety-silent"));
    stream.on("close", () => end("safety-silent"));
    stream.on("data", (chunk: string) => {
      text += chunk;
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const word = wordOf(line);
        if (word !== null) return end(word);
      }
      if (text.length > SAFETY_LINE_BYTES) end("safety-garbage");
    });
  });
}

/** Null: a line that is not about the state. */
function wordOf(line: string): string | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return "safety-garbage";
    throw error;
  }
  const parsed = safetyLineSchema.safeParse(json);
  if (!parsed.success) return "safety-garbage";
  if (parsed.data.type === "hello") return null;
  return parsed.data.scanState === "idle" ? "idle" : `scan-${parsed.data.scanState}`;
}
