import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { MODEL_NAMES, type ModelName } from "#demo/model/model.ts";
import type { FleetPlan } from "#demo/plan/plan.ts";
import { type Shared, type Told, type ToTell, tellScanners } from "#demo/seed/tell-scanners.ts";

/** Tells all scanners of a plan, handing over each few as they are told; resolves with what they share. */
export type Teller = (toTell: ToTell, take: (told: Told) => Promise<void>) => Promise<Shared[]>;

/** In this thread, one after the other. */
export const tellHere: Teller = async (toTell, take) => [await tellScanners(toTell, MODEL_NAMES, take)];

/** How many parcels may be on their way from one thread: memory, where the database is the slower one. */
const AHEAD = 12;

type Order = ToTell & { models: readonly ModelName[] };
type Parcel = { kind: "told"; told: Told } | { kind: "shared"; shared: Shared };

/** In threads of their own, as many as there are processors; `program` calls `tellForParent` when it is one of them. */
export function tellInThreads(program: URL): Teller {
  return async (toTell, take) => {
    const threads = shares(toTell.plan, availableParallelism()).map(
      (models) => new Worker(program, { workerData: { ...toTell, models } satisfies Order }),
    );
    try {
      return await Promise.all(threads.map((thread) => hearOut(thread, take)));
    } finally {
      // After a failure nobody waits for the rest.
      await Promise.all(threads.map((thread) => thread.terminate()));
    }
  };
}

/** Models shared out so that no thread has much more to tell than another; one model stays in one thread. */
function shares(plan: FleetPlan, threads: number): ModelName[][] {
  const count = (model: ModelName) => plan.scanners.filter((one) => one.model === model).length;
  const made = Array.from({ length: Math.min(threads, MODEL_NAMES.length) }, () => ({
    models: [] as ModelName[],
    scanners: 0,
  }));
  for (const model of [...MODEL_NAMES].sort((a, b) => count(b) - count(a))) {
    const idle = made.reduce((least, one) => (one.scanners < least.scanners ? one : least));
    idle.models.push(model);
    idle.scanners += count(model);
  }
  return made.map(({ models }) => models);
}

function hearOut(thread: Worker, take: (told: Told) => Promise<void>): Promise<Shared> {
  return new Promise((done, fail) => {
    let last: Promise<void> = Promise.resolve();
    let whole = false;
    thread.on("message", (parcel: Parcel) => {
      if (parcel.kind === "shared") {
        whole = true;
        last.then(() => done(parcel.shared), fail);
        return;
      }
      last = last.then(() => take(parcel.told)).then(() => thread.postMessage("taken"));
      last.catch(fail);
    });
    thread.once("error", fail);
    thread.once("exit", (code) => {
      if (!whole) fail(new Error(`a thread that tells of scanners ended with ${code}`));
    });
  });
}

/** Whether this program was started as one of the threads. */
export function isTeller(): boolean {
  return !isMainThread;
}

export async function tellForParent(): Promise<void> {
  const { models, ...toTell } = workerData as Order;
  const port = parentPort;
  if (port === null) throw new Error("nobody asked for a story");
  let ahead = 0;
  let wake: () => void = () => undefined;
  port.on("message", () => {
    ahead -= 1;
    wake();
  });
  const send = (parcel: Parcel, transfer: ArrayBuffer[] = []) => port.postMessage(parcel, transfer);
  const shared = await tellScanners(toTell, models, async (told) => {
    while (ahead >= AHEAD)
      await new Promise<void>((done) => {
        wake = done;
      });
    ahead += 1;
    const buffers = Object.values(told.tables).map(({ text }) => text.buffer as ArrayBuffer);
    send({ kind: "told", told }, buffers);
  });
  send({ kind: "shared", shared });
  port.close();
}
