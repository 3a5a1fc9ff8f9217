import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { linuxSystem } from "#agent/linux-system.ts";
import { type Answer, fakeBus } from "#tests/fixtures/bus/fake-bus.ts";
import { type ConnectOptions, DbusConnection, type Signal } from "./connection.ts";
import type { DbusError } from "./signature.ts";

const target = { destination: "x.y", path: "/x", interface: "x.y" };
function options(changes: Partial<ConnectOptions> = {}): ConnectOptions {
  return { userId: 0, timeoutMs: 2_000, onSignal: () => {}, onClosed: () => {}, ...changes };
}
const codeOf = (promise: Promise<unknown>) => promise.catch((error: DbusError) => error.code);

describe("against a bus that answers as it is told", () => {
  test("answers find their calls, in whatever order they come", async () => {
    const held: number[] = [];
    const bus = fakeBus(({ member, serial }): Answer => {
      if (member === "Later") {
        held.push(serial);
        return null;
      }
      return { signature: "s", body: [String(member)] };
    });
    const connection = await DbusConnection.begin(bus.stream, options());
    const later = connection.call({ ...target, member: "Later" });
    expect(await connection.call({ ...target, member: "Now" })).toEqual(["Now"]);
    bus.send({ type: "reply", serial: 5, replySerial: held[0] ?? 0, signature: "s", body: ["late"] });
    expect(await later).toEqual(["late"]);
    connection.close();
  });

  test("an error reply carries the name of the error and leaves the connection usable", async () => {
    const bus = fakeBus(({ member }) =>
      member === "Bad" ? { errorName: "x.No" } : { signature: "u", body: [1] },
    );
    const connection = await DbusConnection.begin(bus.stream, options());
    await expect(connection.call({ ...target, member: "Bad" })).rejects.toMatchObject({
      code: "error-reply",
      message: "x.No",
    });
    expect(await connection.call({ ...target, member: "Good" })).toEqual([1]);
    connection.close();
  });

  test("a call without an answer ends at its deadline; its late answer disturbs nobody", async () => {
    let serial = 0;
    const bus = fakeBus((call) => {
      if (call.member !== "Never") return { signature: "u", body: [1] };
      serial = call.serial;
      return null;
    });
    const connection = await DbusConnection.begin(bus.stream, options({ timeoutMs: 50 }));
    expect(await codeOf(connection.call({ ...target, member: "Never" }))).toBe("timeout");
    bus.send({ type: "reply", serial: 9, replySerial: serial, signature: "u", body: [2] });
    expect(await connection.call({ ...target, member: "Next" })).toEqual([1]);
    connection.close();
  });

  test("signals are handed on with their body unread", async () => {
    const signals: Signal[] = [];
    const bus = fakeBus(() => ({ signature: "u", body: [1] }));
    const connection = await DbusConnection.begin(
      bus.stream,
      options({ onSignal: (signal) => signals.push(signal) }),
    );
    bus.send({
      type: "signal",
      serial: 1,
      path: "/a",
      interface: "i.x",
      member: "M",
      signature: "u",
      body: [4],
    });
    await connection.call({ ...target, member: "Barrier" });
    expect(signals.map(({ member, readBody }) => [member, readBody()])).toEqual([["M", [4]]]);
    connection.close();
  });

  test.each([
    ["REJECTED EXTERNAL\r\n", "refused"],
    ["OK not-an-id\r\n", "refused"],
    ["x".repeat(1000), "malformed"],
    ["", "timeout"],
  ])("a bus that greets with %s is refused: %s", async (greeting, code) => {
    const bus = fakeBus(() => null, greeting);
    expect(await codeOf(DbusConnection.begin(bus.stream, options({ timeoutMs: 100 })))).toBe(code);
    expect(bus.stream.destroyed).toBe(true);
  });

  test.each<[string, Buffer]>([
    ["text", Buffer.from("HTTP/1.1 500 oops\r\n\r\n")],
    ["a message of 2 GB", Buffer.from("6c020001ffffff7f0100000000000000", "hex")],
    ["a body that its signature does not fit", badReply()],
  ])("%s from the bus fails every open call and closes, once", async (_, bytes) => {
    const closed: string[] = [];
    const bus = fakeBus(() => null);
    const connection = await DbusConnection.begin(
      bus.stream,
      options({ onClosed: (error) => closed.push(error.code) }),
    );
    const open = [connection.call({ ...target, member: "A" }), connection.call({ ...target, member: "B" })];
    bus.send(bytes);
    const codes = await Promise.all(open.map(codeOf));
    expect(["malformed", "too-large"]).toContain(codes[0]);
    expect(closed).toEqual([codes[1]]);
    expect(await codeOf(connection.call({ ...target, member: "C" }))).toBe(codes[1]);
  });

  test("a bus that goes away fails the open calls as closed", async () => {
    const bus = fakeBus(() => null);
    const connection = await DbusConnection.begin(bus.stream, options());
    const open = connection.call({ ...target, member: "A" });
    bus.end();
    expect(await codeOf(open)).toBe("closed");
  });
});

