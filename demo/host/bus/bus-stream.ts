import { Duplex } from "node:stream";
import type { ServiceManager } from "#demo/host/bus/service-manager.ts";
import { BodyWriter, CallReader, errorTo, replyTo, signalOf } from "#demo/host/bus/wire.ts";

const GUID = "f1d0c1a1f1d0c1a1f1d0c1a1f1d0c1a1";
const BEGIN = "BEGIN\r\n";

/** The bus's end of one connection: authenticates with EXTERNAL (D-Bus Specification, "Authentication Protocol"), then answers calls. */
export class BusStream extends Duplex {
  readonly #manager: () => ServiceManager;
  readonly #calls = new CallReader();
  #greeting = "";
  #begun = false;

  constructor(manager: () => ServiceManager) {
    super({ allowHalfOpen: false });
    this.#manager = manager;
  }

  /** Tells that properties of units moved. */
  unitsChanged(paths: readonly string[]): void {
    if (!this.#begun) return;
    for (const path of paths) {
      const of = { path, interface: "org.freedesktop.DBus.Properties", member: "PropertiesChanged" };
      const bytes = new BodyWriter().text("org.freedesktop.systemd1.Unit");
      bytes.structs([], () => undefined).uint32(0);
      this.push(signalOf(of, { signature: "sa{sv}as", bytes: bytes.done() }));
    }
  }

  override _read(): void {
    // What there is to say is pushed when it is said.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.#begun) this.#take(chunk);
    else this.#authenticate(chunk);
    done();
  }

  #authenticate(chunk: Buffer): void {
    const before = this.#greeting;
    this.#greeting += chunk.toString("latin1");
    if (before === "" && this.#greeting.startsWith("\0AUTH EXTERNAL ")) this.push(`OK ${GUID}\r\n`);
    const at = this.#greeting.indexOf(BEGIN);
    if (at === -1) return;
    this.#begun = true;
    const rest = this.#greeting.slice(at + BEGIN.length);
    if (rest !== "") this.#take(Buffer.from(rest, "latin1"));
  }

  #take(chunk: Buffer): void {
    for (const call of this.#calls.add(chunk)) {
      const answer = this.#manager().answer(call);
      this.push(
        "errorName" in answer ? errorTo(call.serial, answer.errorName) : replyTo(call.serial, answer),
      );
    }
  }
}
