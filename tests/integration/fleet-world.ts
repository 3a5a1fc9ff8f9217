import { SigningScanner } from "#tests/support/signing-scanner.ts";
import type { Answer } from "./visitor.ts";
import type { Place, World } from "./world.ts";

/** Machines that enrol and report over the wire, for tests of what people do to scanners. */

export function done(answer: Answer): unknown {
  if (answer.status !== 200) throw new Error(answer.body);
  return answer.data;
}

export async function tokenFor(
  world: World,
  place: Place,
  more: Record<string, unknown> = {},
): Promise<string> {
  const created = done(
    await world.admin.mutate("enrolment.createToken", { siteId: place.siteId, ...more }),
  ) as { token: string };
  return created.token;
}

export async function approve(world: World, machine: SigningScanner): Promise<void> {
  const { pending } = done(await world.admin.query("enrolment.list")) as {
    pending: { scannerId: string; identity: string; keyFingerprint: string }[];
  };
  const row = pending.find((one) => one.scannerId === machine.scannerId && one.identity === "pending");
  if (row === undefined) throw new Error(`${machine.scannerId} does not wait`);
  const { scannerId, keyFingerprint } = row;
  done(await world.admin.mutate("enrolment.approve", { scannerId, keyFingerprint }));
}

/** An approved scanner that has reported once. */
export async function reportingScanner(world: World, place: Place, serial: string): Promise<SigningScanner> {
  const machine = new SigningScanner(world.server.url);
  await machine.enrol(await tokenFor(world, place), serial);
  await approve(world, machine);
  const answer = await machine.report(1);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.json));
  return machine;
}