/** A reply to serial 2 whose body is 4 bytes, with a signature that wants 8. */
function badReply(): Buffer {
  return Buffer.from(
    ["6c020001 04000000 01000000 0f000000", "05 01 75 00 02000000", "08 01 67 00 01 74 00 00", "00000000"]
      .join("")
      .replaceAll(" ", ""),
    "hex",
  );
}

const noDaemon = spawnSync("dbus-daemon", ["--version"]).error !== undefined;
describe.skipIf(noDaemon)(`against a real dbus-daemon${noDaemon ? " (skipped: no dbus-daemon)" : ""}`, () => {
  test("hello, names, a match, a signal and an error go through", async () => {
    const folder = mkdtempSync(join(tmpdir(), "fid-dbus-"));
    const daemon = spawn("dbus-daemon", [
      "--session",
      "--nofork",
      "--print-address=1",
      `--address=unix:path=${folder}/bus`,
    ]);
    await new Promise((resolve) => daemon.stdout.once("data", resolve));
    const open = async (onSignal: (signal: Signal) => void) => {
      const stream = await linuxSystem().connect(`${folder}/bus`);
      if (!stream.ok) throw new Error(stream.detail);
      return DbusConnection.begin(stream.value, options({ userId: process.getuid?.() ?? 0, onSignal }));
    };
    const bus = {
      destination: "org.freedesktop.DBus",
      path: "/org/freedesktop/DBus",
      interface: "org.freedesktop.DBus",
    };
    const heard: unknown[] = [];
    const listener = await open((signal) => heard.push(signal.member, ...signal.readBody()));
    await listener.addMatch(
      "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='org.fiducial.Test'",
    );
    const other = await open(() => {});
    const request = { ...bus, member: "RequestName", signature: "su", body: ["org.fiducial.Test", 0] };
    expect(await other.call(request)).toEqual([1]);
    const [names] = await listener.call({ ...bus, member: "ListNames" });
    expect(names).toContain("org.fiducial.Test");
    expect(heard.slice(0, 3)).toEqual(["NameAcquired", expect.stringMatching(/^:1\./), "NameOwnerChanged"]);
    expect(heard[3]).toBe("org.fiducial.Test");
    const features = await listener.call({
      ...bus,
      interface: "org.freedesktop.DBus.Properties",
      member: "GetAll",
      signature: "s",
      body: ["org.freedesktop.DBus"],
    });
    expect(features).toEqual([
      expect.arrayContaining([["Interfaces", expect.objectContaining({ signature: "as" })]]),
    ]);
    await expect(listener.call({ ...bus, member: "NoSuchMethod" })).rejects.toMatchObject({
      message: "org.freedesktop.DBus.Error.UnknownMethod",
    });
    daemon.kill("SIGKILL");
    expect(await codeOf(listener.call({ ...bus, member: "ListNames" }))).toBe("closed");
    other.close();
    rmSync(folder, { recursive: true });
  });
});
