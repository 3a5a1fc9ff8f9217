import type { StubServer } from "#tests/support/stub-server.ts";

/** A server whose line stands still at one file, until it is let go on. Whoever asks meanwhile for anything waits with it. */
export class StalledLine {
  readonly #server: StubServer;
  /** Done when the line stands still. */
  readonly reached: Promise<void>;
  #goOn: () => void = () => undefined;

  /** At the first file of this name that is asked for, and after so many bytes of what is sent from then on. */
  constructor(server: StubServer, at: { file: RegExp; bytes: number }) {
    this.#server = server;
    const gone = new Promise<void>((resolve) => {
      this.#goOn = resolve;
    });
    this.reached = new Promise((resolve) => {
      let leftBytes = at.bytes;
      server.onFile = (name) => {
        if (server.line !== null || !at.file.test(name)) return;
        server.line = async (bytes) => {
          leftBytes -= bytes;
          if (leftBytes >= 0) return;
          resolve();
          await gone;
        };
      };
    });
  }

  letGoOn(): void {
    this.#server.onFile = () => undefined;
    this.#server.line = null;
    this.#goOn();
  }
}
