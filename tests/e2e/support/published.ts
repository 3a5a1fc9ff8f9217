import { readFileSync } from "node:fs";
import path from "node:path";
import { onlineKeysSchema } from "#core/trust/online-keys.ts";
import { narName } from "#tests/integration/signed-world.ts";
import type { Product } from "#tests/support/product.ts";
import { Ceremony } from "#tests/support/publishing.ts";
import { storePath, type TestPath } from "#tests/support/signed-release.ts";
import { sha256 } from "#tests/support/signed-repository.ts";
import { expect } from "./journey.ts";

/** Two releases made and signed as people do, and published to the server over http. */
export async function publishTwo({ url, data }: Pick<Product, "url" | "data">, model: string): Promise<void> {
  const scratch = path.join(data, "scratch");
  const online = readFileSync(path.join(data, "signer", "online-keys.json"), "utf8");
  const ceremony = new Ceremony(scratch, onlineKeysSchema.parse(JSON.parse(online)));
  ceremony.placeFirstRoots(data);
  for (const [name, counter, gpu, safety] of [
    ["2026.12.0", 20, "570.1", "3.4.1"],
    ["2026.12.1", 21, "580.2", "3.5.0"],
  ] as const) {
    const parts = [`nvidia-x11-${gpu}`, `safetyd-${safety}`].map((one) => storedPath(one));
    const top = storedPath(
      `nixos-system-fm25-${name}`,
      parts.map(({ stored }) => stored.path),
    );
    const all = [top, ...parts];
    const { files } = ceremony.release({
      ...{ name, counter, paths: all.map(({ stored }) => stored), for: [{ model, hardwareRevisions: null }] },
      change: (_release, system) => {
        const expect = { op: "eq", want: safety };
        const item = { id: "safety.version", kind: "safety-daemon", args: {}, expect, class: "safety" };
        system.expected = { ...(system.expected as object), items: [item] };
      },
    });
    for (const [file, bytes] of files) await put(url, file, bytes);
    for (const { stored, bytes } of all) await put(url, narName(stored.narHash), bytes);
  }
}

type Stored = { stored: TestPath; bytes: Buffer };

/** A path whose NAR is these bytes; what is in it is nobody's matter here. */
function storedPath(name: string, references: string[] = []): Stored {
  const bytes = Buffer.from(name.repeat(500));
  const narHash = sha256(bytes);
  return { stored: { path: storePath(name), narHash, narSize: bytes.length, references }, bytes };
}

async function put(url: string, file: string, bytes: Uint8Array): Promise<void> {
  const answer = await fetch(`${url}/publish/v1/${file}`, { method: "PUT", body: new Uint8Array(bytes) });
  expect(answer.status, `${file}: ${await answer.text()}`).toBe(200);
}
