import { cpSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { consider } from "#agent/activate/consider.ts";
import type { Host } from "#agent/activate/host.ts";
import { openSource } from "#agent/fetch/http-source.ts";
import { runFetch } from "#agent/fetch/run-fetch.ts";
import { openSpool } from "#agent/fetch/spool.ts";
import type { Trust } from "#agent/trust/trust.ts";
import type { ActivateAnswer, ActivateRequest, MissingPath } from "#core/change/verbs.ts";
import type { ScannerId } from "#core/identity/identity.ts";
import type { RefusalReason } from "#core/trust/attack.ts";

/** What the scanner answered, by its own word. */
export type Answer =
  | { kind: "refused"; reason: RefusalReason; by: "fetcher" | "activator" }
  | { kind: "waits"; gate: string | null }
  | { kind: "taken"; answer: string };

const NEVER = new AbortController().signal;
const route = { proxy: { httpsProxy: null, noProxy: "" }, extraCa: null };

/** The network half was taken over, too: what the server has lies in the spool as it is. */
export async function lookBySpool(host: Host, served: string): Promise<Answer> {
  const { spool } = host.folders;
  rmSync(spool, { recursive: true, force: true });
  cpSync(served, spool, { recursive: true });
  return answered(await consider(host));
}

type Served = {
  scannerId: ScannerId;
  trust: Trust;
  /** Of the server. */
  url: string;
  /** How archives come where nothing is in them; left out: from the server's cache. */
  bring?: (missing: readonly MissingPath[]) => void;
};

/** As fiducial-fetch does it, over http. */
export async function lookByFetcher(host: Host, { scannerId, trust, url, bring }: Served): Promise<Answer> {
  const sources = ["tuf", "cache"].map((one) => openSource(`${url}/agent/v1/${one}`, route));
  const [metadata, cache] = sources;
  if (metadata === undefined || cache === undefined) throw new Error("no sources");
  let last: Answer | null = null;
  const ask = async (request: ActivateRequest): Promise<ActivateAnswer> => {
    if (request.verb !== "consider") return { answer: "nothing" };
    let answer = await consider(host);
    if (answer.answer === "need-paths" && bring !== undefined) {
      bring(answer.missing);
      answer = await consider(host);
    }
    last = answered(answer);
    return answer;
  };
  try {
    const { result, detail } = await runFetch({
      ...{ trust, metadata, ask, scannerId },
      caches: [[{ name: "server", source: cache }]],
      spool: openSpool(host.folders.spool),
      signal: NEVER,
      clockMs: () => 0,
      log: () => undefined,
    });
    if (result === "refused")
      return { kind: "refused", reason: detail.split(":")[0] as RefusalReason, by: "fetcher" };
    return last ?? { kind: "taken", answer: `${result}: ${detail}` };
  } finally {
    for (const one of sources) one.close();
  }
}

function answered(answer: ActivateAnswer): Answer {
  if (answer.answer === "refused") return { kind: "refused", reason: answer.reason, by: "activator" };
  return { kind: "taken", answer: answer.answer };
}

/** Change that the newest instruction in a director's folder names. */
export function askedIn(folder: string): string | null {
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith(".targets.json"))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .at(-1);
  const { signed } = JSON.parse(readFileSync(join(folder, newest ?? ""), "utf8")) as {
    signed: { targets: Record<string, { custom?: { changeId?: string } }> };
  };
  return Object.values(signed.targets)[0]?.custom?.changeId ?? null;
}

export function bytesBelow(folder: string): number {
  return (readdirSync(folder, { recursive: true }) as string[])
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, info) => sum + (info.isFile() ? info.size : 0), 0);
}
