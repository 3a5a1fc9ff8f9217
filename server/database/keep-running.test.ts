import { expect, test, vi } from "vitest";
import type { Log } from "#server/log.ts";
import { keepRunning } from "./keep-running.ts";
import type { PostgresServer } from "./postgres-server.ts";

const log = { debug() {}, info() {}, warn() {}, error() {} } as unknown as Log;

function server(pid: number): PostgresServer & { dead: boolean; stops: number } {
  const one = { dead: false, stops: 0 };
  return Object.assign(one, {
    url: () => "",
    description: "",
    reused: false,
    pid,
    alive: () => !one.dead,
    stop: async () => {
      one.stops += 1;
    },
  });
}

test("a PostgreSQL that is gone is started again, also when the first try fails [V-02]", async () => {
  vi.useFakeTimers();
  const first = server(1);
  const second = server(2);
  const start = vi.fn().mockRejectedValueOnce(new Error("still shutting down")).mockResolvedValue(second);
  const kept = keepRunning(first, start, log);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(start).not.toHaveBeenCalled();
  first.dead = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(start).toHaveBeenCalledTimes(2);
  await kept.stop();
  expect([first.stops, second.stops]).toEqual([0, 1]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(start).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});
