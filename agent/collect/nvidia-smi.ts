import type { Outcome, Ran, System } from "#agent/system.ts";
import type { FactValue } from "#core/report/kinds.ts";

type Gpus = FactValue<"gpus">;
export type SmiCard = Omit<Gpus["cards"][number], "xid">;
export type Smi = { problem: Gpus["problem"]; cards: SmiCard[] };

/** Each look makes the driver work: no oftener than this, unless the driver, its library or the devices changed. */
const PERIOD_MS = 5 * 60_000;
const LIMITS = { timeoutMs: 10_000, maxBytes: 64 * 1024 };
/** A program that hangs in the driver does not even die when it is killed; nobody waits for it longer than this. */
const PATIENCE_MS = 12_000;

const FIELDS = [
  "pci.bus_id",
  "uuid",
  "driver_version",
  "temperature.gpu",
  "memory.total",
  "ecc.errors.uncorrected.volatile.total",
  // A name is the only field that may hold a comma, so it comes last.
  "name",
] as const;

/** Asks nvidia-smi, one at a time and seldom; remembers its answer in between. */
export type NvidiaSmi = {
  /** `moment`: what would make another answer likely. Never rejects. */
  ask(moment: string): Promise<Smi>;
};

export function createNvidiaSmi(system: System): NvidiaSmi {
  let kept: { moment: string; answer: Smi } | null = null;
  let running: Promise<Smi> | null = null;
  return {
    async ask(moment) {
      const key = `${moment} ${Math.floor(system.monotonicMs() / PERIOD_MS)}`;
      if (kept?.moment === key) return kept.answer;
      // The last one has not ended yet: a second one would hang beside it.
      if (running !== null) return { problem: "not-answering", cards: [] };
      running = system
        .run("nvidia-smi", [`--query-gpu=${FIELDS.join(",")}`, "--format=csv,noheader,nounits"], LIMITS)
        .then(parseSmi)
        .finally(() => {
          running = null;
        });
      const answer = await orLate(running);
      kept = { moment: key, answer };
      return answer;
    },
  };
}

async function orLate(running: Promise<Smi>): Promise<Smi> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Smi>((resolve) => {
    timer = setTimeout(() => resolve({ problem: "not-answering", cards: [] }), PATIENCE_MS);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What nvidia-smi says when it cannot work, and what that means. Its exit status varies, so the words decide. */
const COMPLAINTS: readonly (readonly [RegExp, Gpus["problem"]])[] = [
  [/Driver\/library version mismatch/, "driver-library-mismatch"],
  [/No devices were found/, "no-devices"],
  [/couldn't communicate with the NVIDIA driver|Driver Not Loaded/i, "driver-not-loaded"],
];

export function parseSmi(ran: Outcome<Ran>): Smi {
  if (!ran.ok) {
    if (ran.problem === "timeout") return { problem: "not-answering", cards: [] };
    return { problem: ran.problem === "too-large" ? "failed" : "not-asked", cards: [] };
  }
  const { status, stdout, stderr } = ran.value;
  for (const [words, problem] of COMPLAINTS)
    if (words.test(stdout) || words.test(stderr)) return { problem, cards: [] };
  const lines = stdout.split("\n").filter((line) => line.trim() !== "");
  const cards = lines.flatMap((line) => parseLine(line) ?? []);
  const understood = status === 0 && lines.length > 0 && cards.length === lines.length;
  return { problem: understood ? null : "failed", cards: cards.slice(0, 16) };
}

function parseLine(line: string): SmiCard | null {
  const [bus, uuid, driver, temperature, memory, ecc, ...name] = line.split(",").map((one) => one.trim());
  const address = bus === undefined ? null : busAddress(bus);
  if (address === null || driver === undefined || name.length === 0) return null;
  return {
    bus: address,
    name: name.join(", ").slice(0, 128),
    uuid: given(uuid)?.slice(0, 64) ?? null,
    driverVersion: driver.slice(0, 64),
    temperatureC: amount(temperature),
    memoryTotalMiB: amount(memory),
    eccUncorrected: amount(ecc),
  };
}

/** `00000000:01:00.0` as NVIDIA writes it, `0000:01:00.0` as the kernel does. */
export function busAddress(text: string): string | null {
  const found = /^([0-9a-f]{4,8}):([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/i.exec(text);
  const [, domain, rest] = found ?? [];
  if (domain === undefined || rest === undefined) return null;
  return `${domain.slice(-4)}:${rest}`.toLowerCase();
}

/** `[N/A]`, `[Not Supported]`, `[Unknown Error]`: the card has no such value. */
function given(text: string | undefined): string | null {
  return text === undefined || text === "" || text.startsWith("[") || text === "N/A" ? null : text;
}

function amount(text: string | undefined): number | null {
  const found = given(text);
  return found !== null && /^[0-9]+$/.test(found) ? Number(found) : null;
}
